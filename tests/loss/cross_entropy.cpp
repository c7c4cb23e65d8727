// SPDX-License-Identifier: MIT
#include "espalier/loss/cross_entropy.hpp"

#include "loss_test.hpp"
#include "support.hpp"

using namespace espalier;
using test::batch, test::check_loss;

namespace {

// The numbers of these tests, in double:
//   z = torch.tensor([[1, 2, -1], [.5, -.5, 0], [3, 1, -2], [0, 0, 4]]); l = torch.tensor([1, 0, 2, 2])
//   q = torch.tensor([[.2, .5, .3], [1, 0, 0], [0, .25, .75], [.1, .1, .8]]); cw = torch.tensor([.5, 2, 1.5])
//   F.cross_entropy(z, l or q, weight=None or cw, label_smoothing=0 or .1)
template <Scalar S>
struct Three {
  Matrix<S> z = batch<S>(3, {1, 2, -1, 0.5, -0.5, 0, 3, 1, -2, 0, 0, 4});
  Matrix<S> q = batch<S>(3, {0.2, 0.5, 0.3, 1, 0, 0, 0, 0.25, 0.75, 0.1, 0.1, 0.8});
  std::vector<int> labels{1, 0, 2, 2};
};
const std::vector<double> class_weights{0.5, 2, 1.5};

}  // namespace

TEMPLATE_TEST_CASE("CrossEntropy with labels is PyTorch's", "", float, double) {
  const Three<TestType> d;
  check_loss<TestType>(
      CrossEntropy{}, d.z, d.labels, 1.5495258552214226,
      {0.06487411508560478, -0.0736538718254397, 0.008779756739834933, -0.1233799022360865,
       0.04658093080646189, 0.0767989714296246, 0.2189001487657719, 0.029624913633752394, -0.2485250623995243,
       0.004417105503512013, 0.004417105503512013, -0.008834211007024056});
  check_loss<TestType>(
      CrossEntropy{.class_weights = class_weights}, d.z, d.labels, 1.5984348307401626,
      {0.09436234921542515, -0.10713290447336683, 0.012770555257941721, -0.044865418994940544,
       0.01693852029325887, 0.02792689870168167, 0.23880016228993298, 0.03231808760045715,
       -0.27111824989039013, 0.004818660549285832, 0.004818660549285832, -0.009637321098571697});
  check_loss<TestType>(
      CrossEntropy{.label_smoothing = 0.1}, d.z, d.labels, 1.5953591885547558,
      {0.05654078175227145, -0.056987205158773035, 0.00044642340650159935, -0.10671323556941983,
       0.03824759747312856, 0.06846563809629126, 0.21056681543243858, 0.021291580300419062,
       -0.23185839573285763, -0.003916227829821321, -0.003916227829821321, 0.007832455659642606});
  check_loss<TestType>(
      CrossEntropy{.label_smoothing = 0.1, .class_weights = class_weights}, d.z, d.labels, 1.6449090063542842,
      {0.08818663454460794, -0.0914405955363758, 0.003253960991767907, -0.031130867615309428,
       0.007640394887589893, 0.023490472727719525, 0.23311652412307513, 0.01983778561701773,
       -0.25295430974009286, 0.0017348168462129583, -0.007356092244696132, 0.005621275398483127});
}

TEMPLATE_TEST_CASE("CrossEntropy says what a batch counts: weights of classes enter for labels only", "",
                   float, double) {
  const Three<TestType> d;
  const CrossEntropy plain, weighted{.class_weights = class_weights};
  const std::vector<TestType> weights{1, 2, 0, 4};
  CHECK(plain.total_weight(Target<TestType>(d.labels)) == 4);
  CHECK(plain.total_weight(Target<TestType>(d.labels, weights)) == 7);
  CHECK(weighted.total_weight(Target<TestType>(d.labels)) == 2 + 0.5 + 1.5 + 1.5);
  CHECK(weighted.total_weight(Target<TestType>(d.labels, weights)) == 2 + 2 * 0.5 + 4 * 1.5);
  CHECK(weighted.total_weight(Target<TestType>(d.q, weights)) == 7);
  CHECK(CrossEntropy{.class_weights = {0, 1, 0}}.total_weight(Target<TestType>(std::vector<int>{0, 2})) == 0);
  CHECK(message_of([&] {
          weighted.total_weight(Target<TestType>(std::vector<int>{0, 3}));
        }) == "CrossEntropy: expected a label from 0 to 2 for sample 1 (counted from 0), found 3");
}

