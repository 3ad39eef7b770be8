#!/bin/bash
# bash completes verbs, options, their values and names of images; the scripts for zsh and fish are sound where these
# shells are.
source "$(dirname "$0")/lib.sh"
mkdir "$WORK/one"
make_layout image "$WORK/one"
ocictl load -q -i "$WORK/image.oci"
expect_status 0
ocictl tag latest localhost:5000/team/image:v1
ocictl tag latest docker.io/library/busybox:1
ocictl untag latest latest

mkdir "$WORK/bin"
ln -s "$OCICTL" "$WORK/bin/ocictl"
PATH=$WORK/bin:$PATH
export OCICTL_ROOT=$STORE
"$OCICTL" completion bash >"$WORK/completion.bash"
# shellcheck source=/dev/null
source "$WORK/completion.bash"
complete -p ocictl | grep -qx 'complete -F _ocictl ocictl' || fail "the script registers nothing"

# offered LINE: what bash would put in place of the last word, sorted, in one line. Words are cut as bash cuts them.
offered() {
  unset -f ocictl # this test's own, in the way of the program; we are in a subshell
  COMP_LINE=$1 COMP_POINT=${#1}
  mapfile -t COMP_WORDS < <(python3 - "$1" <<'PYTHON'
import re, sys
words = re.findall(r"[:=]+|[^\s:=]+", sys.argv[1])
if sys.argv[1].endswith(" ") or words[-1][0] in ":=":
    words.append("")
print("\n".join(words))
PYTHON
)
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _ocictl 2>/dev/null
  printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '
}
expect_offered() {
  local got
  got=$(offered "$1")
  [ "$got" = "$2" ] || fail "\"$1\" is completed to \"$got\", not to \"$2\""
}
expect_offered 'ocictl pul' 'pull'
expect_offered 'ocictl image ver' 'verify'
expect_offered 'ocictl --root /x image pr' 'prune'
expect_offered 'ocictl save --mul' '--multi-image-archive'
expect_offered 'ocictl save --format ' 'docker-archive docker-dir oci-archive oci-dir'
expect_offered 'ocictl save --format=oci' 'oci-archive oci-dir'
expect_offered 'ocictl rmi local' 'localhost:5000/team/image:v1'
expect_offered 'ocictl rmi localhost:50' '5000/team/image:v1'
expect_offered 'ocictl rmi busy' 'busybox:1'
expect_offered 'ocictl rmi -f busybox:' '1'
expect_offered 'ocictl images --filter dang' 'dangling='
expect_offered 'ocictl completion ' 'bash fish zsh'
expect_offered 'ocictl nonesuch ' ''
cd "$WORK" || exit
touch archive.tar
expect_offered 'ocictl load -i arch' 'archive.tar'
# Every verb and every option of the program's own help.
for verb in pull save 'image ls' 'system df'; do
  read -ra words <<<"$verb"
  wanted=$({ "$OCICTL" "${words[@]}" --help | grep -oE '^  .{2,6}--[a-z-]+' | grep -oE -- '--.*'; echo --help; } | sort | paste -sd' ')
  expect_offered "ocictl $verb --" "$wanted"
done

# A line that is really typed.
keep_output_of python3 "$TESTS/helpers/on_pty.py" --size 24x200 --type 'source completion.bash; echo rea""dy\n' --after '$ ' \
  --type 'ocictl image exi\tbusy\t && echo fo""und\n' --after 'ready' --type 'exit\n' --after 'found' \
  env PS1='$ ' OCICTL_ROOT="$STORE" bash --norc -i
[[ $STDOUT == *"ocictl image exists busybox:1"* ]] || fail "typed with tabs: $STDOUT"

for shell in zsh fish; do
  "$OCICTL" completion $shell >"$WORK/completion.$shell"
  if command -v $shell >/dev/null; then $shell -n "$WORK/completion.$shell" || fail "$shell doesn't take its script"; fi
done
ocictl completion tcsh
expect_status 125
