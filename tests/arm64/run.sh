#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh <folder>: the first example, built for 64-bit ARM, trains in an emulator. Skipped (77) where one of the two is missing;
# Debian: g++-aarch64-linux-gnu qemu-user. Of the libraries only headers are taken, which are the same for all processors.
set -eu
for program in aarch64-linux-gnu-g++ qemu-aarch64; do
  command -v $program >/dev/null || { echo "skipped: $program is not installed" && exit 77; }
done
example=$(echo examples/01_*.cpp)
mkdir -p "$1"
sed 's/\.epochs = 30/.epochs = 3/' "$example" >"$1/example.cpp" # to train, not to learn
aarch64-linux-gnu-g++ -std=c++20 -O1 -static -DFMT_HEADER_ONLY -Iinclude -isystem "$EIGEN" -idirafter "$FMT" "$1/example.cpp" \
  -o "$1/example"
qemu-aarch64 "$1/example"
