// The options of run and create as a table, as podman names them.
#include <array>

#include "frontend/commands/run_options.h"

namespace ocirt::frontend {

namespace {

constexpr auto kOptions = std::to_array<Option>({
    // Limits: the first kResourceOptions, which `update` has too.
    {"blkio-weight", 0, "WEIGHT", "relative weight of block devices, 10 to 1000"},
    {"cpu-period", 0, "US", "period of the CPU limit, in us"},
    {"cpu-quota", 0, "US", "CPU time in a period, in us"},
    {"cpu-shares", 'c', "SHARES", "relative weight of CPU time"},
    {"cpus", 0, "NUMBER", "as much CPU time as so many CPUs have"},
    {"cpuset-cpus", 0, "LIST", "CPUs to run on: 0-3,7"},
    {"cpuset-mems", 0, "LIST", "memory nodes to use"},
    {"memory", 'm', "SIZE", "limit of memory: 512m, 2g"},
    {"memory-reservation", 0, "SIZE", "what is kept when memory is short"},
    {"memory-swap", 0, "SIZE", "limit of memory and swap together; -1: none"},
    {"pids-limit", 0, "NUMBER", "limit of processes; -1: none"},
    {"cgroup-conf", 0, "K=V", "a file of cgroup v2", true},
    {"device-read-bps", 0, "DEVICE:RATE", "limit of bytes read a second", true},
    {"device-read-iops", 0, "DEVICE:RATE", "limit of reads a second", true},
    {"device-write-bps", 0, "DEVICE:RATE", "limit of bytes written a second", true},
    {"device-write-iops", 0, "DEVICE:RATE", "limit of writes a second", true},

    {"add-host", 0, "NAME:IP", "a line of /etc/hosts", true},
    {"annotation", 0, "K=V", "an annotation for the runtime", true},
    {"arch", 0, "ARCH", "the image's architecture"},
    {"attach", 'a', "STREAM", "attach only to stdin, stdout or stderr", true},
    {"authfile", 0, "FILE", "credentials of registries"},
    {"cap-add", 0, "CAP", "give a capability", true},
    {"cap-drop", 0, "CAP", "take a capability away", true},
    {"cdi-spec-dir", 0, "DIR", "where devices of CDI are described"},
    {"cgroup-parent", 0, "PATH", "where the container's cgroup is made"},
    {"cgroupns", 0, "MODE", "cgroup namespace: private, host, container:ID, ns:PATH"},
    {"cgroups", 0, "MODE", "enabled, disabled, no-conmon or split"},
    {"cidfile", 0, "FILE", "write the container's id there"},
    {"conmon-pidfile", 0, "FILE", "not supported"},
    {"detach-keys", 0, "KEYS", "keys that detach the terminal (ctrl-p,ctrl-q)"},
    {"device", 0, "DEVICE", "give a device: HOST[:CONTAINER][:rwm], or a name of CDI", true},
    {"device-cgroup-rule", 0, "RULE", "allow devices: 'c 195:* rwm'", true},
    {"disable-content-trust", 0, "", "accepted and ignored: Docker's"},
    {"dns", 0, "IP", "a name server", true},
    {"dns-option", 0, "OPTION", "an option of resolv.conf", true},
    {"dns-opt", 0, "OPTION", "the same", true},
    {"dns-search", 0, "DOMAIN", "a search domain", true},
    {"entrypoint", 0, "COMMAND", "instead of the image's: a word, or a JSON list"},
    {"env", 'e', "K=V", "a variable; K alone passes the caller's on"},
    {"env-file", 0, "FILE", "a file of such lines", true},
    {"env-host", 0, "", "pass the caller's environment on"},
    {"expose", 0, "PORT", "a port for --publish-all", true},
    {"gidmap", 0, "C:H:N", "map of group ids", true},
    {"gpus", 0, "WHICH", "give GPUs: all, 0,1, or device=UUID"},
    {"group-add", 0, "GROUP", "a supplementary group, or keep-groups", true},
    {"health-cmd", 0, "COMMAND", "how to see whether it works; none: don't look"},
    {"health-interval", 0, "TIME", "how often (30s)"},
    {"health-retries", 0, "NUMBER", "failures that make it unhealthy (3)"},
    {"health-start-period", 0, "TIME", "how long failures don't count at the start"},
    {"health-timeout", 0, "TIME", "how long a look may take (30s)"},
    {"hostname", 'h', "NAME", "the container's host name"},
    {"http-proxy", 0, "", "pass the caller's proxies on (true)"},
    {"image-volume", 0, "MODE", "the image's volumes: anonymous, tmpfs or ignore"},
    {"init", 0, "", "run an init that reaps and forwards signals"},
    {"init-path", 0, "PROGRAM", "that init (catatonit or tini)"},
    {"interactive", 'i', "", "keep stdin open"},
    {"ip", 0, "IP", "the address in the network"},
    {"ipc", 0, "MODE", "ipc namespace: private, shareable, none, host, ns:PATH"},
    {"label", 'l', "K=V", "a label"},
    {"label-file", 0, "FILE", "a file of labels", true},
    {"log-driver", 0, "DRIVER", "k8s-file, journald, none or passthrough"},
    {"log-opt", 0, "K=V", "path, max-size or tag", true},
    {"mac-address", 0, "MAC", "the hardware address in the network"},
    {"mount", 0, "MOUNT", "type=bind,source=HOST,destination=PATH,..."},
    {"name", 0, "NAME", "the container's name"},
    {"network", 0, "MODE", "pasta, slirp4netns, bridge, NAME, none, host, container:ID"},
    {"net", 0, "MODE", "the same"},
    {"network-alias", 0, "NAME", "another name in the network", true},
    {"no-healthcheck", 0, "", "don't look whether it works"},
    {"no-hosts", 0, "", "leave the image's /etc/hosts"},
    {"oom-kill-disable", 0, "", "stop the container instead of killing when memory is out"},
    {"oom-score-adj", 0, "NUMBER", "how soon the kernel kills it when memory is out"},
    {"os", 0, "OS", "the image's system"},
    {"pid", 0, "MODE", "pid namespace: private, host, container:ID, ns:PATH"},
    {"pidfile", 0, "FILE", "not supported"},
    {"platform", 0, "OS/ARCH", "the image's platform"},
    {"privileged", 0, "", "take no right away that the caller has"},
    {"publish", 'p', "PORT", "publish a port: [[IP:]HOST:]CONTAINER[/udp]", true},
    {"publish-all", 'P', "", "publish all exposed ports"},
    {"pull", 0, "POLICY", "when to pull the image: missing, always, never, newer"},
    {"quiet", 'q', "", "don't show the progress of pulling"},
    {"read-only", 0, "", "a read-only root file system"},
    {"read-only-tmpfs", 0, "", "with --read-only: a tmpfs on /run, /tmp and /var/tmp (true)"},
    {"replace", 0, "", "remove the container that has the name"},
    {"restart", 0, "POLICY", "no, always, unless-stopped or on-failure[:N]"},
    {"rm", 0, "", "remove the container when it ends"},
    {"rmi", 0, "", "not supported"},
    {"rootfs", 0, "", "the first word is a directory and not an image"},
    {"sdnotify", 0, "MODE", "ignore; no other is supported"},
    {"security-opt", 0, "OPTION", "seccomp=FILE, no-new-privileges, unmask=ALL, ..."},
    {"shm-size", 0, "SIZE", "of /dev/shm (half of the memory)"},
    {"stop-signal", 0, "SIGNAL", "how stop asks it to end"},
    {"stop-timeout", 0, "S", "how long stop waits for it"},
    {"sysctl", 0, "K=V", "a sysctl of its namespaces", true},
    {"systemd", 0, "MODE", "false; true, where the command isn't systemd"},
    {"timeout", 0, "S", "end the container after that time"},
    {"tls-verify", 0, "", "check the registry's certificate (true)"},
    {"tmpfs", 0, "PATH", "mount a tmpfs: PATH[:OPTIONS]"},
    {"tty", 't', "", "give it a terminal"},
    {"tz", 0, "ZONE", "the time zone: Europe/Berlin, or local"},
    {"timezone", 0, "ZONE", "the same"},
    {"uidmap", 0, "C:H:N", "map of user ids", true},
    {"ulimit", 0, "LIMIT", "a limit: nofile=1024:2048, or host", true},
    {"umask", 0, "MASK", "its umask (0022)"},
    {"unsetenv", 0, "K", "leave out a default variable"},
    {"unsetenv-all", 0, "", "leave out all default variables"},
    {"user", 'u', "USER", "NAME|UID[:GROUP|GID]"},
    {"userns", 0, "MODE", "user namespace: host, keep-id, ns:PATH"},
    {"uts", 0, "MODE", "uts namespace: private, host, ns:PATH"},
    {"variant", 0, "VARIANT", "the image's variant"},
    {"volume", 'v', "VOLUME", "[HOST:]PATH[:OPTIONS]"},
    {"volumes-from", 0, "CONTAINER", "the volumes of another container"},
    {"workdir", 'w', "PATH", "the working directory"},

    // Of podman, and not of ocictl: an error.
    {"blkio-weight-device", 0, "DEVICE:WEIGHT", "not supported", true},
    {"chrootdirs", 0, "DIRS", "not supported"},
    {"cpu-rt-period", 0, "US", "not supported"},
    {"cpu-rt-runtime", 0, "US", "not supported"},
    {"env-merge", 0, "K=V", "not supported"},
    {"health-on-failure", 0, "ACTION", "not supported, but for none"},
    {"hostuser", 0, "USER", "not supported", true},
    {"ip6", 0, "IP", "not supported"},
    {"memory-swappiness", 0, "NUMBER", "not supported, but for -1"},
    {"passwd", 0, "", "not supported, but for false"},
    {"passwd-entry", 0, "LINE", "not supported"},
    {"personality", 0, "WHICH", "not supported"},
    {"pod", 0, "POD", "not supported"},
    {"pod-id-file", 0, "FILE", "not supported"},
    {"preserve-fds", 0, "N", "pass N more open files on, from 3"},
    {"requires", 0, "CONTAINER", "not supported"},
    {"seccomp-policy", 0, "POLICY", "not supported, but for default"},
    {"secret", 0, "SECRET", "not supported"},
    {"subgidname", 0, "NAME", "not supported"},
    {"subuidname", 0, "NAME", "not supported"},

    // Of run alone: the last kRunOptions.
    {"detach", 'd', "", "run in the background, and print the id"},
    {"sig-proxy", 0, "", "pass signals on to the container (true)"},
});

constexpr size_t kResourceOptions = 16;
constexpr size_t kRunOptions = 2;

}  // namespace

std::span<const Option> run_options() {
  return kOptions;
}

std::span<const Option> create_options() {
  return std::span<const Option>(kOptions).first(kOptions.size() - kRunOptions);
}

std::span<const Option> resource_options() {
  return std::span<const Option>(kOptions).first(kResourceOptions);
}

}  // namespace ocirt::frontend
