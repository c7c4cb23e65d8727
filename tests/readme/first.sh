#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/01_first.cpp is the first program of the README, below its comment.
awk '/^```cpp$/ { inside = 1; next } /^```$/ && inside { exit } inside' README.md |
  diff - examples/01_first.cpp | grep '^[<>]' | grep -v '^> // '
[ $? -eq 1 ] # grep has found no line that differs
