// SPDX-License-Identifier: MIT
// Each of these derivatives is wrong in one way, and the proof of that finds it.
#include "espalier/testing/check_derivative.hpp"

#include <cmath>

#include "espalier/testing/check_policy.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

struct Square {
  template <Scalar S>
  S value(S w) const {
    return w * w / 2;
  }
  template <Scalar S>
  S gradient(S w) const {
    return w;
  }
};
struct Doubled : Square {  // the gradient of w^2 with the value of w^2 / 2
  template <Scalar S>
  S gradient(S w) const {
    return 2 * w;
  }
};
struct Coarse : Square {
  template <Scalar S>
  S gradient(S w) const {
    return std::is_same_v<S, float> ? S(1.01) * w : w;
  }
};
/// Of a matrix: takes the place of the loss's gradient.
struct Overwriting {
  template <Scalar S>
  double value(Block<const S> w) const {
    return static_cast<double>(w.data[0]);
  }
  template <Scalar S>
  bool add_gradient(Block<const S>, Block<S> gradient) const {
    gradient.data[0] = 1;
    return true;
  }
};

/// W is a sigmoid.
struct Sigmoid {
  template <Scalar S>
  S weight(S p) const {
    return 1 / (1 + std::exp(-p));
  }
  template <Scalar S>
  S parameter(S w) const {
    return std::log(w / (1 - w));
  }
  template <Scalar S>
  S pull_back(S p, S dw) const {
    return dw * weight(p) * weight(-p);
  }
};
struct WrongWayBack : Sigmoid {
  template <Scalar S>
  S parameter(S w) const {
    return std::log(w / (1 - w) + S(1e-6));
  }
};
struct WrongPullBack : Sigmoid {
  template <Scalar S>
  S pull_back(S p, S dw) const {
    return dw * weight(p);
  }
};
struct Rectifier : Sigmoid {  // NaN becomes zero
  template <Scalar S>
  S weight(S p) const {
    return p > 0 ? p : S(0);
  }
};
struct CoarseMap : Sigmoid {
  template <Scalar S>
  S weight(S p) const {
    return Sigmoid::weight(p) + (std::is_same_v<S, float> ? S(1e-3) : S(0));
  }
};
/// Levels one apart, trained straight through them.
struct Rounded {
  template <Scalar S>
  S weight(S p) const {
    return std::round(p);
  }
  template <Scalar S>
  S parameter(S w) const {
    return w;
  }
  template <Scalar S>
  S pull_back(S, S dw) const {
    return dw;
  }
};

struct Constant {  // decays though the rate is zero
  double shrink(double, double) const { return 0.9; }
};
struct Growing {
  double shrink(double rate, double) const { return 1 + rate; }
};

template <class P>
bool finds(std::string_view proof, const P& policy) {
  const PolicyReport report = check_policy(policy, {.trials = 6});
  const PolicyProof* const found = report.find(proof);
  UNSCOPED_INFO(fmt::format("{}", report));
  return found && !found->ok() && !report.ok();
}

}  // namespace

TEST_CASE("each wrong gradient is found by the proof of what is wrong") {
  CHECK(check_policy(Square{}).ok());
  CHECK(finds("gradient", Doubled{}));
  CHECK(finds("gradient", Overwriting{}));
  CHECK(finds("float against double", Coarse{}));
}

TEST_CASE("each wrong reparametrization is found by the proof of what is wrong") {
  const PolicyReport right = check_policy(Sigmoid{}, {.trials = 6});
  CHECK(right.find("pull_back")->ok());
  CHECK(finds("weight(parameter(w)) is w", WrongWayBack{}));
  CHECK(finds("pull_back", WrongPullBack{}));
  CHECK(finds("NaN is not repaired", Rectifier{}));
  CHECK(finds("float against double", CoarseMap{}));
}

TEST_CASE("where a weight has steps there is no derivative, and the report says so") {
  const PolicyReport report = check_policy(Rounded{});
  CAPTURE(fmt::format("{}", report));
  CHECK(report.ok());
  CHECK(report.find("pull_back")->skipped.starts_with("weight() has steps"));
}

TEST_CASE("decay at a rate of zero, and decay that is growth, are found") {
  CHECK(finds("rate 0 keeps weights", Constant{}));
  CHECK(finds("makes weights shorter", Growing{}));
}
