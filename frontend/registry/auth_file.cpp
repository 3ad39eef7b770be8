// auth.json: credentials for registries, in the file or from a helper that it names.
#include "frontend/registry/auth_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "frontend/registry/base64.h"
#include "frontend/registry/conf_files.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::registry {

namespace {

using nlohmann::json;

constexpr const char* kDockerKey = "https://index.docker.io/v1/";
constexpr int kHelperTimeout_ms = 30'000;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string string_in(const json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string()
             ? object[key].get<std::string>()
             : "";
}

Result<std::optional<Credentials>> ask_helper(const std::string& suffix, const std::string& host) {
  // It names a program in PATH, not one somewhere else.
  if (suffix.empty() || suffix.find('/') != std::string::npos) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("\"{}\" is no credential helper", suffix));
  }
  const std::string name = "docker-credential-" + suffix;
  std::string path = variable("PATH");
  sys::Program program{.args = {name, "get"}};
  while (!path.empty() && program.path.empty()) {
    const size_t colon = path.find(':');
    const std::string candidate = path.substr(0, colon) + '/' + name;
    if (candidate.starts_with('/') && sys::can_execute(candidate.c_str())) program.path = candidate;
    path.erase(0, colon == std::string::npos ? path.size() : colon + 1);
  }
  if (program.path.empty()) {
    return make_error(ErrorKind::NotFound, fmt::format("{} is not in PATH", name));
  }
  for (const char* kept : {"PATH", "HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY",
                           "GNUPGHOME", "PASSWORD_STORE_DIR"}) {
    if (!variable(kept).empty()) program.env.push_back(fmt::format("{}={}", kept, variable(kept)));
  }
  const std::string wanted = host == "docker.io" ? kDockerKey : host;
  const sys::ProgramOutcome outcome =
      TRY(sys::run_program(std::move(program), wanted + '\n', kHelperTimeout_ms));
  if (outcome.output.find("credentials not found") != std::string::npos) {
    return std::optional<Credentials>();
  }
  const json answer = json::parse(outcome.output, nullptr, false);
  if (outcome.status != sys::ExitStatus{} || !answer.is_object()) {
    return make_error(ErrorKind::System, fmt::format("{} failed for {}", name, host));
  }
  Credentials credentials{.user = string_in(answer, "Username"),
                          .password = string_in(answer, "Secret"),
                          .identity_token = ""};
  if (credentials.user == "<token>") {
    credentials.identity_token = std::exchange(credentials.password, "");
    credentials.user.clear();
  }
  return std::optional(std::move(credentials));
}

std::optional<Credentials> read_entry(const json& entry) {
  Credentials credentials{
      .user = "", .password = "", .identity_token = string_in(entry, "identitytoken")};
  const std::optional<std::string> pair = decode_base64(string_in(entry, "auth"));
  if (pair) {
    const size_t colon = pair->find(':');
    if (colon != std::string::npos) {
      credentials.user = pair->substr(0, colon);
      credentials.password = pair->substr(colon + 1);
      // Docker fills up with zero bytes.
      while (credentials.password.ends_with('\0')) credentials.password.pop_back();
    }
  }
  if (credentials.is_empty()) return std::nullopt;
  return credentials;
}

}  // namespace

std::vector<std::string> auth_files(const std::string& explicit_file) {
  if (!explicit_file.empty()) return {explicit_file};
  if (const std::string set = variable("REGISTRY_AUTH_FILE"); !set.empty()) return {set};
  if (const std::string set = variable("DOCKER_CONFIG"); !set.empty())
    return {set + "/config.json"};
  std::vector<std::string> files;
  const std::string runtime = variable("XDG_RUNTIME_DIR");
  files.push_back(runtime.empty() || ::geteuid() == 0
                      ? fmt::format("/run/containers/{}/auth.json", ::geteuid())
                      : runtime + "/containers/auth.json");
  const std::string config = variable("XDG_CONFIG_HOME");
  const std::string home = home_directory();
  files.push_back((config.empty() ? home + "/.config" : config) + "/containers/auth.json");
  files.push_back(home + "/.docker/config.json");
  return files;
}

