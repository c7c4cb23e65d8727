// SPDX-License-Identifier: MIT
#include "espalier/layer/recurrent.hpp"

#include <cmath>

#include "../support.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "parametric_test.hpp"

using namespace espalier;

static_assert(Parametric<Recurrent<>>);

namespace {

/// What one sample comes to in long double: hidden states of all steps, and the gradients of <dy, outputs>,
/// each step's share added where it arises.
struct Reference {
  using Wide = Eigen::Matrix<long double, Dynamic, Dynamic>;
  Wide states, dx, ih_gradient, hh_gradient, bias_gradient;

  Reference(const Wide& x, const Wide& dy, const Wide& ih, const Wide& hh, const Wide& bias)
      : states(hh.rows(), x.cols()),
        dx(x.rows(), x.cols()),
        ih_gradient(Wide::Zero(ih.rows(), ih.cols())),
        hh_gradient(Wide::Zero(hh.rows(), hh.cols())),
        bias_gradient(Wide::Zero(bias.rows(), 1)) {
    const Wide zero = Wide::Zero(hh.rows(), 1);
    const auto before = [&](Index t) { return t > 0 ? Wide(states.col(t - 1)) : zero; };
    for (Index t = 0; t < x.cols(); ++t) {
      const Wide z = ih * x.col(t) + hh * before(t) + bias;
      for (Index k = 0; k < z.size(); ++k) states(k, t) = std::tanh(z(k));
    }
    Wide carried = zero;
    for (Index t = x.cols() - 1; t >= 0; --t) {
      Wide dz = dy.col(t) + carried;
      for (Index k = 0; k < dz.size(); ++k) dz(k) *= 1 - states(k, t) * states(k, t);
      ih_gradient += dz * x.col(t).transpose();
      hh_gradient += dz * before(t).transpose();
      bias_gradient += dz;
      dx.col(t) = ih.transpose() * dz;
      carried = hh.transpose() * dz;
    }
  }
};

using Wide = Reference::Wide;

template <class Found>
void check_near(const Found& found, const Wide& expected, double tolerance) {
  CHECK(static_cast<double>((found.template cast<long double>() - expected).norm()) <=
        tolerance * static_cast<double>(expected.norm()));
}

}  // namespace

TEMPLATE_TEST_CASE("States and gradients are those of a loop over samples and steps", "", float, double) {
  using S = TestType;
  const double few = sizeof(S) == 4 ? 5e-6 : 1e-14;
  struct Size {
    Index inputs, hidden, steps, samples;
  };
  for (const bool last : {false, true})
    for (const Size size : {Size{1, 1, 1, 1}, Size{3, 5, 4, 7}, Size{6, 2, 9, 1}, Size{2, 17, 3, 33}}) {
      CAPTURE(last, size.inputs, size.hidden, size.steps, size.samples);
      auto net = sequential<S>(Recurrent(size.inputs, size.hidden, size.steps, {.last = last}));
      test::fill_parameters(net, 1, 0.6);
      const Matrix<S> x = random_matrix<S>(net.inputs(), size.samples, 2), y = net.forward(x);
      const Matrix<S> dy = random_matrix<S>(net.outputs(), size.samples, 3);
      Matrix<S> dx;
      net.backward(x, dy, dx);
      CHECK(net.predict(x) == y);
      const auto wide = [&](const char* path) -> Wide {
        return parameter(net, path).template cast<long double>();
      };
      Wide ih_gradient = 0 * wide("0.weight_ih"), hh_gradient = 0 * wide("0.weight_hh"),
           bias_gradient = 0 * wide("0.bias"), states(y.rows(), y.cols()), input_gradient(x.rows(), x.cols());
      for (Index j = 0; j < size.samples; ++j) {
        Wide given = Wide::Zero(size.hidden, size.steps);
        const Index seen = last ? 1 : size.steps;
        given.rightCols(seen) =
            Eigen::Map<const Matrix<S>>(dy.col(j).data(), size.hidden, seen).template cast<long double>();
        const Reference one(Eigen::Map<const Matrix<S>>(x.col(j).data(), size.inputs, size.steps)
                                .template cast<long double>(),
                            given, wide("0.weight_ih"), wide("0.weight_hh"), wide("0.bias"));
        const Wide outputs = one.states.rightCols(seen);
        states.col(j) = Eigen::Map<const Wide>(outputs.data(), y.rows(), 1);
        input_gradient.col(j) = Eigen::Map<const Wide>(one.dx.data(), x.rows(), 1);
        ih_gradient += one.ih_gradient, hh_gradient += one.hh_gradient, bias_gradient += one.bias_gradient;
      }
      check_near(y, states, few);
      check_near(dx, input_gradient, few);
      check_near(gradient(net, "0.weight_ih"), ih_gradient, few);
      check_near(gradient(net, "0.weight_hh"), hh_gradient, few);
      check_near(gradient(net, "0.bias"), bias_gradient, few);
    }
}

