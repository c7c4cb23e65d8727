// SPDX-License-Identifier: MIT
// Each of these penalties is wrong in one way, and the proof of that finds it.
#include "espalier/testing/check_prox.hpp"

#include <algorithm>
#include <cmath>

#include "espalier/testing/check_policy.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

/// The absolute value, right but for what a test puts in its place.
struct Abs {
  template <Scalar S>
  S value(S w) const {
    return std::abs(w);
  }
  template <Scalar S>
  S prox(S y, S t) const {
    return y - std::clamp(y, -t, t);
  }
};

struct HalfThreshold : Abs {
  template <Scalar S>
  S prox(S y, S t) const {
    return Abs::prox(y, t / 2);
  }
};
struct TwiceTheValue : Abs {  // the value that is reported is not what prox minimizes
  template <Scalar S>
  S value(S w) const {
    return 2 * std::abs(w);
  }
};
struct Impatient : Abs {  // acts at a step size of 0
  template <Scalar S>
  S prox(S y, S t) const {
    return Abs::prox(y, std::max(t, S(1e-3)));
  }
};
struct Concave : Abs {  // says nothing of that, and penalties of numbers are convex if they do not
  template <Scalar S>
  S value(S w) const {
    return std::sqrt(std::abs(w));
  }
};
struct Hard : Abs {  // a hard threshold moves close numbers apart
  template <Scalar S>
  S prox(S y, S t) const {
    return y * y <= 2 * t ? S(0) : y;
  }
};
struct Squared {
  static constexpr bool homogeneous = true;
  template <Scalar S>
  S value(S w) const {
    return w * w / 2;
  }
  template <Scalar S>
  S prox(S y, S t) const {
    return y / (1 + t);
  }
};
struct LowSlope : Abs {
  double slope_bound() const { return 0.5; }
};
struct Thresholded : Abs {  // NaN is in no branch but the last
  template <Scalar S>
  S prox(S y, S t) const {
    return y > t ? y - t : y < -t ? y + t : S(0);
  }
};
struct Overflowing : Abs {
  static constexpr bool keeps_finite = true;
  template <Scalar S>
  S prox(S y, S t) const {
    return (2 * y - 2 * std::clamp(y, -t, t)) / 2;
  }
};
struct Coarse : Abs {
  template <Scalar S>
  S prox(S y, S t) const {
    return Abs::prox(y, std::is_same_v<S, float> ? t * S(1.01) : t);
  }
};
/// Of vectors: the sum of magnitudes is not the Euclidean norm.
struct NotOfNorm {
  static constexpr bool of_norm = true;
  template <Scalar S>
  double value(ConstRow<S> w) const {
    return w.template cast<double>().abs().sum();
  }
  template <Scalar S>
  void prox(Row<S> y, ConstRow<S> t) const {
    y -= y.max(-t).min(t);
  }
};
/// The cost of each weight that is not zero, and it says that this is not convex.
struct Count : Hard {
  static constexpr bool convex = false;
  template <Scalar S>
  S value(S w) const {
    return S(w != 0);
  }
};

/// Of vectors: the sum of magnitudes up to a cap, which no sample reaches, so that it must be taken at its
/// word. `part` of 1 is right.
template <int part>
struct FarCapped {
  static constexpr bool convex = false;
  template <Scalar S>
  double value(ConstRow<S> w) const {
    return w.template cast<double>().abs().min(1e34).sum();
  }
  template <Scalar S>
  void prox(Row<S> y, ConstRow<S> t) const {
    y -= y.max(-t / part).min(t / part);
  }
};

/// Infinite beyond 1, and leaves what is there.
struct NeverInside {
  template <Scalar S>
  double value(ConstRow<S> w) const {
    return in_domain(w) ? 0 : HUGE_VAL;
  }
  template <Scalar S>
  bool in_domain(ConstRow<S> w) const {
    return (w.abs() <= 1).all();
  }
  template <Scalar S>
  void to_domain(Row<S>) const {}
  template <Scalar S>
  void prox(Row<S>, ConstRow<S>) const {}
};

template <class P>
bool finds(std::string_view proof, const P& policy) {
  const PolicyReport report = check_policy(policy, {.trials = 6});
  const PolicyProof* const found = report.find(proof);
  UNSCOPED_INFO(fmt::format("{}", report));
  return found && !found->ok() && !report.ok();
}

}  // namespace

TEST_CASE("a right penalty passes, and one that is not convex without what does not hold of it") {
  CHECK(check_policy(Abs{}).ok());
  const PolicyReport report = check_policy(Count{});
  CAPTURE(fmt::format("{}", report));
  CHECK(report.ok());
  CHECK(report.find("minimal")->trials > 1000);
  CHECK(report.find("variational inequality")->trials == 0);
  CHECK(report.find("variational inequality")->skipped.starts_with("not convex; 1 x 1: "));
}

TEST_CASE("a penalty of vectors that says it is not convex is not tried as one that is, and is minimized") {
  const PolicyReport report = check_policy(FarCapped<1>{}, {.trials = 6});
  CAPTURE(fmt::format("{}", report));
  CHECK(report.ok());
  for (const char* const proof : {"variational inequality", "non-expansive"}) {
    CHECK(report.find(proof)->trials == 0);
    CHECK(report.find(proof)->skipped == "not convex, as it says itself");
  }
  CHECK(finds("minimal", FarCapped<2>{}));
}

TEST_CASE("each wrong penalty is found by the proof of what is wrong") {
  CHECK(finds("minimal", HalfThreshold{}));
  CHECK(finds("variational inequality", TwiceTheValue{}));
  CHECK(finds("identity at t = 0", Impatient{}));
  const PolicyReport report = check_policy(Impatient{});
  const PolicyProof* const identity = report.find("identity at t = 0");
  REQUIRE(identity);
  const std::string_view shown = identity->failure;
  const std::size_t steps = shown.find(" with step sizes ");
  REQUIRE(steps != shown.npos);
  CHECK(shown.substr(steps + 17).find_first_not_of("[], ;0") == shown.npos);
  CHECK(finds("convex", Concave{}));
  CHECK(finds("non-expansive", Hard{}));
  CHECK(finds("homogeneous", Squared{}));
  CHECK(finds("slope bound", LowSlope{}));
  CHECK(finds("NaN is not repaired", Thresholded{}));
  CHECK(finds("keeps finite", Overflowing{}));
  CHECK(finds("float against double", Coarse{}));
  CHECK(finds("of the norm alone", NotOfNorm{}));
  CHECK(finds("feasible", NeverInside{}));
}
