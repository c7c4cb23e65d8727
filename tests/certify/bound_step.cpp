// SPDX-License-Identifier: MIT
#include "espalier/certify/bound_step.hpp"

#include <cmath>

#include "../catch.hpp"

using namespace espalier;

TEST_CASE("Norms of a weight that is off by a share of its numbers are those of the largest it can be") {
  const detail::MadeWeight off{2, 2, {3, 0, 0, -4}, 0.25};
  const NormBounds bounds = detail::norms_above(off);
  CHECK((bounds.one >= 5 && bounds.one < 5 + 1e-12));
  CHECK((bounds.infinity >= 5 && bounds.infinity < 5 + 1e-12));
  CHECK((bounds.two >= 5 && bounds.two < 4 + 5 * 0.25 + 1e-12));  // by its Frobenius norm, 5
}

TEST_CASE("Slopes count by their size, and layers one behind the other by their product") {
  CHECK(detail::bounds_of(Slopes{-3, 2}) == NormBounds{3, 3, 3});
  CHECK(detail::bounds_of(Slopes{0, 0.25}) == NormBounds{0.25, 0.25, 0.25});
  const NormBounds both = detail::one_after_other({2, 3, 1}, {5, 7, 0});
  CHECK((both.one >= 10 && both.two >= 21 && both.infinity == 0));
  CHECK(both.two < 21 + 1e-12);
}

TEST_CASE("A weight split by sign counts as its magnitudes behind both signs of the inputs") {
  const detail::MadeWeight split = detail::split_by_sign({2, 3, {3, -4, 0, 1, 2, -5}, 0.25});
  CHECK(split.numbers == std::vector<double>{3, 0, 0, 0, -4, 0, 1, 2, 0, 0, 0, -5});
  CHECK((split.rows == 2 && split.cols == 6 && split.off == 0.25));
  CHECK(detail::both_signs(2).numbers == std::vector<double>{1, 0, 0, 1, -1, 0, 0, -1});
  const NormBounds all = detail::one_after_other(
      detail::norms_above(detail::both_signs(3)),
      detail::norms_behind_both_signs(detail::split_by_sign({2, 3, {3, -4, 0, 1, 2, -5}})));
  CHECK((all.one >= 6 && all.one < 6 + 1e-12));
  CHECK((all.infinity >= 8 && all.infinity < 8 + 1e-12));
  // The squares of the singular values of [3 4 0; 1 2 5] are those of [25 11; 11 30]: 27.5 + sqrt(127.25).
  const double two = std::sqrt(27.5 + std::sqrt(127.25));
  CHECK((all.two >= two * (1 - 1e-15) && all.two < two * (1 + 1e-11)));
}
