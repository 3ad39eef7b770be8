// Addresses and subnets of both families as numbers. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ocirt::network {

__extension__ using Number = unsigned __int128;

struct Address {
  bool v6 = false;
  Number number = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

/// All addresses whose first `prefix` bits are those of `first`.
struct Cidr {
  Address first;
  int prefix = 0;
  [[nodiscard]] Number last() const;
  [[nodiscard]] bool holds(const Address& address) const;
  [[nodiscard]] bool overlaps(const Cidr& other) const;
  friend bool operator==(const Cidr&, const Cidr&) = default;
};

std::optional<Address> parse_address(std::string_view text);
std::string print_address(const Address& address);

/// "10.89.0.0/24"; bits of the host part are cleared.
std::optional<Cidr> parse_cidr(std::string_view text);
std::string print_cidr(const Cidr& cidr);

}  // namespace ocirt::network
