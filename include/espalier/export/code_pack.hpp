// SPDX-License-Identifier: MIT
// A register of numbers in source text: a vector of GCC and clang, as wide as the processor that the text is
// compiled for has them, and an array elsewhere. Loops over short arrays would be unrolled by compilers
// before they look for what to compute at a time.
#pragma once

#include <string>
#include <string_view>

#include "espalier/export/code_text.hpp"

namespace espalier::detail {

/// Numbers of the widest register that is known, of floats and of doubles. Blocks are multiples of it.
inline Index widest_pack(const CodeStyle& style) { return 64 / style.scalar_bytes(); }

inline constexpr std::string_view pack_helper =
    R"($c_only$#if defined(__AVX512F__)
enum { $my$lanes = $most$ };
#elif defined(__AVX__)
enum { $my$lanes = $half$ };
#else
enum { $my$lanes = $quarter$ };
#endif
#if defined(__GNUC__)
typedef $S$ $my$pack __attribute__((vector_size(sizeof($S$) * $my$lanes)));
$fn$ $my$pack $my$times($my$pack w, $my$pack x, $my$pack sum) { return w * x + sum; }
$fn$ $my$pack $my$times_one($my$pack w, $S$ x, $my$pack sum) { return w * x + sum; }
$fn$ $my$pack $my$plus($my$pack a, $my$pack b) { return a + b; }
#else
typedef struct { $S$ at[$my$lanes]; } $my$pack;
$fn$ $my$pack $my$times($my$pack w, $my$pack x, $my$pack sum) {
  for (int i = 0; i < $my$lanes; ++i) sum.at[i] += w.at[i] * x.at[i];
  return sum;
}
$fn$ $my$pack $my$times_one($my$pack w, $S$ x, $my$pack sum) {
  for (int i = 0; i < $my$lanes; ++i) sum.at[i] += w.at[i] * x;
  return sum;
}
$fn$ $my$pack $my$plus($my$pack a, $my$pack b) {
  for (int i = 0; i < $my$lanes; ++i) a.at[i] += b.at[i];
  return a;
}
#endif
$fn$ $my$pack $my$pack_from(const $S$* from) {
  $my$pack p;
  $std$memcpy(&p, from, sizeof p);
  return p;
}
$fn$ void $my$pack_to($my$pack p, $S$* to) { $std$memcpy(to, &p, sizeof p); }
$fn$ $my$pack $my$no_pack(void) {
  static const $S$ zeros[$my$lanes] = {$zero$};
  return $my$pack_from(zeros);
}
)";

inline void write_pack_helper(CodeText& out) {
  const Index most = widest_pack(out.style());
  const std::string aligned =
      "#if defined(__GNUC__)\n#define $my$aligned __attribute__((aligned(64)))\n#else\n#define "
      "$my$aligned\n#endif\n";
  out.add(pack_helper, {{"c_only", out.style().c ? aligned : ""},
                        {"most", std::to_string(most)},
                        {"half", std::to_string(most / 2)},
                        {"quarter", std::to_string(most / 4)},
                        {"zero", out.style().number(0)}});
}

}  // namespace espalier::detail
