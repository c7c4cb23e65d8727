// SPDX-License-Identifier: MIT
#include "espalier/select/best_constant.hpp"

#include "espalier/loss/huber.hpp"
#include "espalier/loss/mean_absolute.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;
using detail::best_constant;

namespace {

const std::vector<double> weights{1, 0.5, 2, 0, 3, 1, 1};

/// No slope along any output is left.
template <class L>
void check_flat(const L& loss, const Target<double>& t, Index outputs) {
  const auto constant = best_constant(loss, t, outputs);
  CHECK(constant.allFinite());
  CHECK(detail::gradient_at(loss, t, constant).rowwise().sum().cwiseAbs().maxCoeff() <= 1e-14);
}

}  // namespace

TEST_CASE("The best constant outputs have no slope left, for each loss, with and without sample weights") {
  const Matrix<double> values = random_matrix<double>(3, 7, 1), yes = (values.array() > 0).cast<double>(),
                       shares =
                           values.cwiseAbs().array().rowwise() / values.cwiseAbs().colwise().sum().array();
  const std::vector<int> labels{0, 2, 1, 2, 2, 0, 1}, two{0, 1, 1, 0, 1, 1, 1};
  for (const auto& w : {std::vector<double>{}, weights}) {
    check_flat(MeanSquared{}, {values, w}, 3);
    check_flat(RootMeanSquared{}, {values, w}, 3);
    check_flat(Huber{0.3}, {values, w}, 3);
    check_flat(BinaryCrossEntropy{2.5}, {yes, w}, 3);
    check_flat(BinaryCrossEntropy{}, {two, w}, 1);
    check_flat(CrossEntropy{}, {labels, w}, 3);
    check_flat(CrossEntropy{0.1, {1, 0.5, 3}}, {labels, w}, 3);
    check_flat(CrossEntropy{0.1, {1, 0.5, 3}}, {shares, w}, 3);
  }
}

TEST_CASE("They are means, medians and logarithms of shares") {
  const Matrix<double> values{{1, 2, 6}};
  CHECK(best_constant(MeanSquared{}, values, 1)[0] == Approx(3).epsilon(1e-15));
  CHECK(best_constant(RootMeanSquared{}, values, 1)[0] == Approx(3).epsilon(1e-15));
  CHECK(best_constant(MeanAbsolute{}, values, 1)[0] == Approx(2).epsilon(1e-12));
  const std::vector<int> labels{0, 1, 1, 1};
  CHECK(best_constant(BinaryCrossEntropy{}, labels, 1)[0] == Approx(std::log(3)).epsilon(1e-14));
  const auto logits = best_constant(CrossEntropy{}, labels, 3);
  CHECK(logits[1] - logits[0] == Approx(std::log(3)).epsilon(1e-13));
  CHECK(logits[2] < -30);  // a class without samples
}

TEST_CASE("Where all answers are the same, or all targets, the constant is finite") {
  const std::vector<int> ones{1, 1};
  CHECK(best_constant(BinaryCrossEntropy{}, ones, 1)[0] > 60);
  CHECK(best_constant(BinaryCrossEntropy{}, ones, 1).allFinite());
  const Matrix<double> same = Matrix<double>::Constant(1, 3, 0.25);
  CHECK(best_constant(RootMeanSquared{}, same, 1)[0] == Approx(0.25).epsilon(1e-15));
}
