#!/bin/bash
# The README's line for podman; and podman finds ocirt by name with docs/engines/podman/ocirt.conf.
source "$(dirname "$0")/readme.bash"
need_command podman
need_command conmon
configure containers/containers.conf.d/ocirt.conf <"$ENGINES/podman/ocirt.conf"
# What this host needs: no limit may be raised without CAP_SYS_RESOURCE, and there is no systemd.
configure containers/containers.conf <<'END'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
END
printf '[storage]\ndriver = "vfs"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n' |
  configure containers/storage.conf
enter_world
tar -C "$FIXTURE/rootfs" -c . | podman import - docker.io/library/busybox &>"$WORK/import.log" ||
  fail "podman import: $(cat "$WORK/import.log")"
do_as_written 'podman --runtime'
expect_status 0
expect_stdout hello
keep_output_of podman --runtime ocirt run --rm docker.io/library/busybox echo hello
expect_status 0
expect_stdout hello
keep_output_of podman --runtime ocirt run --rm --cgroups disabled docker.io/library/busybox cat /proc/self/cgroup
expect_status 0
expect_stdout_lacks libpod
keep_output_of podman --runtime ocirt info --format '{{.Host.OCIRuntime.Path}}'
expect_stdout /usr/bin/ocirt
remove_cgroup libpod_parent
