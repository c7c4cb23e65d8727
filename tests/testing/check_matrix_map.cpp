// SPDX-License-Identifier: MIT
// Each of these maps is wrong in one way, and the proof of that finds it; the library's pass.
#include "espalier/testing/check_matrix_map.hpp"

#include "espalier/constraint/cayley.hpp"
#include "espalier/constraint/learned_bound.hpp"
#include "espalier/constraint/spectral_normalized.hpp"
#include "espalier/constraint/spectral_rescaled.hpp"
#include "espalier/testing/check_policy.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

/// W = P / norm(P).
struct UnitMatrix {
  template <Scalar S>
  void weight(Block<const S> p, Block<S> w, double*) const {
    const ConstArrayMap<S> stored(p.data, p.size());
    ArrayMap<S>(w.data, w.size()) = stored / stored.matrix().stableNorm();
  }
  template <Scalar S>
  void pull_back(Block<const S> p, Block<const S> w, Block<S> dw, double*) const {
    const ConstArrayMap<S> weight(w.data, w.size());
    ArrayMap<S> g(dw.data, dw.size());
    g = ((g - (g * weight).sum() * weight) / ConstArrayMap<S>(p.data, p.size()).matrix().stableNorm()).eval();
  }
  template <Scalar S>
  bool parameter(Block<S> w, double*) const {
    return std::abs(ArrayMap<S>(w.data, w.size()).matrix().norm() - 1) < S(1e-5);
  }
  template <Scalar S>
  bool promises(Block<const S> w) const {
    return std::abs(ConstArrayMap<S>(w.data, w.size()).matrix().norm() - 1) < S(1e-5);
  }
};
struct NoProjection : UnitMatrix {
  template <Scalar S>
  void pull_back(Block<const S> p, Block<const S>, Block<S> dw, double*) const {
    ArrayMap<S>(dw.data, dw.size()) /= ConstArrayMap<S>(p.data, p.size()).matrix().stableNorm();
  }
};
struct WrongWayBack : UnitMatrix {
  template <Scalar S>
  bool parameter(Block<S> w, double*) const {
    w.data[0] += S(0.01);
    return true;
  }
};
struct TooShort : UnitMatrix {
  template <Scalar S>
  bool promises(Block<const S> w) const {
    return ConstArrayMap<S>(w.data, w.size()).matrix().norm() < S(0.5);
  }
};
struct Overflowing : UnitMatrix {  // squares of 1e30 are no floats
  template <Scalar S>
  void weight(Block<const S> p, Block<S> w, double*) const {
    const ConstArrayMap<S> stored(p.data, p.size());
    ArrayMap<S>(w.data, w.size()) = stored / std::sqrt(stored.square().sum());
  }
};
struct Repairing : UnitMatrix {
  template <Scalar S>
  void weight(Block<const S> p, Block<S> w, double* room) const {
    UnitMatrix::weight(p, w, room);
    for (Index i = 0; i < w.size(); ++i)
      if (std::isnan(w.data[i])) w.data[i] = 0;
  }
};

const PolicyTrials trials{.trials = 4, .rows = 3, .cols = 4};

void fails(const auto& policy, std::string_view name) {
  const PolicyReport report = check_policy(policy, trials);
  INFO(fmt::format("{}", report));
  CHECK(!report.ok());
  for (const PolicyProof& proof : report.proofs()) CHECK(proof.ok() == (proof.name != name));
}
void passes(const auto& policy, const PolicyTrials& own = {.trials = 3}) {
  const PolicyReport report = check_policy(policy, own);
  INFO(fmt::format("{}", report));
  CHECK(report.ok());
  CHECK(report.find("pull_back")->trials > 0);
}

}  // namespace

TEST_CASE("a right map of matrices passes, and what it promises is tried") {
  passes(UnitMatrix{}, trials);
  CHECK(check_policy(UnitMatrix{}, trials).find("what it promises holds")->trials > 50);
}

TEST_CASE("wrong maps of matrices fail in what is wrong with them alone") {
  fails(NoProjection{}, "pull_back");
  fails(WrongWayBack{}, "weight(parameter(w)) is w");
  fails(TooShort{}, "what it promises holds");
  fails(Overflowing{}, "what it promises holds");
  fails(Repairing{}, "NaN is not repaired");
}

TEST_CASE("the library's maps of matrices are what they say") {
  passes(Cayley{});
  passes(SpectralRescaled{2});
  passes(SpectralNormalized{});
  passes(LearnedBound<InfinityNorm>{});
}