TEMPLATE_TEST_CASE("CrossEntropy with probabilities is PyTorch's", "", float, double) {
  const Three<TestType> d;
  check_loss<TestType>(
      CrossEntropy{}, d.z, d.q, 1.8370258552214225,
      {0.01487411508560478, 0.0513461281745603, -0.06622024326016507, -0.1233799022360865,
       0.04658093080646189, 0.0767989714296246, 0.2189001487657719, -0.032875086366247606,
       -0.1860250623995243, -0.020582894496487987, -0.020582894496487987, 0.04116578899297593});
  check_loss<TestType>(
      CrossEntropy{.class_weights = class_weights}, d.z, d.q, 2.5560357276884367,
      {0.07555487838268742, 0.023336498670568476, -0.09889137705325585, -0.06168995111804325,
       0.023290465403230945, 0.0383994857148123, 0.35571274174437933, -0.07685951534515235,
       -0.278853226399227, -0.006095197019907582, -0.043595197019907585, 0.049690394039815115});
  check_loss<TestType>(
      CrossEntropy{.label_smoothing = 0.1}, d.z, d.q, 1.8541091885547558,
      {0.011540781752271446, 0.05551279484122697, -0.0670535765934984, -0.10671323556941983,
       0.03824759747312856, 0.06846563809629126, 0.21056681543243858, -0.034958419699580946,
       -0.17560839573285764, -0.026416227829821323, -0.026416227829821323, 0.05283245565964259});
  check_loss<TestType>(
      CrossEntropy{.label_smoothing = 0.1, .class_weights = class_weights}, d.z, d.q, 2.584118935615783,
      {0.07248260588916597, 0.027848999226786325, -0.10033160511595228, -0.042804942971050454,
       0.010505542970436104, 0.03229940000061435, 0.34516148740537766, -0.08189024199280348,
       -0.2632712454125742, -0.009063396584115223, -0.05531339658411523, 0.0643767931682304});
}

TEST_CASE("sample weights multiply class weights") {
  // n = F.cross_entropy(z, l, weight=cw, label_smoothing=.1, reduction='none'); w = torch.tensor([2, 0, .5,
  // 1]) (w * n).sum() / (w * cw[l]).sum()
  const Three<double> d;
  const std::vector<double> weights{2, 0, 0.5, 1};
  check_loss<double>(CrossEntropy{.label_smoothing = 0.1, .class_weights = class_weights}, d.z,
                     {d.labels, weights}, 0.9175582343164949,
                     {0.15520847679851, -0.16093544814402147, 0.005726971345511514, 0, 0, 0,
                      0.10257127061415308, 0.008728625671487805, -0.11129989628564088, 0.0015266388246674048,
                      -0.006473361175332595, 0.004946722350665163});
}

TEST_CASE("CrossEntropy's gradient is its derivative") {
  const Three<double> d;
  const std::vector<double> weights{2, 0, 0.5, 1};
  for (const CrossEntropy& loss : {CrossEntropy{}, CrossEntropy{.label_smoothing = 0.2},
                                   CrossEntropy{.label_smoothing = 0.2, .class_weights = class_weights}}) {
    test::check_derivative(loss, d.z, d.labels);
    test::check_derivative(loss, d.z, d.q);
    test::check_derivative(loss, d.z, {d.labels, weights});
    test::check_derivative(loss, d.z, {d.q, weights});
  }
}

TEMPLATE_TEST_CASE("extreme logits give the exact limits", "", float, double) {
  const Matrix<TestType> z = batch<TestType>(3, {1e4, -1e4, 0, 1e4, -1e4, 0, -1e4, -1e4, -1e4});
  const std::vector<int> labels{0, 1, 2};
  check_loss<TestType>(CrossEntropy{}, z, labels, (0 + 2e4 + std::log(3.0)) / 3,
                       {0, 0, 0, 1.0 / 3, -1.0 / 3, 0, 1.0 / 9, 1.0 / 9, -2.0 / 9});
  Matrix<TestType> gradient;
  CHECK(std::isfinite(CrossEntropy{.label_smoothing = 0.1}(z, labels, gradient)));
  CHECK(gradient.allFinite());
}

