#!/bin/sh
# SPDX-License-Identifier: MIT
# The rules of the tree that no compiler checks. Prints each breach; run it in the top folder.
set -u
cd include/espalier || exit 1

# <folder> <folders that its headers may include from>
rules='
core       core
kernel     core kernel
constraint core kernel init constraint
pack       core kernel init pack
init       core init
layer      core kernel pack init layer
model      core kernel pack init layer model
optimizer  core kernel pack init layer model optimizer
loss       core loss
metric     core metric
data       core data
train      core kernel pack init layer model optimizer loss metric data train
io         core kernel pack init layer model optimizer train data certify io
export     core kernel pack init layer model data certify io export
certify    core kernel constraint pack init layer model certify
report     core kernel pack init layer model optimizer loss metric data train io certify report
testing    core kernel pack init layer model optimizer loss data train io certify testing
compiled   core kernel constraint pack init layer model optimizer loss data train io
'
# Headers of headers have no rule, and no test at the mirrored path: the programs in tests/consumer include them, and the
# tests of the README.
umbrellas='espalier data io report testing all compiled'

# What the header includes, and what that includes.
includes_of() { sed -n 's|^ *# *include *["<]espalier/\([^">]*\)[">].*|\1|p' "$@"; }
# reached_from <header>: itself and all that it leads to.
reached_from() {
  reached=$1
  while :; do
    # shellcheck disable=SC2086  # names without spaces
    next=$({ printf '%s\n' $reached && includes_of $reached; } 2>/dev/null | sort -u)
    [ "$next" != "$reached" ] || break
    reached=$next
  done
  echo "$reached"
}
everything=$(reached_from all.hpp)

breaches=$(
  # Every program pays for what espalier.hpp leads to: no streams, no zlib, no formatting.
  reached_from espalier.hpp | grep -e '^report/' -e '^testing/' -e '^data/' | grep -v '^data/dataset.hpp$' |
    sed 's/^/espalier.hpp leads to /'
  # shellcheck disable=SC2046  # names without spaces
  grep -nE '<(filesystem|fstream|iostream|locale|map|regex|sstream|zlib.h)>' $(reached_from espalier.hpp) |
    sed 's/^/espalier.hpp leads to /'
  # It compiles {fmt}'s writing of numbers into each program, where fmt/core.h calls what libfmt has.
  grep -rn '<fmt/format.h>' . | sed 's/^/needless: /'
  reached_from data.hpp | grep '^data/gzip.hpp$' | sed 's/^/data.hpp leads to /'
  find . -name '*.hpp' | sed 's|^\./||' | sort | while read -r header; do
    folder=${header%%/*}
    umbrella=''
    case " $umbrellas " in *" ${header%.hpp} "*) umbrella=yes ;; esac
    if [ -z "$umbrella" ]; then
      allowed=$(printf '%s' "$rules" | awk -v folder="$folder" '$1 == folder { $1 = ""; print $0 " " }')
      [ -n "$allowed" ] || echo "$header: the folder $folder has no rule in tests/tree.sh"
      includes_of "$header" | while read -r included; do
        [ -e "$included" ] || echo "$header includes $included, which does not exist"
        case "$allowed" in
          *" ${included%%/*} "*) ;;
          *) echo "$header includes $included: $folder may include from$allowed" ;;
        esac
      done
      printf '%s\n' "$everything" | grep -q "^$header$" || echo "all.hpp does not lead to $header"
    fi
    [ "$(sed -n 1p "$header")" = '// SPDX-License-Identifier: MIT' ] || echo "$header does not begin with the SPDX line"
    sed -n 2p "$header" | grep -q '^// .' || echo "$header does not state its purpose in line 2"
    grep -q '^#pragma once$' "$header" || echo "$header has no #pragma once"
    lines=$(awk 'END { print NR }' "$header")
    [ "$lines" -le 300 ] || echo "$header has $lines lines: split it at 300"
    # What compiled/ lists is tested by all tests of a full run, which link it.
    [ -e "../../tests/${header%.hpp}.cpp" ] || [ -n "$umbrella" ] || [ "$folder" = compiled ] ||
      echo "$header has no test at tests/${header%.hpp}.cpp"
  done
)
[ -z "$breaches" ] || { printf '%s\n' "$breaches" && exit 1; }
