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

TEST_CASE("a table is restored from its state, and goes on") {
  EpochTable written, read;
  written.add(1, {{Chart::loss, "a", 1}, {Chart::rate, "\xc3\xa9 <b>", 2}, {Chart::none, "", 3}});
  read.state = written.state;
  read.restore();
  CHECK(read.numbers(Chart::rate, "\xc3\xa9 <b>") == std::vector<double>{2});
  read.add(3, {{Chart::none, "", 9}, {Chart::loss, "a", 7}});
  CHECK(read.numbers(Chart::loss, "a") == std::vector<double>{1, 7});
  CHECK(read.numbers(Chart::none, "") == std::vector<double>{3, 9});
  CHECK(read.epochs() == std::vector<double>{1, 3});
  CHECK(read.columns().size() == 3);
}

TEST_CASE("a state that makes no sense is an empty table") {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> broken[]{
      {0, 2, 'a'}, {0}, {0, -1}, {99, 0}, {-1, 0}, {0, 1e300, 'a'}, {0, missing, 'a'}, {missing, 0}};
  for (const std::vector<double>& names : broken) {
    EpochTable table;
    table.state.numbers = {1, 2, 3, 4};
    table.state.names = names;
    table.restore();
    CHECK(table.rows() == 0);
    CHECK(table.columns().empty());
    table.add(9, {{Chart::loss, "a", 1}, {Chart::loss, "b", 2}});
    CHECK(table.epochs() == std::vector<double>{9});
    CHECK(table.numbers(Chart::loss, "b") == std::vector<double>{2});
  }
  EpochTable table;  // rows of 2, and half a row
  table.state.numbers = {1, 2, 3};
  table.state.names = {0, 1, 'a'};
  table.restore();
  CHECK(table.rows() == 0);
}
