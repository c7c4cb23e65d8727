// SPDX-License-Identifier: MIT
#include "espalier/model/change.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"

using namespace espalier;

TEST_CASE("Each change of more than numbers and activities makes another version, which copies share") {
  Parameters<float> parameters;
  parameters.add("0.weight", ParameterKind::weight, 2, 3, AnyPack<float>(Pack(Clip{})));
  std::vector<std::uint64_t> versions{parameters.version()};
  const auto changed = [&] {
    const bool seen = std::find(versions.begin(), versions.end(), parameters.version()) != versions.end();
    versions.push_back(parameters.version());
    return !seen;
  };
  parameters.add("1.weight", ParameterKind::weight, 2, 3);
  CHECK(changed());
  parameters.add("2.weight", ParameterKind::weight, 2, 3);
  CHECK(changed());
  parameters.freeze("1.*");
  CHECK(changed());
  parameters.unfreeze("1.*");
  CHECK(changed());
  parameters.tie("1.weight", "2.weight");
  CHECK(changed());
  detail::Change(parameters).at("1.weight").pack = AnyPack<float>(Pack(Clip{}));
  CHECK(changed());

  const auto copy = parameters;
  CHECK(copy.version() == parameters.version());
  parameters.gradients()[0] = 7;
  parameters.values_of(parameters.at("1.weight")).data[0] = 1;
  detail::InStep(parameters).entries()[0].activity[0].record(1, 1);
  parameters.copy_tied();
  CHECK(parameters.version() == copy.version());
}
