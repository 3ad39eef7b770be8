// ocictl login and logout: credentials for a registry, kept in auth.json.
#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "frontend/commands/context.h"
#include "frontend/commands/transport.h"
#include "frontend/commands/verbs.h"
#include "frontend/registry/auth_file.h"
#include "frontend/registry/registries_conf.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 8> kLoginOptions = {{
    {.name = "authfile", .value_name = "FILE", .help = "where credentials are kept"},
    {.name = "cert-dir", .value_name = "DIR", .help = "certificates for the registry"},
    {.name = "get-login", .value_name = "", .help = "print the user that is logged in"},
    {.name = "password",
     .short_name = 'p',
     .value_name = "PASSWORD",
     .help = "seen by all in ps: rather --password-stdin"},
    {.name = "password-stdin", .value_name = "", .help = "read the password from stdin"},
    {.name = "tls-verify", .value_name = "", .help = "=false: any certificate, or plain HTTP"},
    {.name = "username", .short_name = 'u', .value_name = "USER", .help = "the user"},
    {.name = "verbose",
     .short_name = 'v',
     .value_name = "",
     .help = "name the file that was written"},
}};

constexpr std::array<Option, 2> kLogoutOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "of all registries"},
    {.name = "authfile", .value_name = "FILE", .help = "where credentials are kept"},
}};

std::string read_line() {
  std::string line;
  char c = 0;
  while (::read(STDIN_FILENO, &c, 1) == 1 && c != '\n') line += c;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string ask(const char* question, bool hidden) {
  termios before{};
  const bool terminal = ::tcgetattr(STDIN_FILENO, &before) == 0;
  (void)print(question);
  if (terminal && hidden) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string answer = read_line();
  if (terminal && hidden) {
    (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    (void)print("\n");
  }
  return answer;
}

// "https://quay.io/v2" and "quay.io" are one registry.
std::string registry_of(const Line& line) {
  std::string text = line.words().empty() ? "docker.io" : line.words()[0];
  for (const char* scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) text = text.substr(std::string_view(scheme).size());
  }
  return text.substr(0, text.find('/'));
}

Result<registry::Credentials> ask_credentials(const Line& line,
                                              const registry::Credentials& known) {
  registry::Credentials credentials;
  credentials.user = line.value("username");
  if (line.flag("password-stdin")) {
    if (credentials.user.empty()) {
      return make_error(ErrorKind::InvalidConfig, "must provide --username with --password-stdin");
    }
    credentials.password = read_line();
    return credentials;
  }
  if (credentials.user.empty()) {
    const std::string question =
        known.user.empty() ? "Username: " : fmt::format("Username ({}): ", known.user);
    credentials.user = ask(question.c_str(), false);
    if (credentials.user.empty()) credentials.user = known.user;
  }
  credentials.password = line.has("password") ? line.value("password") : ask("Password: ", true);
  return credentials;
}

Result<int> run_login(Context& context, const Line& line) {
  const std::string host = registry_of(line);
  const std::string file = line.value("authfile");
  const registry::Credentials known = TRY(registry::find_credentials(file, host, ""));
  if (line.flag("get-login")) {
    if (known.user.empty()) {
      return make_error(ErrorKind::NotFound, fmt::format("not logged into {}", host));
    }
    TRY(print(known.user + '\n'));
    return 0;
  }
  const registry::RegistriesConf conf = TRY(registry::load_registries_conf());
  bool insecure = false;
  for (const registry::RegistryRule& rule : conf.rules) {
    insecure = insecure || (rule.location == host && rule.insecure);
  }
  registry::Endpoint endpoint = TRY(endpoint_for(line, host, "", insecure));
  endpoint.credentials = TRY(ask_credentials(line, known));
  const registry::Credentials entered = endpoint.credentials;
  registry::Registry session(context.http(), std::move(endpoint));
  if (Result<> checked = session.check_login(); !checked) {
    Error error = std::move(checked).error();
    if (error.kind == ErrorKind::Denied) {
      return make_error(ErrorKind::Denied,
                        fmt::format("logging into \"{}\": invalid username/password", host));
    }
    return error;
  }
  (void)TRY(registry::store_credentials(file, host, entered));
  if (line.flag("verbose")) {
    TRY(print(fmt::format("Used: {}\n", registry::auth_files(file).front())));
  }
  TRY(print("Login Succeeded!\n"));
  return 0;
}

Result<int> run_logout(Context& /*context*/, const Line& line) {
  const std::string file = line.value("authfile");
  if (line.flag("all")) {
    TRY(registry::forget_all_credentials(file));
    TRY(print("Removed login credentials for all registries\n"));
    return 0;
  }
  const std::string host = registry_of(line);
  if (!TRY(registry::store_credentials(file, host, std::nullopt))) {
    return make_error(ErrorKind::NotFound, fmt::format("not logged into {}", host));
  }
  TRY(print(fmt::format("Removed login credentials for {}\n", host)));
  return 0;
}

}  // namespace

const Verb kLogin = {.name = "login",
                     .words = "[REGISTRY]",
                     .help = "log in to a registry",
                     .options = kLoginOptions,
                     .most_words = 1,
                     .run = run_login};

const Verb kLogout = {.name = "logout",
                      .words = "[REGISTRY]",
                      .help = "log out of a registry",
                      .options = kLogoutOptions,
                      .most_words = 1,
                      .run = run_logout};

}  // namespace ocirt::frontend
