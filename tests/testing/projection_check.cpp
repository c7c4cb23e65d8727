// SPDX-License-Identifier: MIT
// The check finds what is wrong with projections seen in the wild, and nothing in right ones.
#include "espalier/testing/projection_check.hpp"

#include <algorithm>

#include "catch.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "rows.hpp"

using namespace espalier;

namespace {

template <class RowType>
double norm_of(const RowType& row) {
  return detail::norm(row.data(), row.size());
}

/// norm(row) <= 1, projected onto in different ways.
template <class How>
struct Ball {
  bool contains(const auto& row) const { return norm_of(row) <= 1; }
  template <Scalar S>
  void project(Row<S>& row) const {
    How{}(row, static_cast<S>(norm_of(row)));
  }
  void project(Row<float> row) const { project<float>(row); }
  void project(Row<double> row) const { project<double>(row); }
};

struct Rescale {  // rounding leaves the norm above the radius in half of all cases
  void operator()(auto& row, auto length) const { row /= length; }
};
struct RescaleWithEpsilon {  // as in Keras
  void operator()(auto& row, auto length) const {
    using S = decltype(length);
    row *= std::min(length, S(1)) / (S(1e-7) + length);
  }
};
struct RescaleToHalf {  // feasible, idempotent, non-expansive, and not the nearest
  void operator()(auto& row, auto length) const { row *= decltype(length)(0.5) / length; }
};
struct CutToSquare {  // clips to the largest square inside
  void operator()(auto& row, auto) const {
    const auto side = static_cast<typename std::decay_t<decltype(row)>::Scalar>(
        0.999 / std::sqrt(static_cast<double>(row.size())));
    row = row.max(-side).min(side);
  }
};

/// sum |x| <= 1 (Duchi et al. 2008, figure 1, through a sort). rho is counted from 0, so that the threshold
/// is the excess over rho + 1 entries; a published implementation divides by rho.
template <int added>
struct OwnL1Ball {
  bool contains(const auto& row) const { return row.template cast<double>().abs().sum() <= 1; }
  template <Scalar S>
  void project_row(Row<S> row) const {
    Eigen::ArrayXd sorted = row.template cast<double>().abs();
    std::sort(sorted.begin(), sorted.end(), std::greater<>{});
    double sum = 0, threshold = 0;
    for (Index rho = 0; rho < sorted.size(); ++rho) {
      sum += sorted[rho];
      if (sorted[rho] * static_cast<double>(rho + 1) > sum - 1)
        threshold = (sum - 1) / static_cast<double>(rho + added);
    }
    for (S& x : row) {
      const double size = std::abs(static_cast<double>(x)) - threshold;
      x = static_cast<S>(std::copysign(std::max(size, 0.0), static_cast<double>(x)));
    }
    while (!contains(row)) row *= 1 - std::numeric_limits<S>::epsilon();
  }
  void project(Row<float> row) const { project_row(row); }
  void project(Row<double> row) const { project_row(row); }
};

/// x >= 0 with sum 1 within 1e-6, by clipping and dividing by the sum: not the projection.
struct ClippedSimplex {
  bool contains(const auto& row) const {
    return row.minCoeff() >= 0 && std::abs(row.template cast<double>().sum() - 1) <= 1e-6;
  }
  void project(auto row) const {
    row = row.max(0);
    if (row.sum() > 0)
      row /= row.sum();
    else
      row = decltype(row.sum())(1) / static_cast<decltype(row.sum())>(row.size());
  }
};

/// Non-negative rows in the unit ball, with the two projections in the wrong order.
struct BallThenCone {
  bool contains(const auto& row) const { return row.minCoeff() >= 0 && norm_of(row) <= 1; }
  void project(auto row) const {
    using S = decltype(row.sum());
    row *= static_cast<S>((1 - 1e-6) / std::max(1.0, norm_of(row)));
    row = row.max(0);
  }
};

struct TwoPoints {  // not convex
  bool contains(Scalar auto w) const { return w == 1 || w == -1; }
  template <Scalar S>
  S project(S w) const {
    return w < 0 ? S(-1) : S(1);
  }
};
struct Restless {  // moves what is feasible
  bool contains(Scalar auto w) const { return w >= -1 && w <= 1; }
  template <Scalar S>
  S project(S w) const {
    return S(0.999) * std::clamp(w, S(-1), S(1));
  }
};

template <Scalar S, class... Policies>
ProjectionErrors check(const Policies&... policies) {
  return projection_check<S>(Pack(policies...), Rng{5}, {.trials = 400, .length = 4});
}

}  // namespace

