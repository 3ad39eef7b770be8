// What clients send to the payload: its stdin, or its terminal.
#include "shim/input.h"

#include <unistd.h>

#include <cerrno>

namespace ocirt::shim {

void Input::write(std::string_view data) {
  if (!end_) return;
  if (pending_.empty()) {
    const ssize_t put = ::write(end_.get(), data.data(), data.size());
    if (put >= 0) data.remove_prefix(static_cast<size_t>(put));
    // Nobody reads it any more (EPIPE), or the terminal has gone (EIO).
    if (put < 0 && errno != EAGAIN && errno != EINTR) return close();
  }
  if (data.empty()) return;
  pending_ += data;
  (void)loop_.watch(end_.get(), Source::Stdin, EPOLLOUT);
}

void Input::resume() {
  const ssize_t put = ::write(end_.get(), pending_.data(), pending_.size());
  if (put < 0 && errno != EAGAIN && errno != EINTR) return close();
  if (put > 0) pending_.erase(0, static_cast<size_t>(put));
  if (!pending_.empty()) return;
  pending_ = std::string();  // gives its memory back
  loop_.forget(end_.get());
  if (is_closing_) close();
}

void Input::close_when_written() {
  is_closing_ = true;
  if (pending_.empty()) close();
}

void Input::close() {
  if (end_) loop_.forget(end_.get());
  end_.reset();
  pending_ = std::string();
}

}  // namespace ocirt::shim
