// SPDX-License-Identifier: MIT
// Each of these penalties is wrong in one way, and the proof of that finds it.
#include "espalier/testing/check_prox.hpp"

#include <algorithm>
#include <cmath>

#include "espalier/testing/check_policy.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

enum class Wrong {
  nothing,
  half_threshold,
  twice_the_value,  // the value that is reported is not what prox minimizes
  impatient,        // acts at a step size of 0
  concave,          // says nothing of that, and penalties of numbers are convex if they do not
  hard,             // a hard threshold moves close numbers apart
  thresholded,      // NaN is in no branch but the last
  coarse            // another threshold in float
};

/// The absolute value, but for what is wrong: chosen when the program runs, since a type of policy takes long
/// to compile.
struct Abs {
  Wrong wrong = Wrong::nothing;

  template <Scalar S>
  S value(S w) const {
    switch (wrong) {
      case Wrong::twice_the_value:
        return 2 * std::abs(w);
      case Wrong::concave:
        return std::sqrt(std::abs(w));
      default:
        return std::abs(w);
    }
  }
  template <Scalar S>
  S prox(S y, S t) const {
    switch (wrong) {
      case Wrong::half_threshold:
        return shrunk(y, t / 2);
      case Wrong::impatient:
        return shrunk(y, std::max(t, S(1e-3)));
      case Wrong::hard:
        return y * y <= 2 * t ? S(0) : y;
      case Wrong::thresholded:
        return y > t ? y - t : y < -t ? y + t : S(0);
      case Wrong::coarse:
        return shrunk(y, std::is_same_v<S, float> ? t * S(1.01) : t);
      default:
        return shrunk(y, t);
    }
  }

 private:
  template <Scalar S>
  static S shrunk(S y, S t) {
    return y - std::clamp(y, -t, t);
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
struct Overflowing : Abs {
  static constexpr bool keeps_finite = true;
  template <Scalar S>
  S prox(S y, S t) const {
    return (2 * y - 2 * std::clamp(y, -t, t)) / 2;
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
struct Count : Abs {
  static constexpr bool convex = false;
  Count() : Abs{Wrong::hard} {}
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
  CHECK(finds("minimal", Abs{Wrong::half_threshold}));
  CHECK(finds("variational inequality", Abs{Wrong::twice_the_value}));
  CHECK(finds("identity at t = 0", Abs{Wrong::impatient}));
  const PolicyReport report = check_policy(Abs{Wrong::impatient});
  const PolicyProof* const identity = report.find("identity at t = 0");
  REQUIRE(identity);
  const std::string_view shown = identity->failure;
  const std::size_t steps = shown.find(" with step sizes ");
  REQUIRE(steps != shown.npos);
  CHECK(shown.substr(steps + 17).find_first_not_of("[], ;0") == shown.npos);
  CHECK(finds("convex", Abs{Wrong::concave}));
  CHECK(finds("non-expansive", Abs{Wrong::hard}));
  CHECK(finds("homogeneous", Squared{}));
  CHECK(finds("slope bound", LowSlope{}));
  CHECK(finds("NaN is not repaired", Abs{Wrong::thresholded}));
  CHECK(finds("keeps finite", Overflowing{}));
  CHECK(finds("float against double", Abs{Wrong::coarse}));
  CHECK(finds("of the norm alone", NotOfNorm{}));
  CHECK(finds("feasible", NeverInside{}));
}
