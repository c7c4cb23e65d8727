// SPDX-License-Identifier: MIT
// The role of a policy is found from its members.
#include "espalier/core/policy.hpp"

#include "catch.hpp"

using namespace espalier;

namespace {

struct Smooth {
  template <Scalar S>
  S value(S w) const {
    return w * w;
  }
  template <Scalar S>
  S gradient(S w) const {
    return 2 * w;
  }
};
struct Proximal {
  static constexpr std::string_view name = "proximal";
  static constexpr bool homogeneous = true;
  template <Scalar S>
  S value(S w) const {
    return w;
  }
  template <Scalar S>
  S prox(S y, S) const {
    return y;
  }
};
struct Decaying {
  double shrink(double, double) const { return 1; }
};
struct Interval {
  template <Scalar S>
  bool contains(S) const {
    return true;
  }
  template <Scalar S>
  S project(S w) const {
    return w;
  }
};
struct Ball {
  static constexpr bool sphere = false;
  NormBound norm_bound() const { return {1, Metric::step}; }
};
struct Rows {
  bool contains(const ConstRow<float>&) const { return true; }
  bool contains(const ConstRow<double>&) const { return true; }
  void project(Row<float>&) const {}
  void project(Row<double>&) const {}
};
struct Reparametrized {
  static constexpr bool trains_gain = true;
};
struct FloatOnly {
  float value(float w) const { return w; }
  float gradient(float) const { return 1; }
};
struct Nothing {};
struct TwoRoles : Decaying, Ball {};

}  // namespace

TEST_CASE("each role is recognized, and only it") {
  STATIC_REQUIRE((SmoothPenalty<Smooth> && !ProximalPenalty<Smooth> && !Set<Smooth>));
  STATIC_REQUIRE((ProximalPenalty<Proximal> && !SmoothPenalty<Proximal>));
  STATIC_REQUIRE(Decay<Decaying>);
  STATIC_REQUIRE((ElementSet<Interval> && !NormSet<Interval> && !VectorSet<Interval>));
  STATIC_REQUIRE((NormSet<Ball> && !ElementSet<Ball> && !VectorSet<Ball>));
  STATIC_REQUIRE((VectorSet<Rows> && !ElementSet<Rows> && !NormSet<Rows>));
  STATIC_REQUIRE((Reparametrization<Reparametrized> && !Set<Reparametrized>));
  STATIC_REQUIRE((Policy<Smooth> && Policy<Proximal> && Policy<Decaying> && Policy<Interval> &&
                  Policy<Ball> && Policy<Rows> && Policy<Reparametrized>));
}

TEST_CASE("what plays no role, half a role or two is no policy") {
  STATIC_REQUIRE((roles_of<Nothing> == 0 && !Policy<Nothing>));
  STATIC_REQUIRE((roles_of<FloatOnly> == 0 && !Policy<FloatOnly>));
  STATIC_REQUIRE((roles_of<TwoRoles> == 2 && !Policy<TwoRoles>));
}

TEST_CASE("name and homogeneity are optional") {
  CHECK(policy_name<Proximal>() == "proximal");
  CHECK(policy_name<Smooth>() == "Smooth");
  STATIC_REQUIRE(homogeneous_policy<Proximal>());
  STATIC_REQUIRE(!homogeneous_policy<Smooth>());
}

TEST_CASE("A policy on columns, or on all of a weight, says so in its name") {
  CHECK(detail::written_name<Proximal>() == "proximal");
  CHECK(detail::written_name<PerInput<Proximal>>() == "proximal per input");
  CHECK(detail::written_name<Whole<Proximal>>() == "proximal of all");
  CHECK(detail::written_name<Whole<Smooth>>() == "Smooth of all");
}

namespace {

/// A set of vectors and a penalty of vectors, in each of the forms that the page lists.
struct Together {
  template <Scalar S>
  bool contains(ConstRow<S>) const {
    return true;
  }
  template <Scalar S>
  void project(Row<S>, Steps<S>, const auto&) const {}
};
struct WithRoom {
  template <Scalar S>
  S value(ConstRow<S> w) const {
    return w.sum();
  }
  template <Scalar S>
  void prox(Row<S>, Steps<S>, const auto&, double*) const {}
};
struct InMetric {
  template <Scalar S>
  S value(ConstRow<S> w) const {
    return w.sum();
  }
  template <Scalar S>
  void prox(Row<S>, ConstRow<S>) const {}
};

}  // namespace

TEST_CASE("Policies of vectors are recognized in each form, and whether they meet policies of elements") {
  STATIC_REQUIRE((VectorSet<Together> && ProjectsWithElements<Together> && !VectorPenalty<Together>));
  STATIC_REQUIRE((VectorSet<Rows> && !ProjectsWithElements<Rows>));
  STATIC_REQUIRE((VectorPenalty<WithRoom> && ProxWithElements<WithRoom> && !VectorSet<WithRoom>));
  STATIC_REQUIRE((VectorPenalty<InMetric> && !ProxWithElements<InMetric> && !ProximalPenalty<InMetric>));
  STATIC_REQUIRE((Policy<Together> && Policy<WithRoom> && Policy<InMetric>));
}
