#!/usr/bin/env python3
"""Prints an image of one layer, in the format of `docker save`.

    docker_archive.py ROOTFS NAME [COMMAND...]
"""

import hashlib
import io
import json
import platform
import sys
import tarfile

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def main():
    rootfs, name, *command = sys.argv[1:]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.add(rootfs, arcname=".")
    layer = buffer.getvalue()
    digest = hashlib.sha256(layer).hexdigest()
    machine = platform.machine()
    config = json.dumps({
        "architecture": ARCHITECTURES.get(machine, machine),
        "os": "linux",
        "config": {"Cmd": command or ["/bin/sh"], "Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    layer_name = f"{digest}/layer.tar"
    manifest = [{"Config": config_name, "RepoTags": [name], "Layers": [layer_name]}]
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
        add(tar, config_name, config)
        add(tar, layer_name, layer)
        add(tar, "manifest.json", json.dumps(manifest).encode())


def add(tar, name, data):
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


if __name__ == "__main__":
    main()
