#!/usr/bin/env python3
"""Makes an OCI layout of tar files, one layer each, exactly as they are.

    make_image.py LAYOUT [--none|--zstd|--gzip] LAYER.tar... [--config JSON] [--diff-id N=DIGEST]

--diff-id lies about the diff id of layer N (from 0). JSON is merged into the image's config.
"""

import gzip
import hashlib
import json
import os
import subprocess
import sys

OCI = "application/vnd.oci.image"


def write_blob(layout, data):
    digest = hashlib.sha256(data).hexdigest()
    with open(os.path.join(layout, "blobs/sha256", digest), "wb") as file:
        file.write(data)
    return "sha256:" + digest


def compress(kind, data):
    if kind == "zstd":
        return subprocess.run(["zstd", "-q", "-3", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return gzip.compress(data, 6, mtime=0) if kind == "gzip" else data


def descriptor(layout, media_type, data):
    return {"mediaType": media_type, "digest": write_blob(layout, data), "size": len(data)}


def main():
    layout, words = sys.argv[1], sys.argv[2:]
    os.makedirs(os.path.join(layout, "blobs/sha256"))
    kind, layers, diff_ids, lies = "gzip", [], [], {}
    config = {"architecture": "amd64", "os": "linux", "created": "2024-05-06T07:08:09Z", "config": {"Cmd": ["sh"]}}
    while words:
        word = words.pop(0)
        if word == "--config":
            config.update(json.loads(words.pop(0)))
        elif word == "--diff-id":
            number, lie = words.pop(0).split("=", 1)
            lies[int(number)] = lie
        elif word in ("--none", "--zstd", "--gzip"):
            kind = word[2:]
        else:
            with open(word, "rb") as file:
                data = file.read()
            diff_ids.append("sha256:" + hashlib.sha256(data).hexdigest())
            suffix = "" if kind == "none" else "+" + kind
            layers.append(descriptor(layout, f"{OCI}.layer.v1.tar{suffix}", compress(kind, data)))
    for number, lie in lies.items():
        diff_ids[number] = lie
    config["rootfs"] = {"type": "layers", "diff_ids": diff_ids}
    manifest = {"schemaVersion": 2, "mediaType": f"{OCI}.manifest.v1+json", "layers": layers,
                "config": descriptor(layout, f"{OCI}.config.v1+json", json.dumps(config).encode())}
    top = descriptor(layout, f"{OCI}.manifest.v1+json", json.dumps(manifest).encode())
    top["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    with open(os.path.join(layout, "index.json"), "w", encoding="utf-8") as file:
        json.dump({"schemaVersion": 2, "manifests": [top]}, file)
    with open(os.path.join(layout, "oci-layout"), "w", encoding="utf-8") as file:
        file.write('{"imageLayoutVersion": "1.0.0"}')


main()
