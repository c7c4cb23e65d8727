# SPDX-License-Identifier: MIT
# The C++ blocks of README.md as one source file: programs and types at namespace scope, other
# statements in a function. What one block includes, those after it have too.
function flush_block() {
  ++count
  whole = block ~ /int main\(\)/ || block ~ /(^|\n)struct /
  sub(/int main\(\)/, "void program()", block)
  statements = ""
  if (whole && match(block, /(^|\n)};\n/)) { # a type, then statements that use it
    statements = substr(block, RSTART + RLENGTH)
    block = substr(block, 1, RSTART + RLENGTH - 1)
  } else if (!whole) {
    statements = block
    block = ""
  }
  printf "namespace snippet_%d {\n%s", count, block
  if (statements != "") printf "void run() {\n%s}\n", statements
  printf "}\n"
}
# Beside Eigen's names, which many who use matrices have without a prefix.
BEGIN { print "namespace espalier {}\nnamespace Eigen {}\nnamespace esp = espalier;\nusing namespace Eigen;\nvoid readme();" }
/^```cpp$/ { inside = 1; block = ""; next }
/^```$/ && inside { inside = 0; flush_block(); next }
inside && /^#include/ { print }
inside && !/^#include|^using namespace/ { block = block $0 "\n" }
END {
  print "void readme() {}"
  if (count == 0) exit 1
}
