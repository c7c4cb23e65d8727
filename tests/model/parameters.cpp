// SPDX-License-Identifier: MIT
#include "espalier/model/parameters.hpp"

#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/model/change.hpp"

using namespace espalier;

namespace {

/// A weight of 3 x 5 numbers 1, 2, ..., a gain and a bias.
template <Scalar S>
Parameters<S> some_parameters() {
  Parameters<S> parameters;
  parameters.add("0.weight", ParameterKind::weight, 3, 5, AnyPack<S>(Pack(MaxNorm{2}, Clip{0, 1})));
  parameters.add("0.gain", ParameterKind::gain, 3, 1);
  parameters.add("0.bias", ParameterKind::bias, 3, 1, AnyPack<S>(Pack(Clip{-1, 1})));
  for (Index i = 0; i < 15; ++i)
    detail::arena(parameters)[static_cast<std::size_t>(i)] = static_cast<S>(i + 1);
  return parameters;
}

}  // namespace

TEMPLATE_TEST_CASE("Parameters stand one after another, each on a cache line, and start at zero", "", float,
                   double) {
  auto parameters = some_parameters<TestType>();
  const std::size_t line = 64 / sizeof(TestType), first = (15 + line - 1) / line * line;
  REQUIRE(parameters.entries().size() == 3);
  CHECK(parameters.values().size() == first + 2 * line);
  CHECK(parameters.gradients().size() == parameters.values().size());
  const std::vector<std::size_t> offsets{0, first, first + line};
  for (std::size_t k = 0; k < 3; ++k) {
    const ParameterEntry<TestType>& e = parameters.entries()[k];
    CHECK(static_cast<std::size_t>(e.offset) == offsets[k]);
    CHECK(parameters.offsets()[k] == e.offset);
    CHECK(parameters.values_of(e).data == parameters.values().data() + e.offset);
    CHECK(parameters.gradients_of(e) == parameters.gradients().data() + e.offset);
    CHECK(reinterpret_cast<std::uintptr_t>(parameters.gradients_of(e)) % 64 == 0);
    CHECK(e.activity.size() == e.pack.names().size());
  }
  CHECK(parameters.values_of(parameters.entries()[0]).row(2)[4] == 15);
  CHECK(std::all_of(parameters.values().begin() + 15, parameters.values().end(),
                    [](auto w) { return w == 0; }));
}

TEST_CASE("A parameter is found by its path, and a wrong path is answered with the right ones") {
  auto parameters = some_parameters<float>();
  const auto& fixed = parameters;
  CHECK(parameters.find("0.gain") == &parameters.entries()[1]);
  CHECK(&fixed.at("0.bias") == &fixed.entries()[2]);
  CHECK(fixed.at("0.bias").kind == ParameterKind::bias);
  CHECK(fixed.find("0") == nullptr);
  CHECK(message_of([&] { fixed.at("1.bias"); }) ==
        "parameter: expected a path that is one of 0.weight, 0.gain, 0.bias, found 1.bias");
}

TEST_CASE("A path that there is, or a pack that cannot be met, is refused and leaves what there is") {
  auto parameters = some_parameters<float>();
  const auto before = parameters;
  CHECK(message_of([&] { parameters.add("0.gain", ParameterKind::weight, 2, 2); }) ==
        "0.gain: expected a path of its own for every parameter, found it twice");
  const AnyPack<float> pack(Pack(Clip{0.5, 3}, MaxNorm{1}));
  CHECK(
      message_of([&] { parameters.add("1.weight", ParameterKind::weight, 2, 5, pack); }) ==
      "1.weight: expected constraint sets that have a point in common, found an empty intersection of Clip, "
      "MaxNorm");
  CHECK(parameters == before);
  CHECK(parameters.entries().size() == 3);
  parameters.add("1.weight", ParameterKind::weight, 5, 4, pack);  // rows of four meet the ball
  CHECK(parameters.entries().size() == 4);
}

TEST_CASE(
    "Copies are equal and independent; paths, shapes and numbers count, gradients and activities do not") {
  auto parameters = some_parameters<double>(), copy = parameters;
  copy.gradients()[0] = 7;
  detail::Change(copy).entries()[0].activity[1].record(1, 1);
  CHECK(copy == parameters);
  CHECK(parameters.gradients()[0] == 0);
  copy.values_of(copy.at("0.gain")).data[0] = 1;
  CHECK(copy != parameters);
  CHECK(parameters.values_of(parameters.at("0.gain")).data[0] == 0);
  const auto one = [](std::string path, ParameterKind kind, Index rows, Index cols) {
    Parameters<double> result;
    result.add(std::move(path), kind, rows, cols);
    return result;
  };
  const auto weight = one("0.weight", ParameterKind::weight, 2, 3);
  CHECK(weight == one("0.weight", ParameterKind::weight, 2, 3));
  CHECK(weight != one("1.weight", ParameterKind::weight, 2, 3));
  CHECK(weight != one("0.weight", ParameterKind::buffer, 2, 3));
  CHECK(weight != one("0.weight", ParameterKind::weight, 3, 2));  // as many numbers
}

TEST_CASE("The gaps between gradients can be cleared, and nothing else is") {
  auto parameters = some_parameters<float>();
  for (float& g : parameters.gradients()) g = 1;
  parameters.clear_gaps();
  float sum = 0;
  for (const float g : parameters.gradients()) sum += g;
  CHECK(sum == 15 + 3 + 3);
  for (const auto& e : parameters.entries())
    CHECK(std::all_of(parameters.gradients_of(e), parameters.gradients_of(e) + e.size(),
                      [](float g) { return g == 1; }));
}
