// SPDX-License-Identifier: MIT
// Every layer, loss and policy against central differences in double: relative error <= 1e-6.
#include <functional>

#include "../any_activation.hpp"
#include "../nets.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/binary_cross_entropy.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/huber.hpp"
#include "espalier/loss/mean_absolute.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/loss/root_mean_squared.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

namespace {

constexpr Index inputs = 4, hidden = 5, outputs = 3, samples = 6;

/// Any loss behind one type, so that a net is compiled once and not once for each loss.
class AnyLoss {
 public:
  explicit AnyLoss(const auto& loss)
      : run_([loss](const ConstBatch<double>& y, const Target<double>& t, Matrix<double>* gradient) {
          return gradient ? loss(y, t, *gradient) : loss(y, t);
        }) {}

  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t) const {
    if constexpr (std::same_as<typename Y::Scalar, double>) return run_(y, t, nullptr);
    return 0;
  }
  template <class Y>
  double operator()(const Y& y, const Target<typename Y::Scalar>& t,
                    Matrix<typename Y::Scalar>& gradient) const {
    if constexpr (std::same_as<typename Y::Scalar, double>) return run_(y, t, &gradient);
    return 0;
  }

 private:
  std::function<double(const ConstBatch<double>&, const Target<double>&, Matrix<double>*)> run_;
};

struct Case {
  std::string name;
  AnyLoss loss;
  std::vector<int> labels;
  Matrix<double> values;
  std::vector<double> weights;

  Target<double> target() const {
    return labels.empty() ? Target<double>(values, weights) : Target<double>(labels, weights);
  }
};

/// Every loss with every kind of target, with and without weights of samples.
const std::vector<Case>& losses() {
  static const std::vector<Case> cases = [] {
    const std::vector<int> labels{2, 0, 1, 1, 0, 2};
    const std::vector<double> weights{1, 0.5, 2, 0, 3, 1};
    const Matrix<double> values = random_matrix<double>(outputs, samples, 8);
    const Matrix<double> yes_or_no = (1 + values.array().sin()) / 2;
    const Matrix<double> shares = yes_or_no.array().rowwise() / yes_or_no.colwise().sum().array();
    return std::vector<Case>{
        {"MeanSquared", AnyLoss(MeanSquared{}), {}, values, weights},
        {"RootMeanSquared", AnyLoss(RootMeanSquared{}), {}, values, weights},
        {"MeanAbsolute", AnyLoss(MeanAbsolute{}), {}, values, {}},
        {"Huber", AnyLoss(Huber{0.7}), {}, values, weights},
        {"CrossEntropy, labels", AnyLoss(CrossEntropy{}), labels, {}, {}},
        {"CrossEntropy, all options", AnyLoss(CrossEntropy{0.1, {1, 0.5, 3}}), labels, {}, weights},
        {"CrossEntropy, probabilities", AnyLoss(CrossEntropy{0.1, {1, 0.5, 3}}), {}, shares, weights},
        {"BinaryCrossEntropy", AnyLoss(BinaryCrossEntropy{2.5}), {}, yes_or_no, weights},
    };
  }();
  return cases;
}

template <class Net>
void check(Net& net) {
  initialize(net, Rng{5}, PyTorchLinear{});
  const Matrix<double> x = random_matrix<double>(inputs, samples, 7);
  for (const Case& one : losses())
    for (const GradientError& error : gradient_check(net, one.loss, x, one.target())) {
      CAPTURE(one.name, error.parameter);
      CHECK(error.relative <= 1e-6);
    }
}

/// Policies of a layer.
template <class... Policies>
void check_layers(const Policies&... policies) {
  auto net =
      sequential<double>(Dense(inputs, hidden, policies...), Tanh{}, Dense(hidden, outputs, policies...));
  check(net);
}

using Policies = AnyPack<double>;

/// Policies that are put on at run time: one type of net for all of them.
void check_policies(const Policies& of_weights, const Policies& of_biases = {}) {
  auto net = sequential<double>(Dense(inputs, hidden), Tanh{}, Dense(hidden, outputs));
  for (const char* layer : {"0", "2"}) {
    set_policies(net, std::string(layer) + ".weight", of_weights);
    set_policies(net, std::string(layer) + ".bias", of_biases);
  }
  check(net);
}

/// Before and after a layer with parameters.
void check_activation(const AnyActivation& f) {
  auto net = sequential<double>(Dense(inputs, hidden), f, Dense(hidden, outputs), f);
  check(net);
}

}  // namespace

TEST_CASE("Gradients are right for every activation and loss") {
  check_activation({Identity{}});
  check_activation({ReLU{}});
  check_activation({LeakyReLU{0.2}});
  check_activation({ELU{0.7}});
  check_activation({GELU{}});
  check_activation({SiLU{}});
  check_activation({Tanh{}});
  check_activation({Sigmoid{}});
  check_activation({Softplus{2}});
  check_activation({Softmax{}});
}

TEST_CASE("Gradients are right for every kind of policy and loss") {
  check_layers(L2{0.3}, L1{0.3}, WeightDecay{0.3}, Bias{L2{0.2}});  // as users write it
  check_policies(Policies(Pack(L2{0.3})));
  check_policies(Policies(Pack(L1{0.3})));  // not in the gradient: by prox
  check_policies(Policies(Pack(L2{0.3}, L1{0.3}, WeightDecay{0.3})), Policies(Pack(L2{0.2})));
  check_policies(Policies(Pack(Clip{-0.2, 0.3}, MaxNorm{0.4})));
  check_policies(Policies(Pack(NonNegative{}, UnitNorm{})), Policies(Pack(NonNegative{})));
}

TEST_CASE("Gradients are right for every kind of layer that policies make") {
  check_layers(NoBias{});
  check_layers(WeightNorm{});
  check_layers(WeightNorm{}, Gain{L2{0.3}}, Bias{L2{0.2}});
  check_layers(WeightNorm{}, Gain{Clip{0.1, 2}});
  check_layers(UnitNormalized{}, NoBias{});
}

TEST_CASE("Gradients are right for sizes known at compile time") {
  auto net =
      sequential<double>(Dense<inputs, hidden, WeightNorm>{}, GELU{}, Dense<hidden, outputs, L2>{L2{0.3}});
  check(net);
}
