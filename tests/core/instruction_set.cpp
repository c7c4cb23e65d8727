// SPDX-License-Identifier: MIT
#include "espalier/core/instruction_set.hpp"

#include <string_view>

#include "../catch.hpp"

using namespace espalier;

TEST_CASE("The name of an instruction set tells how many numbers a register holds") {
  const std::string_view name = detail::instruction_set, kind = name.substr(0, name.find('_'));
  constexpr int numbers = Eigen::internal::packet_traits<float>::size;
  CAPTURE(name);
  if (kind == "avx512") CHECK(numbers == 16);
  if (kind == "avx" || kind == "avx2") CHECK(numbers == 8);
  if (kind == "sse2" || kind == "neon") CHECK(numbers == 4);
  if (kind == "scalar") CHECK(numbers == 1);
}

TEST_CASE("The name of an instruction set tells whether a product is rounded before a sum") {
  using namespace Eigen::internal;
  using Register = packet_traits<float>::type;
  const float x = 1 + 0x1p-12F;  // its square needs 25 bits
  const volatile float square = x * x;
  const Register rest = pmadd(pset1<Register>(x), pset1<Register>(x), pset1<Register>(-float{square}));
  const bool fused = pfirst(rest) != 0;
  CHECK(fused == (std::string_view(detail::instruction_set).find("_fma") != std::string_view::npos));
}
