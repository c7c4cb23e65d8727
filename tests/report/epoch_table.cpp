// SPDX-License-Identifier: MIT
#include "espalier/report/epoch_table.hpp"

#include <cmath>

#include "../catch.hpp"

using namespace espalier::detail;

TEST_CASE("numbers are found by chart and name, and those that an epoch lacks are NaN") {
  EpochTable table;
  table.add(1, {{Chart::loss, "a", 1}, {Chart::rate, "a", 2}});
  table.add(2, {{Chart::rate, "a", 3}, {Chart::loss, "b", 4}});
  table.add(5, {{Chart::loss, "a", 5}, {Chart::rate, "a", 6}, {Chart::loss, "b", 7}});
  CHECK(table.rows() == 3);
  CHECK(table.epochs() == std::vector<double>{1, 2, 5});
  CHECK(table.numbers(Chart::rate, "a") == std::vector<double>{2, 3, 6});
  const auto a = table.numbers(Chart::loss, "a"), b = table.numbers(Chart::loss, "b");
  REQUIRE(a.size() == 3);
  CHECK((a[0] == 1 && std::isnan(a[1]) && a[2] == 5));
  REQUIRE(b.size() == 3);
  CHECK((std::isnan(b[0]) && b[1] == 4 && b[2] == 7));
  CHECK(table.numbers(Chart::zeros, "a").empty());
  CHECK(table.columns().size() == 3);
}

TEST_CASE("a table without rows has no numbers") {
  EpochTable table;
  CHECK(table.rows() == 0);
  CHECK(table.epochs().empty());
  table.add(1, {});
  CHECK(table.rows() == 1);
}

TEST_CASE("a table from a file takes the names of the next epoch") {
  EpochTable written, read;
  const std::vector<Reading> readings{{Chart::loss, "a", 1}, {Chart::rate, "b", 2}};
  written.add(1, readings);
  written.add(2, readings);
  read.state = written.state;
  CHECK(read.rows() == 2);
  read.add(3, {{Chart::loss, "a", 7}, {Chart::rate, "b", 8}});
  CHECK(read.numbers(Chart::loss, "a") == std::vector<double>{1, 1, 7});
  CHECK(read.epochs() == std::vector<double>{1, 2, 3});
}

TEST_CASE("rows of another width, or a damaged width, are dropped") {
  for (const long width : {3L, 0L, -5L, 1L, 1000000L}) {
    EpochTable table;
    table.state.numbers = {1, 2, 3, 4, 5};
    table.state.width = width;
    table.add(9, {{Chart::loss, "a", 1}, {Chart::loss, "b", 2}});
    CHECK(table.epochs() == std::vector<double>{9});
    CHECK(table.numbers(Chart::loss, "b") == std::vector<double>{2});
  }
}
