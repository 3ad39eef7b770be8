#!/bin/bash
# What our users' guide for podman tells them to type, typed by root into a shell on a terminal with ocictl for podman,
# shows what the guide shows.
source "$(dirname "$0")/guide_lib.sh"
prepare_guide
pull_images
follow podman-guide
