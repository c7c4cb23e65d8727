// SPDX-License-Identifier: MIT
// Each of these sets is wrong in one way, and the proof of that finds it.
#include "espalier/testing/check_set.hpp"

#include <algorithm>
#include <cmath>

#include "espalier/testing/check_policy.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

enum class Wrong {
  nothing,
  open,       // the bound is not in the set
  restless,   // an epsilon that also moves what is inside
  by_chance,  // another point in every second call
  halved,     // feasible, but not nearest
  thrown,     // what is far goes to the other end
  rectified,  // from 0 on; max of zero and NaN is zero
  coarse      // another bound in float
};

/// From -1 to 1, but for what is wrong: chosen when the program runs, since a type of policy takes long to
/// compile.
struct Box {
  Wrong wrong = Wrong::nothing;

  template <Scalar S>
  bool contains(S w) const {
    switch (wrong) {
      case Wrong::open:
        return w > -1 && w < 1;
      case Wrong::rectified:
        return w >= 0;
      default:
        return w >= -bound<S>() && w <= bound<S>();
    }
  }
  template <Scalar S>
  S project(S w) const {
    static int calls = 0;
    const S nearest = w < -bound<S>() ? -bound<S>() : w > bound<S>() ? bound<S>() : w;
    switch (wrong) {
      case Wrong::restless:
        return S(0.999) * nearest;
      case Wrong::by_chance:
        return contains(w) || ++calls % 2 ? nearest : S(0.5);
      case Wrong::halved:
        return contains(w) || w != w ? w : std::copysign(S(0.5), w);
      case Wrong::thrown:
        return w > 2 ? S(-1) : nearest;
      case Wrong::rectified:
        return std::max(S(0), w);
      default:
        return nearest;
    }
  }

 private:
  template <Scalar S>
  S bound() const {
    return wrong == Wrong::coarse && std::is_same_v<S, float> ? S(0.9) : S(1);
  }
};
struct Overflowing {
  static constexpr bool keeps_finite = true;
  template <Scalar S>
  bool contains(S) const {
    return true;
  }
  template <Scalar S>
  S project(S w) const {
    return w * 2 / 2;
  }
};
struct NoCone : Box {
  static constexpr bool homogeneous = true;
};
struct NotFlat : Box {
  static constexpr bool flat = true;
};

/// Rows with a sum of at most 1, by a projection that slides along the boundary: too little for distances to
/// show it.
struct Crooked {
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return w.template cast<double>().sum() <= 1;
  }
  template <Scalar S>
  void project(Row<S> w) const {
    w -= static_cast<S>((w.template cast<double>().sum() - 1) / static_cast<double>(w.size()));
    w[0] += S(1e-8), w[w.size() - 1] -= S(1e-8);
    while (w.template cast<double>().sum() > 1)
      w -= std::numeric_limits<S>::epsilon() * w.abs().max(std::numeric_limits<S>::min());
  }
};
struct OneWeight {  // at most one weight of a row is not zero: no convex set
  static constexpr bool convex = true;
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return (w != 0).count() <= 1;
  }
  template <Scalar S>
  void project(Row<S> w) const {
    Index largest = 0;
    w.abs().maxCoeff(&largest);
    const S kept = w[largest];
    const bool number = (w == w).all();
    w = number ? S(0) : std::numeric_limits<S>::quiet_NaN();
    w[largest] = kept;
  }
};
struct MeanZero {  // divides by step sizes, which may be zero
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return std::abs(w.template cast<double>().sum()) <= 1e-5 * w.template cast<double>().abs().sum();
  }
  template <Scalar S>
  void project(Row<S> w) const {
    w -= w.mean();
  }
  template <Scalar S>
  void project(Row<S> w, ConstRow<S> t) const {
    w -= (w / t).sum() / (1 / t).sum();
  }
};

template <class P>
bool finds(std::string_view proof, const P& policy) {
  const PolicyReport report = check_policy(policy, {.trials = 6});
  const PolicyProof* const found = report.find(proof);
  UNSCOPED_INFO(fmt::format("{}", report));
  return found && !found->ok() && !report.ok();
}

}  // namespace

TEST_CASE("a right set passes") {
  const PolicyReport report = check_policy(Box{});
  CAPTURE(fmt::format("{}", report));
  CHECK(report.ok());
}

TEST_CASE("each wrong set of numbers is found by the proof of what is wrong") {
  CHECK(finds("feasible", Box{Wrong::open}));
  CHECK(finds("idempotent", Box{Wrong::restless}));
  CHECK(finds("feasible weights stay", Box{Wrong::restless}));
  CHECK(finds("deterministic", Box{Wrong::by_chance}));
  CHECK(finds("nearest", Box{Wrong::halved}));
  CHECK(finds("non-expansive", Box{Wrong::thrown}));
  CHECK(finds("NaN is not repaired", Box{Wrong::rectified}));
  CHECK(finds("keeps finite", Overflowing{}));
  CHECK(finds("homogeneous", NoCone{}));
  CHECK(finds("flat", NotFlat{}));
  CHECK(finds("float against double", Box{Wrong::coarse}));
}

TEST_CASE("each wrong set of vectors is found by the proof of what is wrong") {
  CHECK(finds("variational inequality", Crooked{}));
  CHECK(check_policy(Crooked{}, {.trials = 6}).find("nearest")->ok());
  CHECK(finds("convex", OneWeight{}));
  CHECK(finds("feasible, some steps are 0", MeanZero{}));
}

TEST_CASE("the message shows the input on which a set failed") {
  const PolicyReport report = check_policy(Box{Wrong::halved}, {.rows = 1, .cols = 1});
  CHECK(report.find("nearest")->failure.starts_with("double, 1 x 1: ["));
  CHECK(report.find("nearest")->failure.find("becomes [") != std::string::npos);
  CHECK(report.find("nearest")->failure.find("is in the set") != std::string::npos);
}
