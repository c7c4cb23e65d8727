// SPDX-License-Identifier: MIT
// A number of a stage by policy and level.
#include <cmath>
#include <limits>
#include <stdexcept>

#include "catch.hpp"
#include "study/made_up.hpp"
#include "study/verdict.hpp"

using Catch::Approx;
using study::Result;

namespace {

Result few(const std::string& policy, double strength, double level, long seed, double value) {
  return {.trial = {"few", policy, strength, level, seed}, .numbers = {{"test", value}}};
}

}  // namespace

TEST_CASE("Levels have means and differences to unconstrained at the same level") {
  std::vector<Result> results;
  for (const double level : {100.0, 10.0})
    for (long seed = 0; seed < 10; ++seed) {
      const double base = level / 100 + made_up::chance(seed, 0);
      results.push_back(few("ball", 3, level, seed, base + made_up::student(seed)));
      results.push_back(few(study::free_name, 0, level, seed, base));
      results.push_back(few("decay", 0.1, level, seed, base));
    }
  const auto points = study::levels(made_up::setup(), results, "few", "test", true);
  REQUIRE(points.size() == 6);
  const std::vector<std::string> order{study::free_name, study::free_name, "decay", "decay", "ball", "ball"};
  for (std::size_t i = 0; i < points.size(); ++i) {
    CHECK(points[i].policy == order[i]);
    CHECK(points[i].level == (i % 2 == 0 ? 10 : 100));
    CHECK((points[i].runs == 10 && points[i].failed == 0));
  }
  CHECK(points[0].mean == Approx(0.1));
  CHECK(points[0].difference.pairs == 0);
  CHECK(points[0].value.deviation == Approx(0.01 * std::sqrt(10.0 / 9)));
  CHECK(points[2].difference.p == 1);
  CHECK(points[4].strength == 3);
  CHECK(points[4].mean == Approx(0.1158));
  CHECK(points[4].difference.low == Approx(0.007001142).epsilon(1e-6));
  // Where smaller is better the sign turns.
  CHECK(study::levels(made_up::setup(), results, "few", "test", false)[4].difference.mean == Approx(-0.0158));
}

TEST_CASE("Levels count failures, and have no difference without unconstrained runs at the level") {
  std::vector<Result> results;
  for (long seed = 0; seed < 4; ++seed) {
    results.push_back(few(study::free_name, 0, 1, seed, 0.5));
    results.push_back(few("ball", 3, 1, seed, 0.75));
    results.push_back(few("ball", 3, 2, seed, 0.75));
  }
  results[1].failed = "the loss is not finite";
  results[4].numbers["test"] = std::numeric_limits<double>::infinity();
  const auto points = study::levels(made_up::setup(), results, "few", "test", true);
  REQUIRE(points.size() == 3);
  CHECK((points[1].runs == 4 && points[1].failed == 2 && points[1].difference.pairs == 2));
  CHECK(points[1].mean == 0.75);
  CHECK((points[2].failed == 0 && points[2].difference.pairs == 0));
  CHECK(points[2].difference.p == 1);
  for (Result& result : results) result.failed = "diverged";
  CHECK(std::isnan(study::levels(made_up::setup(), results, "few", "test", true)[0].mean));
  CHECK(study::levels(made_up::setup(), results, "depth", "test", true).empty());
}
