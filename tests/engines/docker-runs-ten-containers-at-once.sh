#!/bin/bash
# Ten containers that start at the same moment do not disturb each other.
source "$(dirname "$0")/docker.bash"
pids=()
for number in {1..10}; do
  "${DOCKER[@]}" run --rm --network none "$IMAGE" sh -c "echo $number; exit $number" >"$WORK/parallel.$number" 2>&1 &
  pids[number]=$!
done
for number in {1..10}; do
  STATUS=0
  wait "${pids[number]}" || STATUS=$?
  STDOUT=$(cat "$WORK/parallel.$number")
  expect_status "$number"
  expect_stdout "$number"
done
