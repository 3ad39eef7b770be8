// Addresses and subnets of both families as numbers. Pure.
#include "frontend/network/cidr.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace ocirt::network {

namespace {

constexpr int kBitsOfByte = 8;

template <size_t Size>
Number number_of(const std::array<uint8_t, Size>& bytes) {
  Number number = 0;
  for (const uint8_t byte : bytes) number = number << kBitsOfByte | byte;
  return number;
}

template <size_t Size>
std::array<uint8_t, Size> bytes_of(Number number) {
  std::array<uint8_t, Size> bytes{};
  for (size_t i = Size; i > 0; number >>= kBitsOfByte) bytes[--i] = static_cast<uint8_t>(number);
  return bytes;
}

int width_of(bool v6) {
  constexpr int kV4 = 32;
  constexpr int kV6 = 128;
  return v6 ? kV6 : kV4;
}

// The bits that hosts differ in.
Number host_mask(const Cidr& cidr) {
  const int bits = width_of(cidr.first.v6) - cidr.prefix;
  return bits == width_of(true) ? ~Number{0} : (Number{1} << bits) - 1;
}

}  // namespace

Number Cidr::last() const {
  return first.number | host_mask(*this);
}

bool Cidr::holds(const Address& address) const {
  return address.v6 == first.v6 && address.number >= first.number && address.number <= last();
}

bool Cidr::overlaps(const Cidr& other) const {
  return holds(other.first) || other.holds(first);
}

std::optional<Address> parse_address(std::string_view text) {
  const std::string terminated(text);
  std::array<uint8_t, sizeof(in_addr)> v4{};
  if (::inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) {
    return Address{.v6 = false, .number = number_of(v4)};
  }
  std::array<uint8_t, sizeof(in6_addr)> v6{};
  if (::inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) {
    return Address{.v6 = true, .number = number_of(v6)};
  }
  return std::nullopt;
}

std::string print_address(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto v4 = bytes_of<sizeof(in_addr)>(address.number);
  const auto v6 = bytes_of<sizeof(in6_addr)>(address.number);
  const void* bytes = address.v6 ? static_cast<const void*>(v6.data()) : v4.data();
  const char* printed =
      ::inet_ntop(address.v6 ? AF_INET6 : AF_INET, bytes, text.data(), text.size());
  return printed == nullptr ? "" : printed;
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<Address> address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::string_view digits = text.substr(slash + 1);
  int prefix = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (prefix < 0 || prefix > width_of(address->v6)) return std::nullopt;
  Cidr cidr{.first = *address, .prefix = prefix};
  cidr.first.number &= ~host_mask(cidr);
  return cidr;
}

std::string print_cidr(const Cidr& cidr) {
  return print_address(cidr.first) + '/' + std::to_string(cidr.prefix);
}

}  // namespace ocirt::network
