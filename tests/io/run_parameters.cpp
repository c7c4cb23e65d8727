// SPDX-License-Identifier: MIT
#include "espalier/io/run_parameters.hpp"

#include "../support.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/max_norm.hpp"

using namespace espalier;

namespace {

template <Scalar S>
Parameters<S> some_parameters() {
  Parameters<S> parameters;
  parameters.add("0.weight", ParameterKind::weight, 2, 3,
                 AnyPack<S>(Pack(MaxNorm{.radius = 2}, L2ToStart{0.1})));
  parameters.add("0.bias", ParameterKind::bias, 2, 1);
  return parameters;
}

}  // namespace

TEMPLATE_TEST_CASE("Numbers, what policies keep and have done, and what is frozen go to a file and back", "",
                   float, double) {
  using S = TestType;
  auto before = some_parameters<S>();
  const detail::Change<S> change(before);
  for (Index i = 0; i < 6; ++i) before.values_of(before.entries()[0]).data[i] = S(1) / static_cast<S>(i + 3);
  before.remember(detail::Remember::started);
  before.values_of(before.entries()[0]).data[4] = S(-0.0);
  change.at("0.weight").activity[0].record(1, 3);
  change.at("0.weight").activity[1].record(0, 6);
  before.freeze("0.bias");
  TensorFile file;
  detail::put_parameters(file, before);

  auto after = some_parameters<S>();
  CHECK_FALSE(after == before);
  detail::take_parameters(file, after);
  CHECK(after == before);
  CHECK(std::signbit(after.values_of(after.entries()[0]).data[4]));
  CHECK(after.at("0.weight").activity == before.at("0.weight").activity);
  CHECK(after.at("0.bias").frozen);
  CHECK_FALSE(after.at("0.weight").frozen);
}

TEST_CASE("Numbers of another type or another count are refused") {
  TensorFile file;
  detail::put_parameters(file, some_parameters<double>());
  auto parameters = some_parameters<float>();
  CHECK(message_of([&] { detail::check_precision<float>(file, "file"); }) ==
        "file: expected a run of a model whose numbers are F32, found F64");
  CHECK(message_of([&] { detail::take_parameters(file, parameters); }) ==
        "model.0.weight: expected 6 numbers of type F32, found 6 of type F64");
}
