// What a pull or push tells on stderr: a bar for each layer on a terminal, plain lines otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocirt::images {

class Progress {
 public:
  enum class Kind { Terminal, Lines, Quiet };
  /// Terminal if stderr is one.
  static Kind detect(bool quiet);

  explicit Progress(Kind kind) : kind_(kind) {}

  void line(std::string_view text);
  /// A new blob; returns its number. `digest` is "sha256:...".
  int add(std::string_view what, std::string_view digest, uint64_t total);
  void update(int number, uint64_t done);
  /// The blob's last word: "done", "skipped: already exists".
  void finish(int number, std::string_view word);
  /// Draws the bars again, if it is time to.
  void tick();

 private:
  struct Bar {
    std::string what;
    std::string name;
    uint64_t total = 0;
    uint64_t done = 0;
    uint64_t first = 0;  // what was there when we began
    int64_t started_ms = 0;
    std::string word;  // empty while it runs
  };
  void draw();
  [[nodiscard]] std::string render(const Bar& bar) const;

  Kind kind_;
  std::vector<Bar> bars_;
  size_t drawn_ = 0;
  int64_t last_draw_ms_ = 0;
};

}  // namespace ocirt::images
