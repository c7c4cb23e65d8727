// SPDX-License-Identifier: MIT
// Policies of your own, for a number, a vector and a matrix: each is a few lines, is checked by check_policy,
// and holds while a net trains on the digits.
#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>
#include <espalier/testing.hpp>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = R"(18_own_policy: checks three policies, and trains on the digits under them
  --data FILE  pixels and label, comma-separated (default examples/data/digits.csv)
  --quick      1 epoch instead of 20
)";

/// Of a number: no weight above a limit.
struct AtMost {
  double limit = 0.2;

  template <esp::Scalar S>
  bool contains(S w) const {
    return w <= static_cast<S>(limit);
  }
  template <esp::Scalar S>
  S project(S w) const {
    return w > static_cast<S>(limit) ? static_cast<S>(limit) : w;  // NaN stays NaN
  }
};
static_assert(esp::ElementSet<AtMost>);

/// Of a vector: the weights of a neuron that are not its largest are zero.
struct Winner {
  bool contains(const auto& w) const { return (w != 0).count() <= 1; }
  void project(auto y, auto t) const {  // nearest in the metric of the step
    esp::Index best = 0;
    (y.abs() / t.sqrt()).maxCoeff(&best);
    const auto kept = y[best];
    y *= 0;  // NaN stays NaN
    y[best] = kept;
  }
  void project(auto y) const { project(y, y * 0 + 1); }
};
static_assert(esp::VectorSet<Winner>);

/// Of a matrix: every input's weights are the same for two neighboring neurons.
struct Twins {
  template <esp::Scalar S>
  bool contains(esp::Block<const S> w) const {
    for (esp::Index j = 1; j < w.rows; j += 2)
      if (!std::equal(w.row(j), w.row(j) + w.cols, w.row(j - 1))) return false;
    return true;
  }
  template <esp::Scalar S>
  void project(esp::Block<S> w) const {
    for (esp::Index j = 1; j < w.rows; j += 2)
      for (esp::Index i = 0; i < w.cols; ++i)
        w.row(j)[i] = w.row(j - 1)[i] = w.row(j)[i] / 2 + w.row(j - 1)[i] / 2;
  }
};
static_assert(esp::MatrixSet<Twins>);

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  for (const esp::PolicyReport& report :
       {esp::check_policy(AtMost{}), esp::check_policy(Winner{}), esp::check_policy(Twins{})}) {
    fmt::print("{}\n", report);
    if (!report.ok()) throw esp::Error(report.policy() + " is wrong");
  }

  auto [train, test] = esp::read_csv(arguments.text("--data", "examples/data/digits.csv"), {.label = "last"})
                           .split(0.8, esp::Rng{7});
  esp::Sequential net{esp::Dense(64, 64, AtMost{}), esp::ReLU{},
                      esp::Dense(64, 32, Twins{}),  esp::ReLU{},
                      esp::Dense(32, 32, Winner{}), esp::Dense(32, 10)};
  initialize(net, esp::Rng{42});
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 1e-3}};
  fit(net, train, esp::CrossEntropy{}, optimizer, {.epochs = arguments.has("--quick") ? 1 : 20, .batch = 32});
  fmt::print("accuracy {:.3f}\n{}", accuracy(net, test), audit(net));
} catch (const std::exception& error) {
  return failed(error);
}
