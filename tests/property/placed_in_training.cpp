// SPDX-License-Identifier: MIT
// Policies that know the place of each weight, in whole models: chunks, columns, threads and transposes give
// each weight its own number.
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

/// A random 0 or 1 for each weight.
Matrix<double> random_places(Index rows, Index cols, std::uint64_t seed) {
  return (random_matrix<double>(rows, cols, seed).array() > 0.5).cast<double>();
}
/// Another number for each of them.
template <class M>
void random_gradient(M& net, const Matrix<float>& gradient) {
  net.for_each_parameter([&](const auto& p) {
    if (p.kind == ParameterKind::weight)
      Eigen::Map<WeightMatrix<float>>(p.gradients, p.rows, p.cols) = gradient;
  });
}

}  // namespace

TEST_CASE("A weight of many chunks, on several threads, keeps what each place says") {
  const Index rows = 70, cols = 523;  // no whole lines, 36 chunks
  const Matrix<double> mask = random_places(rows, cols, 1), frozen = random_places(rows, cols, 2),
                       signs = random_places(rows, cols, 3) - random_places(rows, cols, 4);
  const auto train = [&](int threads) {
    const detail::ThreadScope scope(threads);
    Sequential net{
        Dense(cols, rows, Mask{Pattern(mask)}, Frozen{Pattern(frozen)}, NoBias{}),
        Dense(rows, cols, SignPattern{Pattern(Matrix<double>(signs.transpose()))}, L2ToStart{0.1}, NoBias{})};
    initialize(net, {.seed = 1});
    const Matrix<float> start = parameter(net, "0.weight");
    Optimizer optimizer{Adam{.learning_rate = 0.02}};
    random_steps(net, optimizer, 4, 5);
    const Matrix<float> end = parameter(net, "0.weight"), other = parameter(net, "1.weight").transpose();
    Index wrong = 0, moved = 0;
    for (Index i = 0; i < end.size(); ++i) {
      wrong += mask(i) == 0 && end(i) != 0;
      wrong += frozen(i) != 0 && end(i) != start(i);
      wrong += signs(i) * static_cast<double>(other(i)) < 0;
      moved += end(i) != start(i);
    }
    CHECK(wrong == 0);
    CHECK(moved == ((mask.array() != 0) && (frozen.array() == 0)).count());
    CHECK(feasible(net));
    return net;
  };
  CHECK(train(1) == train(4));
}

TEST_CASE("By columns it is what the transposed weight is by rows, by all what one long row is") {
  const Index rows = 23, cols = 37;
  const Matrix<double> mask = random_places(rows, cols, 1), frozen = random_places(rows, cols, 2);
  const Matrix<float> start = 0.2 * random_matrix<float>(rows, cols, 3).cwiseProduct(mask.cast<float>());
  const auto train = [](auto net, const Matrix<float>& from, const Matrix<float>& gradient) {
    assign(net, "0.weight", from);
    Optimizer optimizer{Adam{.learning_rate = 0.05}};
    for (int k = 0; k < 3; ++k) random_gradient(net, gradient), optimizer.step(net);
    CHECK(feasible(net));
    return parameter(net, "0.weight");
  };
  const auto pattern = [](const Matrix<double>& m) { return Pattern(m); };
  const Matrix<float> gradient = random_matrix<float>(rows, cols, 4);
  const Matrix<float> by_column = train(Sequential{Dense(cols, rows, NoBias{}, PerInput{MaxNorm{3}},
                                                         Mask{pattern(mask)}, Frozen{pattern(frozen)})},
                                        start, gradient);
  const Matrix<float> by_row =
      train(Sequential{Dense(rows, cols, NoBias{}, MaxNorm{3}, Mask{pattern(mask.transpose())},
                             Frozen{pattern(frozen.transpose())})},
            start.transpose(), gradient.transpose());
  CHECK(by_column == by_row.transpose());
  CHECK(by_column != start);
}

TEST_CASE("Impossible places are refused when the model is made") {
  CHECK(
      message_of([] {
        Sequential net{Dense(3, 2, Mask{0, 0, 0}, UnitNorm{})};
      }) ==
      "0.weight: expected constraint sets that have a point in common, found an empty intersection of Mask, "
      "UnitNorm");
  Sequential net{Dense(3, 2, Mask{0, 0, 1}, UnitNorm{})};
  CHECK(feasible([&] {
    initialize(net, {.seed = 1});
    return net;
  }()));
}
