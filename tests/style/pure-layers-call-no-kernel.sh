#!/bin/bash
# spec/, runtime/plan/, shim/model/ and hooks/nvidia/plan/ are pure: from the C library they take memory,
# strings and numbers, nothing else.
source "$(dirname "$0")/house.bash"
source "$(dirname "$0")/symbols.bash"

# Of the C library and the compiler's support.
PURE_C='(mem|str)[a-z0-9_]+|__(mem|str)[a-z0-9]+_chk|__isoc23_strto[a-z]+|malloc|calloc|realloc|free|bcmp'
PURE_C+='|__errno_location|__assert_fail|abort|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__dso_handle'
PURE_C+='|__cxa_[a-z_]+|__gxx_personality_v0|_Unwind_Resume|__(div|mod|udiv|umod|mul)ti[34]|log2|pow|ceil'
PURE_C+='|__(asan|ubsan)_[a-z0-9_]+'
# yajl parses a buffer, and generates into one.
PURE_C+='|yajl_[a-z_]+'
# The C++ library, and new and delete...
PURE_CXX='_ZN?K?S[a-z].*|_ZNK?St.*|_ZT[ISV].*|_Z(nw|na|dl|da)[a-zA-Z0-9_]*|_ZGVN?K?S.*'
# ...but not its streams, files, threads and clocks.
IMPURE_CXX='4cout|4cerr|4clog|3cin|fstream|filebuf|filesystem|6thread|chrono|random_device|this_thread|8ios_base'
# Of base, which pure layers may use, what writes: the log, and libfmt's print.
IMPURE_BASE='3log|5print|6vprint'

own=$(defined spec plan shim_model nvidia_plan base | grep -vE "$IMPURE_BASE")
while read -r object symbol; do
  if [[ $symbol =~ ^($PURE_C)$ ]]; then continue; fi
  if [[ $symbol =~ ^($PURE_CXX)$ && ! $symbol =~ $IMPURE_CXX ]]; then continue; fi
  finding "$object calls $(c++filt "$symbol")"
done < <(calls spec plan shim_model nvidia_plan | sort -u -k 2,2 | awk 'NR == FNR { own[$1]; next } !($2 in own)' <(echo "$own") -)
verdict
