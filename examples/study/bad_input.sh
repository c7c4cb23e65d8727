#!/bin/sh
# SPDX-License-Identifier: MIT
# bad_input.sh <program>: what makes no sense ends with code 2 and a message that names it, and leaves no report.
set -u
program=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
failed=0

out=$folder/out

# refused <part of the message> <option>...
refused() {
  part=$1
  shift
  "$program" --quiet --out "$out" "$@" >"$folder/stdout" 2>"$folder/stderr"
  code=$?
  if [ "$code" != 2 ] || ! grep -qF -- "$part" "$folder/stderr" || [ -e "$out/report.html" ]; then
    echo "$*: expected code 2, no report and '$part', found code $code and: $(cat "$folder/stderr")"
    failed=1
  fi
}

awk 'BEGIN { print "a,b"; for (k = 0; k < 30; ++k) print k ",3" }' >"$folder/constant.csv"
awk 'BEGIN { print "a,b,kind"; for (k = 0; k < 30; ++k) print k ",text " k "," k % 2 }' >"$folder/text.csv"
awk 'BEGIN { print "a,b,kind"; for (k = 0; k < 30; ++k) print k "," k % 5 "," k % 2 }' >"$folder/two.csv"
: >"$folder/file"

refused "error: --bogus: expected" --bogus
refused "none.csv: expected a readable file, found none" --data "$folder/none.csv"
refused "text.csv: expected numbers" --data "$folder/text.csv"
refused "constant.csv: expected a target that varies" --data "$folder/constant.csv" --target b
refused "constant.csv: expected samples of two classes" --data "$folder/constant.csv"
refused "found 'Nonsense'" --policies Nonsense
refused "--strengths: expected" --strengths Nonsense=1
refused "--seeds: expected a whole number >= 1, found '0'" --seeds 0
refused "--config: expected a file that can be read" --config "$folder/none.toml"
[ ! -e "$out" ] || { echo "expected no folder before all options are right" && failed=1; }
out=$folder/file/out
refused "$folder/file/out: expected a folder that can be made" --data "$folder/two.csv"
out=$folder/out
mkdir "$out"
echo "somebody's notes" >"$out/results.jsonl"
refused "out/results.jsonl, line 1: expected the setup of a study" --data "$folder/two.csv"
[ "$(cat "$out/results.jsonl")" = "somebody's notes" ] || { echo "expected notes that are left alone" && failed=1; }
out=$folder/foreign
mkdir "$out"
echo "somebody's table" >"$out/results.csv"
refused "foreign/results.csv: expected a file that a study wrote" --data "$folder/two.csv"
[ "$(cat "$out/results.csv")" = "somebody's table" ] && [ ! -e "$out/results.jsonl" ] ||
  { echo "expected a table that is left alone, and no run" && failed=1; }
out=$folder/filtered
mkdir -p "$out/filters"
echo "somebody's array" >"$out/filters/0.npy"
refused "filtered/filters: expected an empty folder, or none, where there are no results" --data "$folder/two.csv"
printf 'seeds = 0\n' >"$folder/study.toml"
refused "study.toml: --seeds: expected a whole number >= 1, found '0'" --config "$folder/study.toml"
exit $failed
