// SPDX-License-Identifier: MIT
// What generated headers of dense nets compute, beside predict: within a bound that is computed here in
// double.
#include "bounds.hpp"

using namespace bounds;

namespace {

/// Weights of which many are 0, a fifth of the inputs read nowhere, and a seventh of the outputs read
/// nothing.
template <class Net>
void make_sparse(Net& net, const char* path, double share) {
  auto weight = effective_weight(net, path);
  Rng rng(3);
  for (Index j = 0; j < weight.cols(); ++j)
    for (Index i = 0; i < weight.rows(); ++i)
      if (j % 5 == 2 || i % 7 == 3 || rng.uniform() < share) weight(i, j) = 0;
  assign(net, path, weight);
}

template <class S>
auto smooth_net() {
  auto net = sequential<S>(Dense(4, 16), Tanh{}, Dense(16, 16), Sigmoid{}, Dense(16, 5), Softplus{.beta = 2},
                           Dense(5, 3), ELU{.alpha = 0.5}, Dense(3, 4), Softmax{});
  initialize(net, {.seed = 1});
  return net;
}
template <class Net>
Bounded smooth(const Net& net, const Bounded& x) {
  return x.dense(w(net, "0.weight"), b(net, "0.bias"))
      .map([](double v) { return std::tanh(v); }, 1, 8)
      .dense(w(net, "2.weight"), b(net, "2.bias"))
      .map(logistic, 0.25, 8)
      .dense(w(net, "4.weight"), b(net, "4.bias"))
      .map([](double v) { return std::log1p(std::exp(2 * v)) / 2; }, 1, 8)
      .dense(w(net, "6.weight"), b(net, "6.bias"))
      .map([](double v) { return v > 0 ? v : 0.5 * std::expm1(v); }, 1, 8)
      .dense(w(net, "8.weight"), b(net, "8.bias"))
      .softmax();
}

}  // namespace

TEST_CASE("headers compile as C++17 and as C99 without a warning and compute what predict does") {
  Generated programs;
  const auto tanh = smooth_net<float>();
  programs.add(tanh, "smooth");
  const auto twice = smooth_net<double>();
  programs.add(twice, "smooth_double");

  Sequential digits{Dense(64, 70, NonNegative{}), ReLU{}, Dense(70, 37), LeakyReLU{.slope = 0.2},
                    Dense(37, 10, NoBias{})};
  initialize(digits, {.seed = 2});
  make_sparse(digits, "0.weight", 0.5);
  make_sparse(digits, "2.weight", 0);  // lines of zeros only
  programs.add(digits, "digits");
  programs.add(digits, "fast_digits", {.zeros = ZeroWeights::fastest});
  const auto digits_bound = [&](const Bounded& x) {
    return x.dense(w(digits, "0.weight"), b(digits, "0.bias"))
        .map([](double v) { return std::max(v, 0.0); }, 1, 0)
        .dense(w(digits, "2.weight"), b(digits, "2.bias"))
        .map([](double v) { return v > 0 ? v : 0.2 * v; }, 1, 1)
        .dense(w(digits, "4.weight"), Eigen::VectorXd::Zero(10));
  };

  // Alone, so that no bound of other layers is added to its own.
  Sequential one{Dense(790, 41, NonNegative{})};
  initialize(one, {.seed = 5});
  programs.add(one, "one");

  // A diagonal: fewer numbers than a loop of the sparse form takes at once.
  Sequential few{Dense(3, 3, NoBias{})};
  assign(few, "0.weight", Matrix<float>(Matrix<float>::Identity(3, 3)));
  programs.add(few, "few");

  // NaN in, NaN out: no activation makes a number of it.
  Sequential every{Dense(3, 3), ReLU{}, LeakyReLU{}, ELU{},      GELU{},
                   SiLU{},      Tanh{}, Sigmoid{},   Softplus{}, Softmax{}};
  initialize(every, {.seed = 6});
  programs.add(every, "every");
  Sequential sorted{GroupSort{.size = 3}, Dense(7, 7, NoBias{}), GroupSort{}, GroupSort{.size = 0}};
  assign(sorted, "1.weight", Matrix<float>(Matrix<float>::Identity(7, 7)));
  programs.add(sorted, "sorted");
  Sequential far{Dense(1, 1, NoBias{}), SiLU{}};
  assign(far, "0.weight", Matrix<float>(Matrix<float>::Ones(1, 1)));
  programs.add(far, "far");

  programs.add_lines(
      "static_assert(digits::violation == 0 && digits::inputs_never_read[2] && "
      "!digits::inputs_never_read[0]);\n"
      "static_assert(digits::inputs == 64 && digits::inputs_never_read_count == 13 && digits::zeros > "
      "2000);\n",
      "typedef char holds[digits_never_reads(2) && !digits_never_reads(0) && digits_zeros > 2000 ? 1 : -1];\n"
      "static const double violation = digits_violation;\n"
      "static int reads(const holds* h) { return h && violation < 0 && digits_inputs_never_read[3]; }\n"
      "int unused(const holds* h) { return reads(h); }\n");
  for (const char* options : {"-Os", "-O3 -march=native"}) {
    REQUIRE(programs.build(options));
    check(programs, 4, one, [&](const Bounded& x) { return x.dense(w(one, "0.weight"), b(one, "0.bias")); });
    check(programs, 0, tanh, [&](const Bounded& x) { return smooth(tanh, x); });
    check(programs, 1, twice, [&](const Bounded& x) { return smooth(twice, x); });
    check(programs, 2, digits, digits_bound);
    check(programs, 3, digits, digits_bound);
    check(programs, 5, few,
          [&](const Bounded& x) { return x.dense(w(few, "0.weight"), Eigen::VectorXd::Zero(3)); });
    for (const std::string language : {"cpp", "c"}) {
      const Matrix<float> gap = Matrix<float>::Constant(3, 1, std::numeric_limits<float>::quiet_NaN());
      CHECK(programs.run(language, 6, gap, 3).array().isNaN().all());
      Matrix<float> mixed{{3}, {-1}, {2}, {2}, {0.5F}, {-7}, {1}};
      CHECK(programs.run(language, 7, mixed, 7) == sorted.predict(mixed));
      mixed(4) = gap(0);
      CHECK(std::isnan(programs.run(language, 7, mixed, 7)(6)));  // the last one
      const Matrix<float> below{{-1e3F, -1e20F, -3e38F}};
      CHECK(programs.run(language, 8, below, 1).cwiseAbs().maxCoeff() < 1e-35F);
    }
  }
}
