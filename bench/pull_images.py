"""Makes the images that bench/pull.py pulls: the same bytes on every machine.

    pull_images.py DIR [--quick]

DIR/NAME.oci is an OCI layout for each of IMAGES. What is there already isn't made again.
"""

import gzip
import hashlib
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile

VERSION = 2  # of the bytes: a change makes all images again
KIB, MIB = 1 << 10, 1 << 20
OCI = "application/vnd.oci.image"
# name -> compression. The two large ones have the same files.
IMAGES = {"small": "gzip", "medium": "gzip", "large-gzip": "gzip", "large-zstd": "zstd"}


class Content:
    """File contents that compress like those of real images, to some 40 %: words of a skewed
    distribution, a few at a time, between bytes that don't compress."""

    POOL = 48 * MIB  # beyond any window that the compressors have

    def __init__(self):
        source = random.Random(20240506)
        words = [source.randbytes(source.randint(3, 20)) for _ in range(1500)]
        weights = [1 / (rank + 4) for rank in range(len(words))]
        parts, size = [], 0
        while size < self.POOL:
            part = b"".join(source.choices(words, weights, k=4000)) + source.randbytes(2500)
            parts.append(part)
            size += len(part)
        self.pool = b"".join(parts)

    def take(self, source, size):
        parts = []
        while size > 0:
            length = min(size, source.randint(64 * KIB, 4 * MIB))
            at = source.randrange(len(self.pool) - length)
            parts.append(self.pool[at:at + length])
            size -= length
        return b"".join(parts)


class Layer:
    """A tar file being written: what package managers leave behind."""

    def __init__(self, path, seed, content):
        self.random = random.Random(seed)
        self.content = content
        self.tar = tarfile.open(path, "w", format=tarfile.PAX_FORMAT, bufsize=MIB)
        self.directories = set()

    def add(self, name, kind=tarfile.REGTYPE, data=b"", link="", mode=0o644, **more):
        self.parents(name)
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.mode = kind, link, mode
        info.size = len(data) if kind == tarfile.REGTYPE else 0
        info.mtime = 1_700_000_000 + self.random.randrange(10_000_000)
        for key, value in more.items():
            setattr(info, key, value)
        self.tar.addfile(info, io.BytesIO(data))

    def parents(self, name):
        parts = name.split("/")[:-1]
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            if path not in self.directories:
                self.directories.add(path)
                self.add(path, tarfile.DIRTYPE, mode=0o755)

    def small_files(self, below, count, mean):
        """`count` files in directories of about 20, a tenth of them links, some with owners."""
        for number in range(count):
            name = f"{below}/pkg{number // 200}/mod{number // 20 % 10}/file_{number}.py"
            dice = self.random.random()
            if dice < 0.05 and number % 20:
                self.add(name, tarfile.SYMTYPE, link=f"file_{number - 1}.py", mode=0o777)
            elif dice < 0.08 and number % 20:
                self.add(name, tarfile.LNKTYPE, link=f"{below}/pkg{number // 200}/mod{number // 20 % 10}/"
                         f"file_{number // 20 * 20}.py")
            else:
                size = min(int(self.random.expovariate(1 / mean)), 60 * mean)
                owner = 1000 if dice > 0.95 else 0
                self.add(name, data=self.content.take(self.random, size), uid=owner, gid=owner,
                         mode=0o755 if dice > 0.9 else 0o644)

    def binary(self, name, size):
        self.add(name, data=self.content.take(self.random, size), mode=0o755,
                 pax_headers={"SCHILY.xattr.user.origin": "bench"})


def layers_of(name, scale, content, folder):
    """The tar files of an image. `scale` makes the large one smaller."""
    plan = {
        "small": [lambda layer: (layer.binary("bin/busybox", 2 * MIB), layer.small_files("etc", 20, 600))],
        "medium": [lambda layer: (layer.small_files("usr/share", 5000, 9 * KIB), layer.binary("usr/lib/libc", 20 * MIB),
                                  layer.small_files("usr/lib", 1500, 35 * KIB))],
        "large": [
            lambda layer: (layer.small_files("usr/share", int(6000 * scale), 9 * KIB),
                           layer.binary("usr/lib/libbase.so", int(60 * scale) * MIB)),
            lambda layer: layer.small_files("opt/python/lib", int(28000 * scale), 11 * KIB),
            lambda layer: (layer.binary("opt/cuda/libcublas.so", int(480 * scale) * MIB),
                           layer.binary("opt/cuda/libcudnn.so", int(280 * scale) * MIB)),
            lambda layer: (layer.binary("opt/torch/libtorch_cuda.so", int(420 * scale) * MIB),
                           layer.small_files("opt/torch", int(9000 * scale), 9 * KIB)),
            lambda layer: (layer.binary("opt/nccl/libnccl.so", int(200 * scale) * MIB),
                           layer.add("opt/python/lib/pkg0/mod0/.wh.file_1.py"),
                           layer.add("usr/share/pkg1/.wh..wh..opq")),
            lambda layer: layer.small_files("app", int(400 * scale), 5 * KIB),
        ],
    }
    paths = []
    for number, fill in enumerate(plan[name]):
        paths.append(folder / f"{name}-{number}.tar")
        layer = Layer(paths[-1], f"{name}-{number}", content)
        fill(layer)
        layer.tar.close()
    return paths


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def compress(kind, path):
    out = path.with_suffix("." + kind)
    if kind == "zstd":
        subprocess.run(["zstd", "-q", "-3", "-T1", "-f", path, "-o", out], check=True)
    else:
        with open(path, "rb") as source, gzip.GzipFile(out, "wb", 6, mtime=0) as target:
            shutil.copyfileobj(source, target, MIB)
    return out


def write_image(layout, kind, tars):
    """Moves nothing: the tar files serve the next image, too."""
    blobs = layout / "blobs/sha256"
    blobs.mkdir(parents=True)

    def put(data, media_type):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    layers = []
    for tar in tars:
        packed = compress(kind, tar)
        digest, size = hash_of(packed), packed.stat().st_size
        os.replace(packed, blobs / digest)
        layers.append({"mediaType": f"{OCI}.layer.v1.tar+{kind}", "digest": f"sha256:{digest}", "size": size})
    config = {"architecture": "amd64", "os": "linux", "created": "2024-05-06T07:08:09Z", "config": {"Cmd": ["sh"]},
              "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hash_of(tar) for tar in tars]}}
    manifest = {"schemaVersion": 2, "mediaType": f"{OCI}.manifest.v1+json", "layers": layers,
                "config": put(json.dumps(config).encode(), f"{OCI}.config.v1+json")}
    top = put(json.dumps(manifest).encode(), f"{OCI}.manifest.v1+json")
    top["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    # Last: it says that all else is there.
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [top]}))


def make(folder, quick):
    """Returns the folder that has the layouts."""
    folder = pathlib.Path(folder) / f"v{VERSION}{'-quick' if quick else ''}"
    content = None
    missing = [name for name in IMAGES if not (folder / f"{name}.oci/index.json").exists()]
    tars = {}
    for name in missing:
        print(f"bench: making the image {name}", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        content = content or Content()
        base = name.split("-")[0]
        if base not in tars:
            tars[base] = layers_of(base, 0.15 if quick else 1, content, folder)
        layout = folder / f"{name}.oci"
        shutil.rmtree(layout, ignore_errors=True)
        write_image(layout, IMAGES[name], tars[base])
    for paths in tars.values():
        for path in paths:
            path.unlink()
    return folder


if __name__ == "__main__":
    make(sys.argv[1], "--quick" in sys.argv)
