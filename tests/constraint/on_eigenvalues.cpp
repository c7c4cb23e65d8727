// SPDX-License-Identifier: MIT
#include "espalier/constraint/on_eigenvalues.hpp"

#include "../spectra.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

static_assert(MatrixSet<OnEigenvalues<Clip>> && Policy<OnEigenvalues<Clip>>);

namespace {

/// What the comment of the policy states, in units of the norm.
template <Scalar S>
double tolerance(Index n) {
  const double k = static_cast<double>(n);
  return 2 * detail::roundoff<S> + detail::roundoff<double> * k * (k + 120);
}

template <Scalar S>
double size_of(const std::vector<S>& w) {
  return detail::norm(w.data(), static_cast<Index>(w.size()));
}

}  // namespace

TEMPLATE_TEST_CASE("The projection is the nearest symmetric weight with eigenvalues in the interval", "",
                   float, double) {
  for (const Index n : {1, 2, 5, 11})
    for (const double scale : {1e-30, 1.0, 1e30})
      for (const auto& [lo, hi] : {std::pair<double, double>{-0.5, 1}, {0.2, 0.9}, {0.5, 0.5}, {-1, 0}}) {
        const OnEigenvalues policy{Clip{lo * scale, hi * scale}};
        auto errors = projection_check<TestType>(policy, Rng{4},
                                                 {.trials = 20, .length = n, .rows = n, .scale = scale});
        CAPTURE(n, scale, lo, hi, errors.infeasible, errors.not_idempotent, errors.moved_feasible,
                errors.longer, errors.variational);
        // What the tolerance lets in may lie outside by so much.
        errors.tolerance += tolerance<TestType>(n);
        CHECK(errors.holds());
        CHECK(errors.variational <= errors.tolerance);
      }
}

TEMPLATE_TEST_CASE("Eigenvalues are those of the symmetric part, clipped, within the tolerance", "", float,
                   double) {
  const OnEigenvalues policy{Clip{-0.5, 1.5}};
  for (const Index n : {2, 6, 15, 30}) {
    const auto w = test::random_weight<TestType>(n, n, 1, 5), p = test::projected(policy, w, n, n);
    auto symmetric = test::widened(w);
    for (std::size_t j = 0, m = static_cast<std::size_t>(n); j < m; ++j)
      for (std::size_t i = 0; i < m; ++i) {
        symmetric[j * m + i] =
            (static_cast<long double>(w[j * m + i]) + static_cast<long double>(w[i * m + j])) / 2;
        CHECK(p[j * m + i] == p[i * m + j]);
      }
    const test::Wide before = test::eigenvalues(symmetric, n), after = test::eigenvalues(p, n);
    for (std::size_t i = 0; i < after.size(); ++i) {
      CAPTURE(n, i);
      CHECK(std::abs(static_cast<double>(after[i] - std::clamp(before[i], -0.5L, 1.5L))) <=
            2 * tolerance<TestType>(n) * size_of(p));
    }
    CHECK(static_cast<double>(after.front()) <= 1.5 + tolerance<TestType>(n) * size_of(p));
    CHECK(static_cast<double>(after.back()) >= -0.5 - tolerance<TestType>(n) * size_of(p));
  }
}

TEST_CASE(
    "What is in the set is not touched, at a bound neither; what is outside by more than that is seen") {
  const OnEigenvalues policy{Clip{-2, 3}};
  for (const auto& w : {std::vector<float>{3, 0, 0, -2}, {0, 0, 0, 0}, {0.5F, 2.5F, 2.5F, 0.5F}})
    CHECK(test::projected(policy, w, 2, 2) == w);
  CHECK(!test::contains(policy, std::vector<float>{3.000003F, 0, 0, 0}, 2, 2));
  CHECK(!test::contains(policy, std::vector<float>{0, 1, 1.0000001F, 0}, 2, 2));  // not symmetric
  CHECK(!test::contains(policy, std::vector<float>{0, 1, 1, 0, 0, 0}, 2, 3));
  CHECK(!test::contains(OnEigenvalues{Clip{1, 2}}, std::vector<float>(4, 0), 2, 2));
  const auto ones = test::projected(OnEigenvalues{Clip{1, 2}}, std::vector<float>(4, 0), 2, 2);
  CHECK(ones == std::vector<float>{1, 0, 0, 1});
}

TEST_CASE("Numbers that are not finite are left, and are in no set") {
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    const auto w = test::projected(OnEigenvalues{Clip{-1, 1}}, std::vector<double>{bad, 5, 5, 0}, 2, 2);
    CHECK(w[1] == 5);
    CHECK(!test::contains(OnEigenvalues{Clip{-1, 1}}, w, 2, 2));
  }
}

TEST_CASE("A weight that is not square, and a set that makes no sense, are refused") {
  const OnEigenvalues policy{Clip{-1, 1}};
  CHECK(message_of([&] { policy.validate("Dense(3, 2) weight", 2, 3); }) ==
        "Dense(3, 2) weight: expected a square weight for OnEigenvalues, found 2 x 3");
  CHECK_THROWS_AS((OnEigenvalues<Clip>{{2, 1}}.validate()), ValueError);
  CHECK_THROWS_AS((OnEigenvalues<Clip>{{-1e-40, 1}}.validate()), ValueError);  // no float keeps that
  CHECK_NOTHROW((OnEigenvalues<Clip>{{-1, 0}}.validate()));
  CHECK_NOTHROW(OnEigenvalues<NonNegative>{}.validate());
}
