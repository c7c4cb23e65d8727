// SPDX-License-Identifier: MIT
#include "espalier/model/settle.hpp"

#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/model/change.hpp"

using namespace espalier;

namespace {

template <class... Ps>
Parameters<double> one_weight(const Ps&... ps) {
  Parameters<double> parameters;
  parameters.add("w", ParameterKind::weight, 1, 3, AnyPack<double>(Pack(ps...)));
  return parameters;
}

}  // namespace

TEST_CASE("New numbers are moved into the sets, and the parameter is as it was until they are written") {
  Parameters<double> parameters = one_weight(Clip{-1, 1});
  ParameterEntry<double>& e = detail::Change(parameters).at("w");
  WeightMatrix<double> numbers(1, 3);
  numbers << 2, -3, 0.5;
  detail::Settled<double> settled(std::move(numbers), e.memory);
  settled.settle("w", e.pack, detail::Remember::started);
  CHECK(parameters.values()[0] == 0);
  CHECK_FALSE(settled.equals(parameters.values_of(e)));
  settled.write(parameters, e);
  CHECK(parameters.values()[0] == 1);
  CHECK(parameters.values()[1] == -1);
  CHECK(parameters.values()[2] == 0.5);
  CHECK(settled.equals(parameters.values_of(e)));
}

TEST_CASE("Frozen weights keep the new numbers, as far as the other sets allow them") {
  Parameters<double> parameters = one_weight(Clip{-1, 1}, Frozen{1, 0, 0});
  ParameterEntry<double>& e = detail::Change(parameters).at("w");
  WeightMatrix<double> numbers(1, 3);
  numbers << 0.25, -3, 0.5;
  detail::Settled<double> settled(std::move(numbers), e.memory);
  settled.settle("w", e.pack, detail::Remember::started);
  settled.write(parameters, e);
  detail::arena(parameters)[0] = 0.75;
  e.pack.project(parameters.values_of(e));
  CHECK(parameters.values()[0] == 0.25);
}
