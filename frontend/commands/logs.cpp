// ocictl logs: what containers wrote.
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "frontend/bundle/text.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/moments.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/log_lines.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

using containers::LogLine;

constexpr std::array<Option, 9> kOptions = {{
    {.name = "color", .value_name = "", .help = "accepted and ignored"},
    {.name = "details", .value_name = "", .help = "accepted and ignored"},
    {.name = "follow", .short_name = 'f', .value_name = "", .help = "go on until it ends"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "names", .short_name = 'n', .value_name = "", .help = "the name before each line"},
    {.name = "since", .value_name = "TIME", .help = "from then on: 10m, or a time"},
    {.name = "tail", .value_name = "N", .help = "only the last N lines"},
    {.name = "timestamps", .short_name = 't', .value_name = "", .help = "the time before each"},
    {.name = "until", .value_name = "TIME", .help = "up to then"},
}};

constexpr size_t kMostLog = size_t{1} << 30;
constexpr int64_t kForEver = INT64_MAX;

struct Show {
  bool timestamps = false;
  std::string prefix;  // with --names, of several containers
  int64_t since = 0;   // seconds since the epoch
  int64_t until = kForEver;
};

/// Prints records, and remembers whether the line before goes on.
class Printer {
 public:
  explicit Printer(Show show) : show_(std::move(show)) {}

  // All whole records of `text`; the rest waits for more.
  Result<> feed(std::string_view text) {
    pending_ += text;
    size_t begin = 0;
    for (size_t end = pending_.find('\n'); end != std::string::npos;
         end = pending_.find('\n', begin)) {
      TRY(print_record(std::string_view(pending_).substr(begin, end - begin)));
      begin = end + 1;
    }
    pending_.erase(0, begin);
    return flush();
  }

 private:
  Result<> print_record(std::string_view record) {
    const std::optional<LogLine> line = containers::parse_log_line(record);
    if (!line) return {};
    const int64_t time = parse_time(line->time);
    if (time < show_.since || time > show_.until) return {};
    std::string& out = line->is_error ? errors_ : output_;
    bool& goes_on = line->is_error ? errors_go_on_ : output_goes_on_;
    if (!goes_on) {
      out += show_.prefix;
      if (show_.timestamps) out.append(line->time).append(" ");
    }
    out += line->text;
    goes_on = !line->is_whole;
    if (line->is_whole) out += '\n';
    constexpr size_t kEnough = 256 * 1024;
    return output_.size() + errors_.size() > kEnough ? flush() : Result<>{};
  }

  Result<> flush() {
    TRY(sys::write_all(STDOUT_FILENO, output_));
    TRY(sys::write_all(STDERR_FILENO, errors_));
    output_.clear();
    errors_.clear();
    return {};
  }

  Show show_;
  std::string pending_;
  std::string output_;
  std::string errors_;
  bool output_goes_on_ = false;
  bool errors_go_on_ = false;
};

Result<size_t> tail_of(const Line& line) {
  if (!line.has("tail") || line.value("tail") == "all") return SIZE_MAX;
  const std::optional<int64_t> count = bundle::parse_number(line.value("tail"));
  if (!count || *count < -1) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--tail {}: not a number of lines", line.value("tail")));
  }
  return *count < 0 ? SIZE_MAX : static_cast<size_t>(*count);
}

