// SPDX-License-Identifier: MIT
#include "espalier/layer/layer.hpp"

#include "../nets.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

namespace {

/// y = x^2: an activation of one's own.
struct Square {
  void forward(const auto& x, auto&& y) const { y = x.cwiseAbs2(); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const { dx = 2 * dy.cwiseProduct(x); }
  bool operator==(const Square&) const = default;
};

/// y_i = s_i x_i: a layer with parameters of one's own, and with policies on them.
template <class... Policies>
struct Scale {
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;
  Index width;
  Pack<Policies...> pack{};

  Index inputs() const { return width; }
  Index outputs() const { return width; }
  void declare(auto& d) const { d.weight("factor", width, 1, pack); }
  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    y = factors(call) * x;
  }
  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    for (Index i = 0; i < width; ++i) call.gradient(0)[i] = dy.row(i).dot(x.row(i));
    if (dx.data()) dx = factors(call) * dy;
  }
  template <Scalar S>
  void initialize(const auto&, const Call<S>& call, Rng&) const {
    std::fill_n(call.buffer(0), width, S(1));
  }

  template <Scalar S>
  auto factors(const Call<S>& call) const {
    return Eigen::Map<const Vector<S>>(call.value(0), width).asDiagonal();
  }
  bool operator==(const Scale&) const = default;
};

/// y_i = x_2i + x_2i+1: no parameters, another width.
struct SumPairs {
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;
  Index width;

  Index inputs() const { return width; }
  Index outputs() const { return width / 2; }
  void forward(const auto& x, auto&& y) const {
    for (Index i = 0; i < y.rows(); ++i) y.row(i) = x.row(2 * i) + x.row(2 * i + 1);
  }
  void backward(const auto&, const auto& y, const auto& dy, auto&& dx) const {
    for (Index i = 0; i < y.rows(); ++i) dx.row(2 * i) = dx.row(2 * i + 1) = dy.row(i);
  }
};

/// x + 1 in training, x otherwise.
struct Shift {
  void forward(const auto& x, auto&& y, const Pass& pass) const {
    y.array() = x.array() + (pass.training ? 1 : 0);
  }
  void backward(const auto&, const auto&, const auto& dy, auto&& dx, const Pass&) const { dx = dy; }
};

static_assert(Layer<Square> && Layer<Scale<>> && Layer<SumPairs> && Layer<Shift> && !Layer<int>);
static_assert(Parametric<Scale<>> && Sized<SumPairs> && !Parametric<SumPairs> && !Sized<Square>);

}  // namespace

TEST_CASE("A user's own layers stand in a net like the library's, with right gradients") {
  auto net =
      sequential<double>(Square{}, Dense(3, 8), SumPairs{8}, Scale<>{4}, Square{}, SumPairs{4}, Dense(2, 2));
  initialize(net, Rng{1});
  const Matrix<double> x = random_matrix<double>(3, 5, 2);
  for (const GradientError& error : gradient_check(net, MeanSquared{}, x, random_matrix<double>(2, 5, 3))) {
    CAPTURE(error.parameter);
    CHECK(error.relative < 1e-6);
  }
  CHECK(parameter(net, "3.factor") == Matrix<double>::Ones(4, 1));
}

TEST_CASE("A layer of one's own may come first, where nobody reads the gradient of its inputs") {
  auto net = sequential<double>(Scale<>{3}, Dense(3, 1));
  initialize(net, Rng{1});
  for (const GradientError& error :
       gradient_check(net, MeanSquared{}, random_matrix<double>(3, 5, 2), random_matrix<double>(1, 5, 3)))
    CHECK(error.relative < 1e-6);
}

TEST_CASE("Parameters are counted as a layer declares them") {
  CHECK(detail::parameter_count(Scale<>{3}) == 1);
  CHECK(detail::parameter_count(Square{}) == 0);
  CHECK(detail::parameter_count(Dense<2, 3>{}) == 2);
}

TEST_CASE("Policies on a layer of one's own are kept by the optimizer") {
  Sequential net(Scale<NonNegative>{3}, Dense(3, 1));
  initialize(net, Rng{1});
  Optimizer optimizer{Adam{.learning_rate = 0.3}};
  random_steps(net, optimizer, 50, 1);
  CHECK(feasible(net));
  net.for_each_parameter([](const auto& p) {
    if (p.path == "0.factor") CHECK(p.activity[0].acted > 0);
  });
}

TEST_CASE("A layer may ask what pass it takes part in") {
  Sequential net(Dense(1, 1), Shift{});
  const Matrix<float> x = Matrix<float>::Ones(1, 1);
  CHECK(net.forward(x) == Matrix<float>::Ones(1, 1));
  CHECK(net.predict(x) == Matrix<float>::Zero(1, 1));
}
