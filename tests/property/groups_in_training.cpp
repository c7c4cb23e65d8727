// SPDX-License-Identifier: MIT
// PerInput, Whole and PerBlock: a policy on the columns of a weight does what it does to the rows of the
// transposed weight, on all of it what it does to one long row, and on blocks what it does to rows that are
// as short, in every bit and under every rule.
#include <algorithm>
#include <cstring>
#include <functional>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/min_max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/self_bounded.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/constraint/total_variation.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

/// Number i of a rows x cols matrix, in the transposed one.
Index transposed(Index i, Index rows, Index cols) { return i % cols * rows + i / cols; }

using Place = std::function<Index(Index)>;

bool feasible(const Parameters<float>& parameters) {
  const ParameterEntry<float>& e = parameters.entries()[0];
  return e.pack.contains(parameters.values_of(e));
}

/// Both nets make the same steps; `place` says where number i of the first one is in the second. Some
/// gradients are zero for long, so that weights rest beside weights that move. How many bits, activities and
/// sets differ?
template <class RuleType>
int differences(Parameters<float>& one, Parameters<float>& other, const RuleType& rule, const Place& place) {
  int different = 0;
  Rng rng{5};
  const ParameterEntry<float>&e = one.entries()[0], &o = other.entries()[0];
  for (Index i = 0; i < e.size(); ++i) {
    const float w = static_cast<float>(0.3 * rng.normal());
    detail::arena(one)[static_cast<std::size_t>(i)] = w,
    detail::arena(other)[static_cast<std::size_t>(place(i))] = w;
  }
  project(one), project(other);
  Optimizer optimizer{rule}, other_optimizer{rule};
  for (int k = 0; k < 12; ++k) {
    for (Index i = 0; i < e.size(); ++i) {
      const float g = i % 7 == 0 && k < 6 ? 0 : static_cast<float>(rng.normal());
      one.gradients()[static_cast<std::size_t>(i)] = g,
      other.gradients()[static_cast<std::size_t>(place(i))] = g;
    }
    optimizer.step(one), other_optimizer.step(other);
    different += !feasible(one) + !feasible(other);
    for (Index i = 0; i < e.size(); ++i)
      different += std::memcmp(&one.values()[static_cast<std::size_t>(i)],
                               &other.values()[static_cast<std::size_t>(place(i))], sizeof(float)) != 0;
    for (std::size_t p = 0; p < e.activity.size(); ++p)
      different +=
          e.activity[p].acted != o.activity[p].acted || e.activity[p].fraction != o.activity[p].fraction;
  }
  return different;
}

/// How to make the parameters of a weight of some rows and columns.
using Make = std::function<Parameters<float>(Index rows, Index cols)>;

void check(const Make& rows_of, const Make& columns_of, const Make& whole) {
  const auto check_rule = [&](const auto& rule, Index rows, Index cols) {
    CAPTURE(rows, cols);
    Parameters<float> by_columns = columns_of(rows, cols), transpose = rows_of(cols, rows);
    CHECK(differences(by_columns, transpose, rule, [&](Index i) { return transposed(i, rows, cols); }) == 0);
    Parameters<float> of_all = whole(rows, cols), one_row = rows_of(1, rows * cols);
    CHECK(differences(of_all, one_row, rule, [](Index i) { return i; }) == 0);
  };
  check_rule(Adam{.learning_rate = 0.05}, 5, 37);
  check_rule(SGD{.learning_rate = 0.1, .momentum = 0.9, .at_bound = AtBound::displacement}, 33, 4);
  check_rule(Adam{.learning_rate = 0.05, .at_bound = AtBound::zero}, 1, 3);
  check_rule(Lion{.learning_rate = 0.01}, 18, 16);
}

/// The parameters alone: what an optimizer needs of a net.
Make weight_under(const AnyPack<float>& pack) {
  return [=](Index rows, Index cols) {
    Sequential net{Dense(cols, rows, NoBias{})};
    set_policies(net, "0.weight", pack);
    return net.parameters();
  };
}
template <class... Ps>
Make weight(const Ps&... policies) {
  return weight_under(AnyPack<float>(Pack(policies...)));
}

template <class P, class... Elements>
void check(const P& policy, const Elements&... elements) {
  CAPTURE(policy_name<P>());
  check(weight(policy, elements...), weight(PerInput{policy}, elements...),
        weight(Whole{policy}, elements...));
}

template <class RuleType, class P, class... Elements>
int differences_of_blocks(const RuleType& rule, const P& policy, const Elements&... elements) {
  Parameters<float> blocks = weight(per_block<4>(policy), elements...)(90, 16),
                    rows = weight(policy, elements...)(360, 4);
  return differences(blocks, rows, rule, [](Index i) { return i; });
}

}  // namespace

