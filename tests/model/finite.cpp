// SPDX-License-Identifier: MIT
#include "espalier/model/finite.hpp"

#include "../support.hpp"

using namespace espalier;

namespace {

Parameters<float> two_parameters() {
  Parameters<float> parameters;
  parameters.add("0.weight", ParameterKind::weight, 3, 7);
  parameters.add("0.bias", ParameterKind::bias, 3, 1);
  return parameters;
}

}  // namespace

TEMPLATE_TEST_CASE("One number that is not finite is seen, wherever it stands", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  for (const std::size_t n : {1U, 7U, 16U, 100U, 100000U}) {  // the last is shared by threads
    std::vector<TestType> numbers(n, Limits::max());
    CHECK(detail::all_finite(numbers.data(), static_cast<Index>(n)));
    for (const std::size_t place : {std::size_t{0}, n / 2, n - 1})
      for (const TestType bad : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
        numbers[place] = bad;
        CHECK_FALSE(detail::all_finite(numbers.data(), static_cast<Index>(n)));
        numbers[place] = -Limits::max();
      }
    CHECK(detail::all_finite(numbers.data(), static_cast<Index>(n)));
  }
  CHECK(detail::all_finite<TestType>(nullptr, 0));
}

TEMPLATE_TEST_CASE("Numbers up to the limit are let through, and none beyond it", "", float, double) {
  for (const double bound : {1.0, 3.0, 10.1, 7e18, 2.1e30}) {
    const auto limit = static_cast<TestType>(bound);
    for (const TestType sign : {TestType(1), TestType(-1)}) {
      std::vector<TestType> numbers{0, limit / 2, sign * limit};
      CAPTURE(limit);
      CHECK(detail::all_finite(numbers.data(), 3, limit));
      numbers[2] = sign * limit * TestType(1.001);
      CHECK_FALSE(detail::all_finite(numbers.data(), 3, limit));
    }
  }
}

TEST_CASE("The limit at which a gradient's square overflows is let through") {
  const auto check = []<Scalar S>(S most) {
    const S limit = std::sqrt(most) / 8;
    CHECK(detail::all_finite(&limit, 1, limit));
  };
  check(std::numeric_limits<float>::max());
  check(std::numeric_limits<double>::max());
}

TEST_CASE("require_finite names the parameter and what of it") {
  auto parameters = two_parameters();
  detail::require_finite(parameters, "gradients", parameters.gradients());
  parameters.gradients_of(parameters.at("0.bias"))[2] = -std::numeric_limits<float>::infinity();
  CHECK(message_of([&] { detail::require_finite(parameters, "gradients", parameters.gradients()); }) ==
        "0.bias: expected finite gradients, found NaN or infinity");
  detail::require_finite(parameters, "weights", parameters.values());
  CHECK_THROWS_AS(detail::require_finite(parameters, "gradients", parameters.gradients()), NotFiniteError);
}

TEST_CASE("require_finite names what is beyond a limit, and the largest of it") {
  auto parameters = two_parameters();
  float* const weight = parameters.gradients_of(parameters.at("0.weight"));
  weight[3] = 100;
  detail::require_finite(parameters, "gradients", parameters.gradients(), 100.0F);
  weight[3] = 101;
  weight[20] = -250;
  CHECK(message_of([&] {
          detail::require_finite(parameters, "gradients", parameters.gradients(), 100.0F);
        }) == "0.weight: expected gradients of at most 1.0e+02, found 250");
  weight[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK(message_of([&] {
          detail::require_finite(parameters, "gradients", parameters.gradients(), 100.0F);
        }) == "0.weight: expected finite gradients, found NaN or infinity");
}
