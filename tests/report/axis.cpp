// SPDX-License-Identifier: MIT
#include "espalier/report/axis.hpp"

#include <limits>
#include <set>

#include "../catch.hpp"

using namespace espalier::detail;
using Catch::Approx;

TEST_CASE("steps are 1, 2 or 5 times a power of ten") {
  CHECK(round_step(0.9) == 1);
  CHECK(round_step(1) == 1);
  CHECK(round_step(1.1) == 2);
  CHECK(round_step(3) == 5);
  CHECK(round_step(7) == 10);
  CHECK(round_step(0.03) == Approx(0.05));
}

TEST_CASE("every value has its place on the axis, and every tick a label of its own") {
  const double cases[][2]{{0, 1},      {-3, 7},       {0.1, 0.1001}, {5, 5},
                          {0, 0},      {1e-12, 1e-3}, {-1e-9, 1e-9}, {1e20, 3e20},
                          {999, 1001}, {1e-300, 1},   {-2e5, 123456}};
  for (const auto& [least, most] : cases)
    for (const bool from_zero : {false, true}) {
      CAPTURE(least, most, from_zero);
      const Axis axis = axis_of_values(least, most, from_zero);
      for (const double x : {least, most}) {
        CHECK(axis.place(x) >= -1e-9);
        CHECK(axis.place(x) <= 1 + 1e-9);
      }
      CHECK(axis.ticks.size() >= 2);
      CHECK(axis.ticks.size() <= 12);
      std::set<std::string> labels;
      for (const double tick : axis.ticks) {
        labels.insert(axis.label(tick));
        CHECK(std::stod(axis.label(tick)) == Approx(tick).margin(axis.log ? 0 : axis.step * 1e-3));
        CHECK(axis.place(tick) >= -1e-9);
        CHECK(axis.place(tick) <= 1 + 1e-9);
      }
      CHECK(labels.size() == axis.ticks.size());
    }
}

TEST_CASE("the smallest number and the largest that is shown have places on one axis") {
  const Axis axis = axis_of_values(5e-324, 1e299, false);
  CHECK(axis.place(5e-324) == 0);
  CHECK(axis.place(1e299) == 1);
  CHECK(axis.place(1e-12) == Approx((323.306 - 12) / (323.306 + 299)).epsilon(1e-4));
}

TEST_CASE("an axis is logarithmic from a ratio of a hundred on, and not below or at zero") {
  CHECK(axis_of_values(0.01, 1, false).log);
  CHECK_FALSE(axis_of_values(0.02, 1, false).log);
  CHECK_FALSE(axis_of_values(0, 1, false).log);
  CHECK_FALSE(axis_of_values(0.01, 1, true).log);
  CHECK(axis_of_values(0.01, 1, false).place(0.1) == Approx(0.5));
  CHECK(axis_of_values(0.01, 1, false).ticks.size() == 3);
}

TEST_CASE("epochs have ticks at whole numbers, one epoch too") {
  CHECK(axis_of_epochs(1, 1).ticks == std::vector<double>{1});
  CHECK(axis_of_epochs(1, 1).place(1) == 0.5);
  CHECK(axis_of_epochs(1, 4).ticks == std::vector<double>{1, 2, 3, 4});
  const Axis axis = axis_of_epochs(1, 1000);
  CHECK(axis.ticks == std::vector<double>{200, 400, 600, 800, 1000});
  CHECK(axis.place(1) == 0);
  CHECK(axis.label(1000) == "1000");
}
