# shellcheck shell=bash
# What the tests that follow guides share: the guides' images, from a registry that mirrors theirs; a host with GPUs;
# a shell on a terminal. In a network and a mount namespace of its own.
#
#   source "$(dirname "$0")/guide_lib.sh"
#   prepare_guide
#   follow podman-guide

source "$(dirname "${BASH_SOURCE[0]}")/../helpers/own_network.sh"
source "$(dirname "${BASH_SOURCE[0]}")/containers_lib.sh"
source "$TESTS/helpers/nvidia_host.bash"
SHELL_PLACE=$WORK/home # where its shell is; as_user has another

# copy_program TREE PROGRAM...: with the libraries that it needs, at the places where this host has them.
copy_program() {
  local tree=$1 program file
  shift
  for program; do
    for file in "$program" $(ldd "$program" 2>/dev/null | grep -oE '/[^ ]+'); do
      file=$(realpath -s "$file")
      [ -e "$tree$file" ] || install -D -m 755 "$(realpath "$file")" "$tree$file"
    done
  done
}

# A small Ubuntu as its users see it: bash, what they type first, the prompt, and its name.
make_ubuntu() {
  local tree=$WORK/ubuntu name
  mkdir -p "$tree"/usr/{bin,sbin,lib,lib64} "$tree"/{dev,etc,home,proc,root,run,sys,tmp,var/lib}
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$tree/$name"; done
  chmod 1777 "$tree/tmp"
  for name in bash cat echo env hostname id ls mkdir rm sleep stat touch uname true ldconfig; do
    copy_program "$tree" "$(type -P "$name" || echo /sbin/$name)"
  done
  ln -s bash "$tree/usr/bin/sh"
  install -D -m 644 /lib/terminfo/x/xterm "$tree/usr/share/terminfo/x/xterm"
  printf 'root:x:0:0:root:/root:/bin/bash\nubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\n' >"$tree/etc/passwd"
  printf 'root:x:0:\nubuntu:x:1000:\n' >"$tree/etc/group"
  printf '%s\n' "PS1='\\u@\\h:\\w\\$ '" >"$tree/root/.bashrc"
  cat >"$tree/etc/os-release" <<'END'
PRETTY_NAME="Ubuntu 24.04.2 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
ID=ubuntu
ID_LIKE=debian
LOGO=ubuntu-logo
END
}

# The image of PyTorch: on Ubuntu, an entry point that greets, a working directory, Python, and a torch that asks the
# driver's library and the nodes whether there is a GPU.
make_pytorch() {
  local tree=$WORK/pytorch file python=/usr/bin/python3
  mkdir -p "$tree"/{opt/nvidia,workspace} "$tree/usr/local/lib/torch" "$tree/usr/bin"
  copy_program "$tree" "$python"
  ln -s python3 "$tree/usr/bin/python"
  for file in $("$python" -I -c 'import ctypes, readline, rlcompleter, sysconfig, sys
print(*(m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None) and m.__file__.startswith("/usr")))'); do
    case $file in
      *.so) copy_program "$tree" "$file" ;;
      *) install -D -m 644 "$file" "$tree$file" ;;
    esac
  done
  echo 'from . import cuda' >"$tree/usr/local/lib/torch/__init__.py"
  cat >"$tree/usr/local/lib/torch/cuda.py" <<'END'
import ctypes, os
def is_available():
    ctypes.CDLL("libcuda.so.1")
    return "nvidia0" in os.listdir("/dev")
END
  cat >"$tree/opt/nvidia/nvidia_entrypoint.sh" <<'END'
#!/bin/bash
printf '\n=============\n== PyTorch ==\n=============\n\nNVIDIA Release 25.06 (build 177567386)\n\n'
exec "$@"
END
  chmod 755 "$tree/opt/nvidia/nvidia_entrypoint.sh"
}

# A layer of WORK/NAME; of 100 kB of anything if there is none.
layer_of() {
  if [ ! -e "$WORK/$1" ]; then
    mkdir "$WORK/$1"
    head -c 100000 /dev/urandom >"$WORK/$1/$1"
  fi
  [ -e "$WORK/$1.tar" ] || tar -C "$WORK/$1" --numeric-owner --owner 0 --group 0 -cf "$WORK/$1.tar" .
}

