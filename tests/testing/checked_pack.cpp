// SPDX-License-Identifier: MIT
#include "espalier/testing/checked_pack.hpp"

#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "support.hpp"

using namespace espalier;
using Numbers = detail::CheckedNumbers<double>;

TEST_CASE("A policy is seen as what follows a step, with what it keeps of the start") {
  detail::CheckedPack<double> frozen(AnyPack<double>(Pack(Frozen{1, 0})), 2, 2);
  frozen.start({1, 2, 3, 4});
  CHECK(frozen.after({5, 6, 7, 8}) == Numbers{1, 6, 3, 8});
  CHECK(frozen.contains({1, 6, 3, 8}));
  CHECK_FALSE(frozen.contains({5, 6, 7, 8}));

  bool finite = true;
  frozen.after({5, 6, 7, std::numeric_limits<double>::quiet_NaN()}, {}, &finite);
  CHECK_FALSE(finite);

  detail::CheckedPack<double> ball(AnyPack<double>(Pack(MaxNorm{1})), 1, 2);
  CHECK(ball.in_metric());
  CHECK(ball.after({3, 0}) == Numbers{1, 0});
  CHECK_FALSE(
      detail::CheckedPack<double>(AnyPack<double>(Pack(MaxNorm{1, Metric::euclidean})), 1, 2).in_metric());
}

TEST_CASE("Gradients are added to what is there") {
  detail::CheckedPack<double> pack(AnyPack<double>(Pack(L2{2})), 1, 2);
  CHECK(pack.gradient({1, 3}, {10, 20}) == Numbers{12, 26});
  CHECK(pack.penalty({1, 3}) == 10);
}

TEST_CASE("Inputs have ties, and zeros of either sign") {
  Rng rng(1);
  detail::CheckedInputs<float> inputs(rng, 8);
  long tied = 0, zeros = 0, negative = 0;
  for (int k = 0; k < 200; ++k) {
    const auto numbers = inputs.numbers(1e30);
    tied += std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::fmod(x, 1e30F) == 0; });
    for (const float x : numbers) zeros += x == 0 && !std::signbit(x), negative += x == 0 && std::signbit(x);
  }
  CHECK((tied > 20 && tied < 80));
  CHECK(zeros > 20);
  CHECK(negative > 20);
}