TEST_CASE("Gradients of recurrent layers are right, with and without scaled weights") {
  for (const Index samples : {1, 5}) {
    auto net =
        sequential<double>(Dense(4, 6), Recurrent(2, 4, 3, {}, WeightNorm{}),
                           Recurrent(4, 3, 3, {.last = true}, RecurrentWeight{WeightNorm{}}, NoBias{}));
    test::fill_parameters(net, 1, 0.7);
    test::check_gradients(net, samples);
  }
}

TEST_CASE("A step does not see the inputs of later ones, and samples do not see each other") {
  auto net = sequential<float>(Recurrent(2, 3, 4));
  initialize(net, Rng{1}, PyTorchLinear{});
  Matrix<float> x = random_matrix<float>(8, 3, 2);
  const Matrix<float> y = net.predict(x);
  x.col(1).segment(4, 2).setConstant(5);  // step 2 of sample 1
  const Matrix<float> changed = net.predict(x);
  CHECK(changed.col(0) == y.col(0));
  CHECK(changed.col(2) == y.col(2));
  CHECK(changed.col(1).head(6) == y.col(1).head(6));
  CHECK((changed.col(1).tail(6) - y.col(1).tail(6)).cwiseAbs().minCoeff() > 0);
}

TEST_CASE("Weights start with the variance of a sum over inputs and hidden units together") {
  auto net = sequential<double>(Recurrent(60, 140, 2));
  initialize(net, Rng{1}, LeCunNormal{});
  for (const char* path : {"0.weight_ih", "0.weight_hh"})
    CHECK(parameter(net, path).squaredNorm() / static_cast<double>(parameter(net, path).size()) ==
          Approx(1.0 / 200).epsilon(0.05));
  CHECK(parameter(net, "0.bias") == Matrix<double>::Zero(140, 1));
}

TEMPLATE_TEST_CASE("A recurrent layer keeps as much as it says", "", float, double) {
  test::check_kept<TestType>(Recurrent(3, 5, 4, {}, WeightNorm{}));
  test::check_kept<TestType>(Recurrent(3, 5, 1, {.last = true}));
}

TEST_CASE("Sizes and policies of a recurrent layer that make no sense are refused") {
  CHECK(message_of([] { Recurrent(3, 4, 0); }) ==
        "Recurrent: expected at least 1 input, 1 hidden unit and 1 step, found 3, 4 and 0");
  CHECK(message_of([] { Recurrent(3, 4, 2, {}, MaxNorm{-1}); }) ==
        "Recurrent(3, 4, 2) input weight: MaxNorm: expected radius > 0 and finite, found -1");
  CHECK_THROWS_AS(sequential<float>(Recurrent(3, 4, 2, {.last = true}), Dense(8, 2)), ShapeError);
  CHECK(Recurrent(3, 4, 2) == Recurrent(3, 4, 2));
  CHECK(Recurrent(3, 4, 2) != Recurrent(3, 4, 3));
}
