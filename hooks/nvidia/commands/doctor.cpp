// Says what is wrong with this host's driver, one line each, and the cure.
#include <fmt/format.h>

#include <algorithm>

#include "hooks/nvidia/apply/rootfs_facts.h"
#include "hooks/nvidia/commands/verbs.h"
#include "hooks/nvidia/host/discover.h"
#include "hooks/nvidia/plan/library_table.h"

namespace ocirt::nvidia {

namespace {

class Report {
 public:
  void fine(std::string_view what) { text_ += fmt::format("ok     {}\n", what); }
  void note(std::string_view what) { text_ += fmt::format("note   {}\n", what); }
  void trouble(const Error& error) {
    ++troubles_;
    text_ += fmt::format("wrong  {}\n", error.message());
    if (!error.hint.empty()) text_ += fmt::format("         hint: {}\n", error.hint);
  }
  void check(const Result<>& result, std::string_view what) {
    if (result) {
      fine(what);
    } else {
      trouble(result.error());
    }
  }
  [[nodiscard]] bool is_clean() const { return troubles_ == 0; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  int troubles_ = 0;
};

void check_libraries(Report& report, const Driver& driver) {
  const auto count = [&](std::string_view stem) {
    return std::count_if(driver.libraries.begin(), driver.libraries.end(),
                         [stem](const Library& one) { return one.name.starts_with(stem); });
  };
  for (const std::string_view stem : {"libcuda.so.", "libnvidia-ml.so."}) {
    const std::string name = fmt::format("{}{}", stem, driver.version);
    if (count(stem) > 0) {
      report.fine(fmt::format("{} is here ({} libraries in all)", name, driver.libraries.size()));
    } else if (!driver.other_versions.empty()) {
      report.trouble(
          make_error(ErrorKind::BadState,
                     fmt::format("the loaded driver is {}, its libraries on this host are {}",
                                 driver.version, fmt::join(driver.other_versions, ", ")))
              .with_hint("the driver was updated: reboot, or reload its modules"));
    } else {
      report.trouble(
          make_error(ErrorKind::NotFound, fmt::format("no {} on this host", name))
              .with_hint("is the driver's user space installed? --driver-root says where"));
    }
  }
}

void check_nodes(Report& report, const Driver& driver) {
  report.check(check_node(driver.control), driver.control.path);
  if (driver.uvm) {
    report.check(check_node(*driver.uvm), driver.uvm->path);
  } else {
    report.trouble(
        make_error(ErrorKind::NotFound, "the module nvidia-uvm is not loaded: CUDA needs it")
            .with_hint("as root: `nvidia-modprobe -u -c 0`"));
  }
  for (const Gpu& gpu : driver.gpus) {
    const std::string name = fmt::format("GPU {}: {} ({})", gpu.index, gpu.node.path, gpu.model);
    if (gpu.is_excluded) {
      report.fine(name + ", which the administrator took out of use");
    } else {
      report.check(check_node(gpu.node), name);
    }
  }
  if (driver.gpus.empty()) {
    report.trouble(make_error(ErrorKind::NotFound, "the driver knows no GPU")
                       .with_hint("`dmesg | grep NVRM` may say why"));
  }
}

void check_rootfs(Report& report, const Driver& driver, const std::string& path) {
  const Result<sys::RootDir> root = sys::RootDir::open(HostPath{path});
  if (!root) return report.trouble(root.error());
  const Result<Plan> plan = make_plan(driver, Request{}, look_at_rootfs(*root));
  if (!plan) return report.trouble(plan.error());
  report.fine(fmt::format("the image at {}", path));
}

}  // namespace

Result<int> doctor(const Arguments& arguments) {
  HostView host = TRY(HostView::open(arguments.roots));
  Report report;
  const Settings settings = read_settings(host.host);
  for (const std::string& ignored : settings.ignored) {
    report.note(fmt::format("{}: {}", kSettingsPath, ignored));
  }
  if (Result<> found = find_driver_root(host, arguments, settings); !found) {
    report.trouble(found.error());
  }
  if (const Result<Driver> driver = discover(host); driver) {
    report.fine(fmt::format("driver {} is loaded", driver->version));
    check_libraries(report, *driver);
    check_nodes(report, *driver);
    if (!arguments.rootfs.empty()) check_rootfs(report, *driver, arguments.rootfs);
  } else {
    report.trouble(driver.error());
  }
  TRY(print(report.text()));
  return report.is_clean() ? 0 : 1;
}

}  // namespace ocirt::nvidia