TEST_CASE("a rescaling that leaves rows outside by a rounding is found") {
  CHECK(check<float>(Ball<Rescale>{}).infeasible > 50);
}

TEST_CASE("an epsilon in a denominator is found") {
  const ProjectionErrors errors = check<double>(Ball<RescaleWithEpsilon>{});
  CHECK(errors.infeasible == 0);
  CHECK(errors.variational > 1e-9);  // right: 1e-15
}

TEST_CASE("a feasible point that is not the nearest is found by the variational inequality alone") {
  for (const ProjectionErrors& errors :
       {check<float>(Ball<RescaleToHalf>{}), check<double>(Ball<RescaleToHalf>{}),
        check<double>(OwnL1Ball<0>{})}) {
    CHECK(errors.infeasible == 0);
    CHECK(errors.not_idempotent == 0);
    CHECK(errors.moved_feasible == 0);
    CHECK(errors.variational > 0.01);
  }
  CHECK(check<double>(Ball<CutToSquare>{}).variational > 0.01);
  CHECK(check<double>(ClippedSimplex{}).variational > 0.01);
  CHECK(check<double>(BallThenCone{}).variational > 0.01);
}

TEST_CASE("the Euclidean projection is not the one in an uneven metric") {
  const ProjectionTrials uneven{.uneven_steps = true};
  const Pack euclidean(MaxNorm{1, Metric::euclidean}), in_metric(MaxNorm{1});
  CHECK(projection_check<double>(euclidean, Rng{5}, uneven).variational > 0.01);
  CHECK(projection_check<double>(in_metric, Rng{5}, uneven).variational < 1e-14);
}

TEST_CASE("a set that is not convex is found, and that its projection holds") {
  const ProjectionErrors errors = projection_check(TwoPoints{}, Rng{5});
  CHECK(errors.longer > 50);
  CHECK(errors.holds());
  CHECK_FALSE(errors.ok());
}

TEMPLATE_TEST_CASE("the tolerance tells roundoff from errors", "", float, double) {
  const auto check_all = [](const auto&... policies) {
    for (const Index length : {1, 5, 100})
      for (const bool uneven : {false, true}) {
        const ProjectionErrors errors = projection_check<TestType>(
            Pack(policies...), Rng{5}, {.length = length, .scale = 3, .uneven_steps = uneven});
        CAPTURE(length, uneven, errors.variational);
        CHECK(errors.ok());
      }
  };
  check_all(test::clip);
  check_all(test::max_norm);
  check_all(test::clip, test::max_norm);
  CHECK_FALSE(projection_check<TestType>(Ball<RescaleWithEpsilon>{}, Rng{5}, {.scale = 3}).ok());
  CHECK_FALSE(projection_check<TestType>(Restless{}, Rng{5}).holds());
}

TEST_CASE("what went wrong prints as a line") {
  CHECK(
      fmt::format("{}", ProjectionErrors{1, 2, 3, 4, 0.5, 1e-14}) ==
      "infeasible 1, not idempotent 2, moved feasible 3, longer 4, variational 5.0e-01 (tolerance 1.0e-14)");
}

TEST_CASE("a projection that moves feasible weights is found") {
  const ProjectionErrors errors = check<float>(Restless{});
  CHECK(errors.moved_feasible > 50);
  CHECK(errors.not_idempotent > 50);
}

TEST_CASE("nothing is found in right projections") {
  for (const ProjectionErrors& errors :
       {check<double>(OwnL1Ball<1>{}), check<double>(test::clip), check<double>(test::max_norm)}) {
    CHECK(errors.infeasible == 0);
    CHECK(errors.not_idempotent == 0);
    CHECK(errors.moved_feasible == 0);
    CHECK(errors.longer == 0);
    CHECK(errors.variational < 1e-14);
  }
}

TEST_CASE("Policies that know the place of each weight are tried with the numbers that they keep") {
  CHECK(projection_check(Pack(Frozen{0, 1, 0, 0, 1}, MaxNorm{1}), Rng{5}, {.uneven_steps = true}).ok());
  CHECK(projection_check<double>(Pack(Mask{0, 1, 0, 1, 1}, SumTo{1}), Rng{5}, {.uneven_steps = true}).ok());
}
