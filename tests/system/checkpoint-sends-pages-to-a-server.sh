#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

new_bundle
counting_payload
start_container
wait_until has_counted_to 5
mkdir "$WORK/pages"
spawn criu page-server --images-dir "$WORK/pages" --address 127.0.0.1 --port 27182 -o server.log
listens() { grep -q ' 0100007F:6A2E .* 0A ' /proc/net/tcp; }
wait_until listens
checkpoint --page-server 127.0.0.1:27182
expect_done
expect_equal "$(find "$WORK/images" -name 'pages-*.img')" "" "pages here"
[ -n "$(find "$WORK/pages" -name 'pages-*.img' -size +0)" ] || fail "no pages there"
wait "$HELPER" || true # it serves one dump
mv "$WORK"/pages/pagemap-* "$WORK"/pages/pages-* "$WORK/images/"
restore
expect_done
expect_counting 5
