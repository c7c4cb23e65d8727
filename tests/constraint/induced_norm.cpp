// SPDX-License-Identifier: MIT
#include "espalier/constraint/induced_norm.hpp"

#include "../nets.hpp"
#include "../spectra.hpp"
#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

static_assert(Policy<InfinityNorm> && Policy<OneNorm> && detail::meets_ball<OneNorm>);
static_assert(Pack<InfinityNorm>::grain == Grain::row && Pack<OneNorm, L1>::grain == Grain::column);
static_assert(Pack<OneNorm>::names[0] == "OneNorm" &&
              Pack<Every<OneNorm>>::names[0] == "OneNorm every n steps");

namespace {

/// A random weight after a step with a step size of its own for each number.
template <class... Ps>
std::vector<float> constrained(const Ps&... policies) {
  const AnyPack<float> pack{Pack(policies...)};
  auto w = test::random_weight<float>(5, 7, 0.4, 1), t = test::random_weight<float>(5, 7, 1, 2);
  for (float& x : t) x = std::exp(x);
  const auto size = detail::scratch_size<float>(pack.traits(), 5, 7);
  std::vector<float> copies(static_cast<std::size_t>(size.numbers));
  std::vector<double> room(static_cast<std::size_t>(size.room));
  detail::PolicyCounts counts{};
  const Block<float> block{w.data(), 5, 7};
  CHECK(pack.constrain(block, {t.data(), 1.0F}, 1.0F, {copies.data(), room.data()}, counts.data()));
  CHECK(pack.contains(block));
  CHECK(counts[0] > 0);
  return w;
}

}  // namespace

TEST_CASE("They are L1Ball of the rows and of the columns, bit for bit, alone and beside others") {
  CHECK(constrained(InfinityNorm{0.7}) == constrained(L1Ball{0.7}));
  CHECK(constrained(OneNorm{0.7}) == constrained(PerInput{L1Ball{0.7}}));
  CHECK(constrained(OneNorm{0.7}) != constrained(InfinityNorm{0.7}));
  CHECK(constrained(OneNorm{0.7}, NonNegative{}, L1{0.01}) ==
        constrained(PerInput{L1Ball{0.7}}, NonNegative{}, L1{0.01}));
  CHECK(constrained(OneNorm{0.7}, PerInput{MaxNorm{0.3}}) ==
        constrained(PerInput{L1Ball{0.7}}, PerInput{MaxNorm{0.3}}));
  CHECK(constrained(InfinityNorm{0.7, Metric::euclidean}) == constrained(L1Ball{0.7, Metric::euclidean}));
}

TEST_CASE("The bound holds of the norm that it is named after, with no tolerance") {
  Sequential net{Dense(7, 5, NoBias{}, OneNorm{0.6}), Dense(5, 3, NoBias{}, InfinityNorm{0.4})};
  initialize(net, {.seed = 2});
  const Matrix<double> one = parameter(net, "0.weight").template cast<double>(),
                       infinity = parameter(net, "1.weight").template cast<double>();
  for (Index i = 0; i < 7; ++i) CHECK(one.col(i).cwiseAbs().sum() <= 0.6);
  for (Index j = 0; j < 3; ++j) CHECK(infinity.row(j).cwiseAbs().sum() <= 0.4);
  CHECK(audit(net).parameters[0].policies[0].policy == "OneNorm");
  CHECK(projection_check<float>(InfinityNorm{1.5}, Rng{1}, {.uneven_steps = true}).ok());
  CHECK(projection_check<double>(OneNorm{1.5}, Rng{1}, {.scale = 1e30}).ok());
}

TEST_CASE("A bias is one column: its sum under OneNorm, its numbers under InfinityNorm") {
  Sequential net{Dense(2, 3, Bias{OneNorm{1}}), Dense(3, 3, Bias{InfinityNorm{1}})};
  assign(net, "0.bias", Matrix<float>{{4}, {0}, {0.5F}});
  assign(net, "1.bias", Matrix<float>{{4}, {0}, {0.5F}});
  CHECK(parameter(net, "0.bias")(0, 0) == 1);
  CHECK(parameter(net, "1.bias")(0, 0) == 1);
  CHECK(parameter(net, "1.bias")(2, 0) == 0.5F);
}

TEST_CASE("The bound of an induced norm is positive") {
  CHECK(message_of([] { OneNorm{0}.validate(); }).find("OneNorm: expected bound > 0") == 0);
  CHECK_THROWS_AS(Dense(2, 2, InfinityNorm{-1}), ValueError);
}
