// SPDX-License-Identifier: MIT
// What generated headers of recurrent nets compute, beside predict: within a bound that is computed here in
// double.
#include "bounds.hpp"

using namespace bounds;

namespace {

Bounded times(const Bounded& a, const Bounded& b) {
  const Eigen::VectorXd y = a.value.cwiseProduct(b.value);
  return {y,
          a.value.cwiseAbs().cwiseProduct(b.apart) + b.value.cwiseAbs().cwiseProduct(a.apart) +
              2 * a.u * y.cwiseAbs(),
          a.u};
}
Bounded rows(const Bounded& x, Index from, Index count) {
  return {x.value.segment(from, count), x.apart.segment(from, count), x.u};
}
Bounded tanh_of(const Bounded& x) {
  return x.map([](double v) { return std::tanh(v); }, 1, 8);
}
Bounded logistic_of(const Bounded& x) { return x.map(logistic, 0.25, 8); }
Bounded zero(Index n, double u) { return {Eigen::VectorXd::Zero(n), Eigen::VectorXd::Zero(n), u}; }

}  // namespace

TEST_CASE("headers of recurrent nets compute what predict does") {
  Generated programs;
  Sequential recurrent{Recurrent(3, 5, 4, {}, WeightNorm{}), Dense(20, 2)};
  initialize(recurrent, {.seed = 1});
  programs.add(recurrent, "recurrent");
  Sequential lstm{LSTM(2, 6, 5, {.last = true}), Dense(6, 3)};
  initialize(lstm, {.seed = 2});
  programs.add(lstm, "lstm");
  REQUIRE(programs.build("-O2"));

  check(programs, 0, recurrent, [&](const Bounded& x) {
    Bounded h = zero(5, x.u), all = zero(0, x.u);
    for (Index t = 0; t < 4; ++t) {
      const Bounded in = rows(x, 3 * t, 3).dense(w(recurrent, "0.weight_ih"), b(recurrent, "0.bias"));
      h = tanh_of(in.plus(h.dense(w(recurrent, "0.weight_hh"), Eigen::VectorXd::Zero(5))));
      all = all.under(h);
    }
    return all.dense(w(recurrent, "1.weight"), b(recurrent, "1.bias"));
  });
  check(programs, 1, lstm, [&](const Bounded& x) {
    Bounded h = zero(6, x.u), c = h;
    for (Index t = 0; t < 5; ++t) {
      const Bounded z = rows(x, 2 * t, 2)
                            .dense(w(lstm, "0.weight_ih"), b(lstm, "0.bias"))
                            .plus(h.dense(w(lstm, "0.weight_hh"), Eigen::VectorXd::Zero(24)));
      const Bounded i = logistic_of(rows(z, 0, 6)), f = logistic_of(rows(z, 6, 6)),
                    g = tanh_of(rows(z, 12, 6)), o = logistic_of(rows(z, 18, 6));
      c = times(f, c).plus(times(i, g));
      h = times(o, tanh_of(c));
    }
    return h.dense(w(lstm, "1.weight"), b(lstm, "1.bias"));
  });
}