Result<std::optional<Credentials>> credentials_in(std::string_view text, const std::string& host,
                                                  const std::string& repository) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return make_error(ErrorKind::InvalidConfig, "it is no JSON object");
  const std::string helper = string_in(document.value("credHelpers", json::object()), host.c_str());
  if (!helper.empty()) return ask_helper(helper, host);
  const json auths = document.value("auths", json::object());
  if (!auths.is_object()) return make_error(ErrorKind::InvalidConfig, "\"auths\" is no object");
  std::string key = repository.empty() ? host : host + '/' + repository;
  while (true) {
    if (auths.contains(key)) {
      if (std::optional<Credentials> found = read_entry(auths[key])) return found;
    }
    const size_t slash = key.rfind('/');
    if (slash == std::string::npos) break;
    key.erase(slash);
  }
  for (const std::string& other :
       {"https://" + host, "https://" + host + "/v1/", "https://" + host + "/v2/",
        host == "docker.io" ? std::string(kDockerKey) : std::string()}) {
    if (auths.contains(other)) {
      if (std::optional<Credentials> found = read_entry(auths[other])) return found;
    }
  }
  if (const std::string all = string_in(document, "credsStore"); !all.empty()) {
    return ask_helper(all, host);
  }
  return std::optional<Credentials>();
}

Result<Credentials> find_credentials(const std::string& explicit_file, const std::string& host,
                                     const std::string& repository) {
  for (const std::string& file : auth_files(explicit_file)) {
    const std::optional<std::string> text = TRY(read_conf_file(file));
    if (!text || text->empty()) continue;
    Result<std::optional<Credentials>> found = credentials_in(*text, host, repository);
    if (!found) {
      found.error().text = fmt::format("{}: {}", file, found.error().text);
      return std::move(found).error();
    }
    if (*found) return std::move(**found);
  }
  return Credentials{};
}

namespace {

// The file as a whole or not at all, for its owner alone.
Result<> write_document(const std::string& file, const json& document) {
  constexpr mode_t kPrivate = 0700;
  constexpr mode_t kPrivateFile = 0600;
  const size_t slash = file.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : file.substr(0, slash);
  for (size_t at = directory.find('/', 1);; at = directory.find('/', at + 1)) {
    if (::mkdir(directory.substr(0, at).c_str(), kPrivate) != 0 && errno != EEXIST &&
        at == std::string::npos) {
      return last_error(fmt::format("make \"{}\"", directory));
    }
    if (at == std::string::npos) break;
  }
  const UniqueFd fd = TRY(sys::open_at(AT_FDCWD, directory.c_str(), O_PATH | O_DIRECTORY));
  return sys::replace_file(fd.get(), file.substr(slash + 1).c_str(), document.dump(4) + '\n',
                           kPrivateFile);
}

}  // namespace

Result<bool> store_credentials(const std::string& explicit_file, const std::string& key,
                               const std::optional<Credentials>& credentials) {
  const std::string file = auth_files(explicit_file).front();
  const std::optional<std::string> text = TRY(read_conf_file(file));
  json document = json::object();
  if (text && !text->empty()) {
    document = json::parse(*text, nullptr, false);
    if (!document.is_object()) {
      return make_error(ErrorKind::InvalidConfig, fmt::format("{}: it is no JSON object", file));
    }
  }
  json& auths = document["auths"];
  if (!auths.is_object()) auths = json::object();
  const bool was_there = auths.contains(key);
  if (credentials) {
    auths[key] = {{"auth", encode_base64(credentials->user + ':' + credentials->password)}};
  } else if (was_there) {
    auths.erase(key);
  } else {
    return false;
  }
  TRY(write_document(file, document));
  return was_there;
}

Result<> forget_all_credentials(const std::string& explicit_file) {
  return write_document(auth_files(explicit_file).front(), {{"auths", json::object()}});
}

}  // namespace ocirt::registry
