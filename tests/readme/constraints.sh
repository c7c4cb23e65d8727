#!/bin/sh
# SPDX-License-Identifier: MIT
# constraints.sh DRAW WORK: does docs/constraints.md have a row for each policy, and are the pictures that it
# shows those that the program draws? Run in the top folder. Pixels are not compared: processors round apart.
set -u
page=docs/constraints.md
found=$(
  grep -ho 'std::string_view name = [^;]*' include/espalier/constraint/*.hpp | grep -o '"[A-Za-z0-9]*"' | tr -d '"' | sort -u |
    while read -r policy; do
      grep -q "^|.*\`$policy{" $page || echo "$page: expected a row for $policy, found none"
    done
  mkdir -p "$2" && rm -f "$2"/*.svg && "$1" "$2" || echo "$1 failed"
  for picture in docs/pictures/*.svg; do
    name=$(basename "$picture")
    [ -s "$2/$name" ] || echo "expected the program to draw $name, found that it does not"
    grep -q "pictures/$name" $page || echo "$page: expected it to show $name, found that it does not"
  done
  for picture in "$2"/*.svg; do
    [ -e "docs/pictures/$(basename "$picture")" ] || echo "expected docs/pictures/$(basename "$picture"), found none"
  done
)
[ -z "$found" ] && exit 0
echo "$found"
exit 1
