#!/bin/sh
# SPDX-License-Identifier: MIT
# tiny_mnist.sh <program>: one epoch of it on 64 + 64 made-up images in the files of MNIST.
set -eu
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
for part in train t10k; do
  {
    printf '\000\000\010\003\000\000\000\100\000\000\000\034\000\000\000\034' # 64 x 28 x 28
    yes espalier | head -c 50176
  } >"$directory/$part-images-idx3-ubyte"
  {
    printf '\000\000\010\001\000\000\000\100'
    for _ in 1 2 3 4 5 6 7 8; do printf '\000\001\002\003\004\005\006\011'; done
  } >"$directory/$part-labels-idx1-ubyte"
done
"$1" --data "$directory" --epochs 1
