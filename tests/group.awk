# awk -f group.awk <file of tests>...: one source of all of them. Each keeps names of its own in a namespace of its own; what they
# include comes first, and once, since no include works in there.
FNR == 1 { files[++count] = FILENAME }
/^#include / && !seen[$0]++ { print }
END {
  for (k = 1; k <= count; ++k) {
    name = files[k]
    sub(/.*\//, "", name)
    sub(/\.cpp$/, "", name)
    print "namespace in_" name " {\n#include \"" files[k] "\"\n}  // namespace in_" name
  }
}
