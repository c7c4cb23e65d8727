// SPDX-License-Identifier: MIT
#include "espalier/loss/loss.hpp"

#include "espalier/loss/binary_cross_entropy.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/huber.hpp"
#include "espalier/loss/mean_absolute.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/loss/root_mean_squared.hpp"
#include "loss_test.hpp"
#include "support.hpp"

using namespace espalier;
using test::batch;

namespace {

struct ValueOnly {
  template <class Y>
  double operator()(const Y&, const Target<typename Y::Scalar>&) const {
    return 0;
  }
};

}  // namespace

template <class... Ls>
constexpr bool in_both_precisions = (true && ... && (Loss<Ls, float> && Loss<Ls, double>));

TEST_CASE("a loss needs both call operators") {
  STATIC_REQUIRE(in_both_precisions<BinaryCrossEntropy, CrossEntropy, Huber, MeanAbsolute, MeanSquared,
                                    RootMeanSquared>);
  STATIC_REQUIRE(!Loss<ValueOnly>);
  STATIC_REQUIRE(!Loss<int>);
}

TEST_CASE("a batch counts as many samples, or the sum of their weights, or what the loss says") {
  const std::vector<int> labels{2, 0, 1};
  const std::vector<double> weights{1, 3, 0.5}, negative{1, -1, 0};
  CHECK(detail::total_weight(MeanSquared{}, Target<double>(labels)) == 3);
  CHECK(detail::total_weight(MeanSquared{}, Target<double>(labels, weights)) == 4.5);
  CHECK(detail::total_weight(CrossEntropy{.class_weights = {1, 0, 4}}, Target<double>(labels, weights)) == 7);
  CHECK_THROWS_AS(detail::total_weight(MeanSquared{}, Target<double>(labels, negative)), ValueError);
}

TEST_CASE("the outputs may be a map, a block, a row-major matrix or an expression") {
  const Matrix<double> y = batch<double>(2, {0.5, -1, 2, 0.25, -3, 1.5}), t = Matrix<double>::Zero(2, 3);
  const MeanSquared loss;
  Matrix<double> expected, gradient;
  const double value = loss(y, t, expected);
  auto check = [&](const auto& outputs) {
    CHECK(loss(outputs, t) == value);
    CHECK(loss(outputs, t, gradient) == value);
    CHECK(gradient == expected);
  };
  check(Eigen::Map<const Eigen::Matrix<double, 2, Dynamic>>(y.data(), 2, 3));
  Matrix<double> larger = Matrix<double>::Constant(5, 4, 7);
  larger.block(1, 1, 2, 3) = y;
  check(larger.block(1, 1, 2, 3));
  check(WeightMatrix<double>(y));
  check(2 * (0.5 * y));
}

TEST_CASE("the gradient keeps its memory while the shape stays") {
  Matrix<float> y = Matrix<float>::Random(3, 5), t = Matrix<float>::Random(3, 5), gradient;
  MeanSquared{}(y, t, gradient);
  const float* memory = gradient.data();
  gradient.setConstant(99);
  MeanSquared{}(y, t, gradient);
  CHECK(gradient.data() == memory);
  CHECK(gradient.cwiseAbs().maxCoeff() < 1);
}

TEST_CASE("values are summed in double") {
  // 1 + 2^-24 per pair: lost when added in float.
  const Index n = 1 << 12;
  Matrix<float> y(1, n);
  for (Index i = 0; i < n; ++i) y(i) = i % 2 == 0 ? 1 : 0x1p-12f;
  CHECK(MeanSquared{}(y, Matrix<float>(Matrix<float>::Zero(1, n))) == 0.5 * (1 + 0x1p-24));
  CHECK(MeanSquared{}(Matrix<float>(y.transpose()), Matrix<float>(Matrix<float>::Zero(n, 1))) ==
        0.5 * (1 + 0x1p-24));
}

TEST_CASE("sample weights make a weighted mean of the losses of the samples") {
  const Matrix<double> y = batch<double>(2, {1, 3, 2, 0, 5, 7}), t = Matrix<double>::Zero(2, 3);
  const std::vector<double> weights{2, 1, 0};
  // The samples' own losses are (1 + 9) / 2 = 5 and 4 / 2 = 2.
  test::check_loss<double>(MeanSquared{}, y, {t, weights}, (2 * 5 + 1 * 2) / 3.0,
                           {2 / 3.0, 6 / 3.0, 2 / 3.0, 0, 0, 0});
  const std::vector<double> scaled{20, 10, 0};
  CHECK(MeanSquared{}(y, {t, scaled}) == Catch::Approx(MeanSquared{}(y, {t, weights})).epsilon(1e-15));
}

TEST_CASE("NaN in the outputs is NaN in the value") {
  Matrix<float> y = Matrix<float>::Zero(3, 2);
  y(1, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(MeanSquared{}(y, Matrix<float>(Matrix<float>::Zero(3, 2)))));
  CHECK(std::isnan(Huber{}(y, Matrix<float>(Matrix<float>::Zero(3, 2)))));
  CHECK(std::isnan(CrossEntropy{}(y, std::vector<int>{0, 2})));
}