# offer REPOSITORY[:TAG] AGE CONFIG LAYER...: an image that was made AGE ago, in the registry.
offer() {
  local repository=$1 created config=$3 layer tars=()
  local layout=${repository//[\/:]/-}
  created=$(date -u -d "$2 ago" +%Y-%m-%dT%H:%M:%SZ)
  for layer in "${@:4}"; do
    layer_of "$layer"
    tars+=("$WORK/$layer.tar")
  done
  "$TESTS/helpers/make_image.py" "$WORK/$layout.oci" "${tars[@]}" \
    --config "{\"created\": \"$created\", \"config\": $config}"
  push_layout "$layout" "$repository"
}

offer_images() {
  local bash='{"Cmd": ["/bin/bash"], "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}'
  local registry
  make_ubuntu
  make_pytorch
  offer library/httpd '37 hours' '{"Cmd": ["httpd-foreground"]}' h1 h2 h3 h4 h5 h6
  offer library/alpine '9 days' '{"Cmd": ["/bin/sh"]}' a1
  offer library/ubuntu '10 days' "$bash" ubuntu
  push_layout library-ubuntu library/ubuntu:24.04
  offer nvidia/pytorch:25.06-py3 '43 days' "$(jq -c '.Entrypoint = ["/opt/nvidia/nvidia_entrypoint.sh"]
    | .WorkingDir = "/workspace" | .Env += ["PYTHONPATH=/usr/local/lib"]' <<<"$bash")" ubuntu pytorch
  offer library/busybox '310 days' '{"Cmd": ["sh"]}' b1
  for registry in docker.io nvcr.io; do
    printf '[[registry]]\nlocation = "%s"\n[[registry.mirror]]\nlocation = "%s"\ninsecure = true\n' \
      $registry "$REGISTRY" >>"$CONTAINERS_REGISTRIES_CONF"
  done
}

# The guide's machine: four GPUs. Its nvidia-smi lists those whose nodes it sees.
make_gpus() {
  nvidia_host "$WORK/host" gpus=4 version=570.124.06
  cat >"$WORK/host/usr/bin/nvidia-smi" <<'END'
#!/bin/sh
address() { case $1 in 0) echo 17 ;; 1) echo 3D ;; 2) echo 50 ;; *) echo 63 ;; esac; }
line=-----------------------------------------------------------------------------------------
echo "+$line+
| NVIDIA-SMI 570.124.06             Driver Version: 570.124.06     CUDA Version: 12.9     |
|$line|"
for number in 0 1 2 3; do
  [ ! -e /dev/nvidia$number ] ||
    echo "|   $number  NVIDIA RTX 6000 Ada Gene...    Off |   00000000:$(address $number):00.0 Off |                  Off |"
done
echo "+$line+"
END
}

# Whoever follows it has ocictl in PATH, and pulled the images before.
prepare_guide() {
  local name
  make_outside
  start_registry </dev/null
  offer_images
  make_gpus
  mkdir -p "$WORK/bin" "$WORK/over" "$SHELL_PLACE"
  cp "$OCICTL" "$OCIRT" "$(dirname "$OCIRT")/ocirt-shim" "$WORK/bin"
  OCICTL=$WORK/bin/ocictl
  chmod 755 "$WORK"
  printf 'PS1="> "\nPATH=%s:$PATH\ncd\n' "$WORK/bin" >"$WORK/bashrc"
}

pull_images() {
  local name
  for name in alpine ubuntu:24.04 ubuntu nvcr.io/nvidia/pytorch:25.06-py3 busybox httpd; do
    ocictl pull -q "$name"
    expect_status 0
  done
}

# follow SESSION [OPTION...]: types tests/frontend/guide/SESSION.session into a shell, on the machine with GPUs, as
# RUN_AS says. The options are follow.py's.
follow() {
  local session=$1
  shift
  "$TESTS/helpers/follow.py" "$TESTS/frontend/guide/$session.session" "$@" -- \
    unshare --mount --propagation slave sh "$TESTS/helpers/with_driver.sh" "$WORK" \
    bash -c 'source "$0"; "$@"' "$TESTS/helpers/plain_user.sh" "${RUN_AS[@]}" env TERM=xterm OCICTL_ROOT="$STORE" OCICTL_RUNROOT="$OCICTL_RUNROOT" \
    CONTAINERS_REGISTRIES_CONF="$CONTAINERS_REGISTRIES_CONF" HOME="$SHELL_PLACE" \
    bash --rcfile "$WORK/bashrc" -i || fail "$session isn't followed"
}
