// SPDX-License-Identifier: MIT
#include "espalier/train/norm_log.hpp"

#include <limits>

#include "../nets.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;
using Catch::Approx;

TEST_CASE("The norms of every parameter and its gradient are recorded in each epoch") {
  auto net = Sequential(Dense(2, 3, L2{0.1}), Tanh{}, Dense(3, 2));
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{}, ClipNorm{0.01}};
  NormLog norms;
  fit(net, two_halves(10), CrossEntropy{}, optimizer, {.epochs = 2}, norms);
  REQUIRE(norms.records.size() == 8);
  CHECK(norms.records[0].epoch == 1);
  CHECK(norms.records[4].epoch == 2);
  CHECK(norms.records[5].parameter == "0.bias");
  CHECK(norms.records[6].parameter == "2.weight");
  CHECK(norms.records[6].weight == Approx(parameter(net, "2.weight").norm()));
  double squares = 0;
  for (std::size_t k = 4; k < 8; ++k) squares += norms.records[k].gradient * norms.records[k].gradient;
  CHECK(std::sqrt(squares) == Approx(0.01).epsilon(1e-5));  // of the last step, as the optimizer used them
}

TEST_CASE("Records go to a file and back, whatever they are") {
  const double huge = std::numeric_limits<double>::infinity();
  NormLog log{
      {{1, "0.weight", 0.1, 1e-300}, {1, "\xc3\xa4", huge, 0}, {2, "0.weight", 3, 4}, {2, "", 0, -0.0}}};
  const NormLog before = log;
  detail::NormNumbers numbers;
  NormLog::each_state(before, [&](std::string_view name, const std::vector<double>& x) {
    (name == "norms" ? numbers.norms : numbers.names) = x;
  });
  CHECK(numbers.norms.size() == 16);
  NormLog back;
  NormLog::each_state(back, [&](std::string_view name, std::vector<double>& x) {
    x = name == "norms" ? numbers.norms : numbers.names;
  });
  CHECK(back.records == before.records);
}

TEST_CASE("Numbers that are no records are none") {
  using Numbers = std::vector<double>;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Numbers& names : {Numbers{2, 65}, Numbers{-1}, Numbers{nan}, Numbers{1e300}, Numbers{}})
    CHECK(detail::records_of({{1, 0, 1, 1}, names}).empty());
  for (const Numbers& norms :
       {Numbers{1, 1, 1, 1}, Numbers{nan, 0, 1, 1}, Numbers{1, -1, 1, 1}, Numbers{1, nan, 1, 1}})
    CHECK(detail::records_of({norms, {1, 65}}).empty());
  CHECK(detail::records_of({{1, 0, 1, 1, 7}, {1, 65}}) == std::vector<NormRecord>{{1, "A", 1, 1}});
  CHECK(detail::records_of({{1, 0, 1, 1}, {1, nan}})[0].parameter == "?");
}