TEST_CASE("Policies of blocks are those of short rows") {
  CHECK(differences_of_blocks(Adam{.learning_rate = 0.05}, MaxNorm{0.3}, L1{0.01}, L2{0.01}) == 0);
  CHECK(differences_of_blocks(Adam{.learning_rate = 0.05}, GroupLasso{.strength = 0.03}) == 0);
  CHECK(differences_of_blocks(Adam{.learning_rate = 0.05, .at_bound = AtBound::tangent}, UnitNorm{}) == 0);
  CHECK(differences_of_blocks(SGD{.learning_rate = 0.1, .momentum = 0.9}, MaxNormFrom{initial(0.9)}) == 0);
}

TEST_CASE("Rows that are not whole blocks are refused") {
  CHECK(message_of([] { Dense(6, 2, per_block<4>(MaxNorm{1})); }) ==
        "Dense(6, 2) weight: expected rows of a multiple of 4 weights for PerBlock, found 6");
}

TEST_CASE("Sets of columns and of a whole weight are those of rows") {
  check(MaxNorm{.radius = 0.6});
  check(MaxNorm{.radius = 0.6}, L1{0.01}, L2{0.01}, WeightDecay{0.1}, NonNegative{});
  check(UnitNorm{});
  check(SumTo{.value = 0.5}, Clip{-1, 1});
  check(Simplex{});
  check(L1Ball{.radius = 0.8}, L1{0.01});
  check(Isotonic{}, NonNegative{});
  check(MinMaxNorm{0.7, 0.9});
}

TEST_CASE("Penalties of columns and of a whole weight are those of rows") {
  check(GroupLasso{.strength = 0.03}, L1{0.02});
  check(TotalVariation{.strength = 0.03}, L1{0.02});
  auto net = Sequential{Dense(3, 2, NoBias{}, PerInput{GroupLasso{.strength = 2}})};
  const float w[] = {3, 0, -1, 4, 0, 1};  // columns of norms 5, 0 and sqrt(2)
  std::copy(w, w + 6, detail::arena(net).begin());
  CHECK(penalty(net) == Catch::Approx(2 * std::sqrt(2) * (5 + std::sqrt(2))));
  CHECK(penalty(net, true) == 0);
}

TEST_CASE("The tangent at a bound is that of each column") {
  const Adam rule{.learning_rate = 0.05, .at_bound = AtBound::tangent};
  Parameters<float> by_columns = weight(PerInput{MaxNorm{0.5}})(6, 20),
                    transpose = weight(MaxNorm{0.5})(20, 6);
  CHECK(differences(by_columns, transpose, rule, [](Index i) { return transposed(i, 6, 20); }) == 0);
  Parameters<float> of_all = weight(Whole{UnitNorm{}})(6, 20), one_row = weight(UnitNorm{})(1, 120);
  CHECK(differences(of_all, one_row, rule, [](Index i) { return i; }) == 0);
}

TEST_CASE("Threads change no bit of what needs a whole weight") {
  const int before = threads();
  const auto trained = [](int number) {
    set_threads(number);
    Sequential net{Dense(300, 200, NoBias{}, PerInput{MaxNorm{0.5}}, L2{0.01}, L1{1e-4})};
    initialize(net, {.seed = 1});
    Optimizer optimizer{Adam{.learning_rate = 0.01}};
    random_steps(net, optimizer, 4, 2);
    return numbers_of(net);
  };
  const auto one = trained(1), two = trained(2);
  set_threads(before);
  CHECK(one == two);
}

TEST_CASE("An input that no neuron needs is read by none") {
  Sequential net{Dense(4, 8, NoBias{}, PerInput{GroupLasso{.strength = 0.05}})};
  initialize(net, {.seed = 3});
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  const float wanted[] = {1, -1, 0.01F, 0};  // weights of the inputs, the same for all neurons
  for (int k = 0; k < 300; ++k) {
    for (Index i = 0; i < 32; ++i) {
      const auto at = static_cast<std::size_t>(i);
      net.gradients()[at] = net.values()[at] - wanted[i % 4];
    }
    optimizer.step(net);
  }
  const Matrix<float> w = parameter(net, "0.weight");
  CHECK((w.col(2).array() == 0).all());
  CHECK((w.col(3).array() == 0).all());
  // (1 - s) / s = lambda / norm, lambda = 0.05 sqrt(8), norm = s sqrt(8): s = 0.95
  CHECK(w(5, 0) == Catch::Approx(0.95).epsilon(1e-5));
  CHECK(w(2, 1) == Catch::Approx(-0.95).epsilon(1e-5));
}