// The log file as it grows, also when the monitor starts a new one.
class Follower {
 public:
  static Result<Follower> open(const std::string& path) {
    Follower follower;
    follower.path_ = path;
    follower.file_ = TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY));
    follower.watch_.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!follower.watch_) return last_error("make an inotify");
    const std::string directory = path.substr(0, path.rfind('/'));
    // The directory tells of a new file and of the exit record as well.
    if (::inotify_add_watch(follower.watch_.get(), directory.c_str(),
                            IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_DELETE_SELF) < 0) {
      return last_error(fmt::format("watch \"{}\"", directory));
    }
    return follower;
  }

  [[nodiscard]] int file() const { return file_.get(); }

  Result<> feed(Printer& printer) {
    while (true) {
      std::array<char, 64 * 1024> buffer;
      const ssize_t got = ::read(file_.get(), buffer.data(), buffer.size());
      if (got < 0) return last_error(fmt::format("read \"{}\"", path_));
      if (got > 0) {
        TRY(printer.feed({buffer.data(), static_cast<size_t>(got)}));
      } else if (!changes_file()) {
        return {};
      }
    }
  }

  // Until something happened in the directory, or `process` has ended.
  void wait(int process) const {
    std::array<pollfd, 2> sources{{{watch_.get(), POLLIN, 0}, {process, POLLIN, 0}}};
    (void)::poll(sources.data(), sources.size(), -1);
    std::array<char, 4096> events;
    while (::read(watch_.get(), events.data(), events.size()) > 0) {
    }
  }

 private:
  // After the end of a file that was rotated away comes the new one, from its beginning.
  bool changes_file() {
    struct stat here {};
    struct stat named {};
    if (::fstat(file_.get(), &here) != 0 || ::stat(path_.c_str(), &named) != 0) return false;
    if (here.st_ino == named.st_ino) return false;
    Result<UniqueFd> file = sys::open_at(AT_FDCWD, path_.c_str(), O_RDONLY);
    if (file) file_ = std::move(*file);
    return file.has_value();
  }

  std::string path_;
  UniqueFd file_;
  UniqueFd watch_;
};

Result<> follow(Containers& all, const model::Record& record, Follower& follower,
                Printer& printer) {
  const std::optional<containers::Monitor> monitor =
      containers::find_monitor(all.store().roots(), record.id);
  while (monitor && !TRY(monitor->process.wait_for_end(0))) {
    TRY(follower.feed(printer));
    follower.wait(monitor->process.get());
  }
  return follower.feed(printer);
}

Result<> show_log(Containers& all, const model::Record& record, const Line& line,
                  const Show& show) {
  if (record.log_driver != "k8s-file") {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("logs of the log driver {} can't be read", record.log_driver))
        .with_hint(record.log_driver == "journald"
                       ? fmt::format("journalctl CONTAINER_ID_FULL={}", record.id)
                       : "use --log-driver k8s-file");
  }
  if (!sys::exists(record.log_path.c_str())) return {};  // it hasn't been started
  Printer printer(show);
  Follower follower = TRY(Follower::open(record.log_path));
  const size_t tail = TRY(tail_of(line));
  if (tail == SIZE_MAX) {
    TRY(follower.feed(printer));
  } else {
    const std::string text = TRY(sys::read_all(follower.file(), kMostLog));
    TRY(printer.feed(std::string_view(text).substr(containers::tail_offset(text, tail))));
  }
  return line.flag("follow") ? follow(all, record, follower, printer) : Result<>{};
}

Result<int> run(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const std::vector<std::string> words = TRY(chosen_containers(all, line));
  Show show{.timestamps = line.flag("timestamps")};
  if (line.has("since"))
    show.since = TRY(parse_moment("--since", line.value("since"), ::time(nullptr)));
  if (line.has("until"))
    show.until = TRY(parse_moment("--until", line.value("until"), ::time(nullptr)));
  if (words.size() > 1 && line.flag("follow")) {
    return make_error(ErrorKind::Unsupported, "logs --follow takes one container");
  }
  for (const std::string& word : words) {
    const model::Record record = TRY(all.store().find(word));
    show.prefix = line.flag("names") ? record.name + ' '
                  : words.size() > 1 ? containers::short_id(record.id) + ' '
                                     : "";
    TRY(show_log(all, record, line, show));
  }
  return 0;
}

}  // namespace

const Verb kLogs = {.name = "logs",
                    .words = "CONTAINER [CONTAINER...]",
                    .help = "show what containers wrote",
                    .options = kOptions,
                    .run = run};

}  // namespace ocirt::frontend