TEST_CASE("what cannot be compared is refused, and the gradient is not touched") {
  const Matrix<double> y = Matrix<double>::Zero(2, 3), t = y;
  Matrix<double> gradient = Matrix<double>::Constant(1, 1, 42);
  auto message = [&](const Matrix<double>& outputs, const Target<double>& target) {
    const std::string text = message_of([&] { MeanSquared{}(outputs, target, gradient); });
    CHECK(text == message_of([&] { MeanSquared{}(outputs, target); }));
    REQUIRE(gradient.size() == 1);
    CHECK(gradient(0) == 42);
    return text;
  };
  const Matrix<double> none(2, 0), other = Matrix<double>::Zero(2, 4), narrow = Matrix<double>::Zero(1, 3);
  const std::vector<int> labels{0, 1, 0};
  CHECK(message(none, none) ==
        "MeanSquared: expected outputs of at least 1 x 1 (outputs x samples), found 2 x 0");
  CHECK(message(y, other) == "MeanSquared: expected targets for 3 samples, found 4");
  CHECK(message(y, narrow) == "MeanSquared: expected values of 2 x 3 as targets, found 1 x 3");
  CHECK(message(y, labels) ==
        "MeanSquared: expected values as targets (read_csv: .target, as .label makes classes), found class "
        "labels");
  CHECK_THROWS_AS(MeanSquared{}(y, other), ShapeError);
  CHECK_THROWS_AS(MeanSquared{}(y, narrow), ShapeError);
  CHECK_THROWS_AS(MeanSquared{}(y, labels), ValueError);

  const std::vector<double> negative{1, -1, 1}, zero{0, 0, 0};
  std::vector<double> bad{1, 1, std::numeric_limits<double>::quiet_NaN()};
  CHECK(message(y, {t, negative}) ==
        "MeanSquared: expected a weight >= 0 and finite for sample 1 (counted from 0), found -1");
  CHECK(message(y, {t, bad}) ==
        "MeanSquared: expected a weight >= 0 and finite for sample 2 (counted from 0), found nan");
  bad[2] = std::numeric_limits<double>::infinity();
  CHECK(message(y, {t, bad}) ==
        "MeanSquared: expected a weight >= 0 and finite for sample 2 (counted from 0), found inf");
  CHECK(message(y, {t, zero}) == "MeanSquared: expected weights with a sum > 0, found 0");
}

namespace {

/// What the loss of all samples but the first is, and what its gradient, when the first weighs nothing.
template <class Loss, Scalar S>
void first_counts_nothing(const Loss& loss, Matrix<S> y, const Target<S>& all, const Target<S>& rest) {
  Matrix<S> gradient, expected;
  const double value = loss(Matrix<S>(y.rightCols(y.cols() - 1)), rest, expected);
  for (const double at : {-1e308, 1e308, std::numeric_limits<double>::quiet_NaN()}) {
    y.col(0).setConstant(static_cast<S>(at));
    y(0, 0) = static_cast<S>(-at);
    CHECK(loss(y, all) == value);
    CHECK(loss(y, all, gradient) == value);
    CHECK((gradient.col(0).array() == 0).all());
    CHECK(gradient.rightCols(y.cols() - 1) == expected);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("a sample of weight 0 counts nothing, also where its loss is not finite", "", float,
                   double) {
  const Matrix<TestType> y = batch<TestType>(2, {0, 0, 2, 0.25, -3, 1.5}),
                         t = batch<TestType>(2, {1, 0, 0, 0.5, 1, 1}), t_rest = t.rightCols(2);
  const std::vector<TestType> weights{0, 2, 3}, w_rest{2, 3};
  const Target<TestType> all{t, weights}, rest{t_rest, w_rest};
  first_counts_nothing(MeanSquared{}, y, all, rest);
  first_counts_nothing(RootMeanSquared{}, y, all, rest);
  first_counts_nothing(MeanAbsolute{}, y, all, rest);
  first_counts_nothing(Huber{}, y, all, rest);
  first_counts_nothing(BinaryCrossEntropy{.positive_weight = 2}, y, all, rest);
  const std::vector<int> labels{1, 1, 0}, l_rest{1, 0};
  first_counts_nothing(CrossEntropy{}, y, {labels, weights}, {l_rest, w_rest});
}

TEST_CASE("a label whose class weighs nothing counts nothing, also where its loss is not finite") {
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<int> labels{1, 0};
  const CrossEntropy loss{.class_weights = {2, 0}};
  const double expected = CrossEntropy{}(batch<double>(2, {1, 2}), std::vector<int>{0});
  Matrix<double> gradient;
  for (const double at : {1.7e308, inf}) {
    CHECK(loss(batch<double>(2, {at, -at, 1, 2}), labels, gradient) ==
          Catch::Approx(expected).epsilon(1e-15));
    CHECK((gradient.col(0).array() == 0).all());
  }
}

TEST_CASE("a loss of floats that only double can hold is that number") {
  // Differences of 6e38, which is no float.
  const Matrix<float> y = batch<float>(1, {3e38, 0}), t = batch<float>(1, {-3e38, 0});
  const double d = 2 * static_cast<double>(3e38F);
  CHECK(MeanSquared{}(y, t) == Catch::Approx(d * d / 2).epsilon(1e-15));
  CHECK(MeanAbsolute{}(y, t) == Catch::Approx(d / 2).epsilon(1e-15));
  CHECK(Huber{.delta = 2}(y, t) == Catch::Approx(2 * (d - 1) / 2).epsilon(1e-15));
  CHECK(CrossEntropy{}(batch<float>(2, {3e38, -3e38}), std::vector<int>{1}) ==
        Catch::Approx(d).epsilon(1e-15));
}
