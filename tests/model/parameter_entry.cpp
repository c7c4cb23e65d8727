// SPDX-License-Identifier: MIT
#include "espalier/model/parameter_entry.hpp"

#include "../support.hpp"

using namespace espalier;

TEST_CASE("In a pattern of paths * stands for any text, also for none") {
  const auto fits = [](const char* pattern) {
    return ParameterEntry<float>{"1.body.0.weight", ParameterKind::weight, 1, 1, 0}.fits(pattern);
  };
  for (const char* pattern :
       {"1.body.0.weight", "*", "1.*", "*.weight", "1.*.weight", "*body*", "1.*0*.weight*"})
    CHECK(fits(pattern));
  for (const char* pattern : {"", "1.body.0", "*.bias", "2.*", "1.body.0.weight.*", "body*", "*weigh"})
    CHECK_FALSE(fits(pattern));
}

TEST_CASE("A view of a parameter knows its size and its rows") {
  const std::string path = "1.weight";
  const AnyPack<float> pack;
  float values[6] = {1, 2, 3, 4, 5, 6}, gradients[6] = {};
  const ParameterView<float> view{path, ParameterKind::weight, 2, 3, 0, pack, {}, values, gradients};
  CHECK(view.size() == 6);
  CHECK(view.block().row(1)[2] == 6);
  const ParameterView<const float> fixed{path, ParameterKind::bias, 6, 1, 0, pack, {}, values, gradients};
  CHECK(fixed.block().row(4)[0] == 5);
  STATIC_REQUIRE(std::is_same_v<decltype(fixed.block()), Block<const float>>);
}