TEST_CASE("the value does not depend on the number of classes at a time or on the memory of the outputs") {
  const Index classes = 131;
  Matrix<float> z = Matrix<float>::Random(classes, 3), shifted(classes + 1, 3), gradient, again;
  shifted.bottomRows(classes) = z;
  const std::vector<int> labels{0, 64, 130};
  const double value = CrossEntropy{}(z, labels, gradient);
  double expected = 0;
  for (Index i = 0; i < 3; ++i)
    expected += std::log(z.col(i).cast<double>().array().exp().sum()) -
                static_cast<double>(z(labels[static_cast<std::size_t>(i)], i));
  CHECK(value == Catch::Approx(expected / 3).epsilon(1e-7));
  CHECK(CrossEntropy{}(shifted.bottomRows(classes), labels, again) == value);
  CHECK(CrossEntropy{}(z, labels) == value);
}

TEST_CASE("targets that CrossEntropy cannot use are refused") {
  const Three<double> d;
  Matrix<double> gradient = Matrix<double>::Constant(1, 1, 42);
  auto message = [&](const CrossEntropy& loss, const Matrix<double>& z, const Target<double>& t) {
    const std::string text = message_of([&] { loss(z, t, gradient); });
    REQUIRE(gradient.size() == 1);
    CHECK(gradient(0) == 42);
    return text;
  };
  const std::vector<int> too_large{0, 1, 3, 0}, negative{0, -1, 0, 0}, short_one{0, 1};
  CHECK(
      message({}, d.z, too_large) ==
      "CrossEntropy: expected an output for each class, at least 4 for the label 3 of sample 2 (counted from "
      "0), found 3 outputs");
  CHECK(message({}, d.z, negative) ==
        "CrossEntropy: expected a label from 0 to 2 for sample 1 (counted from 0), found -1");
  CHECK(message({}, d.z, short_one) == "CrossEntropy: expected targets for 4 samples, found 2");
  CHECK(message({}, Matrix<double>(3, 0), std::vector<int>{}) ==
        "CrossEntropy: expected outputs of at least 1 x 1 (outputs x samples), found 3 x 0");
  const Matrix<double> row = d.z.topRows(1);
  CHECK(message({}, d.z, row) ==
        "CrossEntropy: expected labels, or probabilities of 3 x 4 as targets, found 1 x 4");
  CHECK(message({}, row, d.labels) ==
        "CrossEntropy: expected an output for each of at least 2 classes (BinaryCrossEntropy takes one; "
        "a regression has MeanSquared), found 1");

  Matrix<double> q = d.q;
  q(1, 2) = -0.25;
  CHECK(message({}, d.z, q) ==
        "CrossEntropy: expected a probability >= 0 for class 1 of sample 2 (counted from 0; a regression has "
        "MeanSquared), found -0.25");
  q(1, 2) = std::numeric_limits<double>::quiet_NaN();
  CHECK(message({}, d.z, q) ==
        "CrossEntropy: expected a probability >= 0 for class 1 of sample 2 (counted from 0; a regression has "
        "MeanSquared), found nan");
  q(1, 2) = 0.5;
  CHECK(message({}, d.z, q) ==
        "CrossEntropy: expected probabilities with the sum 1 for sample 2 (counted from 0; a regression has "
        "MeanSquared), found 1.25");
  q(1, 2) = 0.2509;  // rounded probabilities are let through
  CHECK_NOTHROW(CrossEntropy{}(d.z, q));

  const std::vector<double> weights{3, 2, 1, 0};
  const CrossEntropy only_last{.class_weights = {0, 0, 1}};
  CHECK(message(only_last, d.z, {std::vector<int>{0, 1, 1, 2}, weights}) ==
        "CrossEntropy: expected weights with a sum > 0, found 0");
}

TEST_CASE("options that make no sense are refused") {
  const Three<double> d;
  auto message = [&](const CrossEntropy& loss) { return message_of([&] { loss(d.z, d.labels); }); };
  CHECK(message({.label_smoothing = 1}) == "CrossEntropy: expected 0 <= label_smoothing < 1, found 1");
  CHECK(message({.label_smoothing = -0.1}) == "CrossEntropy: expected 0 <= label_smoothing < 1, found -0.1");
  CHECK(message({.class_weights = {1, 1, -2}}) ==
        "CrossEntropy: expected class_weights[2] >= 0 and finite, found -2");
  CHECK(message({.class_weights = {1, std::numeric_limits<double>::quiet_NaN(), 1}}) ==
        "CrossEntropy: expected class_weights[1] >= 0 and finite, found nan");
  CHECK(message({.class_weights = {1, 2}}) ==
        "CrossEntropy: expected a class weight for each of 3 outputs, found 2 class weights");
  CHECK_THROWS_AS((CrossEntropy{.class_weights = {1, 2}}(d.z, d.labels)), ShapeError);
  CHECK_THROWS_AS(CrossEntropy{.label_smoothing = 1}.validate(), ValueError);
}
