// SPDX-License-Identifier: MIT
#include "espalier/data/csv_options.hpp"

#include <cstdint>

#include "support.hpp"

using namespace espalier;

TEST_CASE("a column is written as a name or as a number of any integer type") {
  const CsvOptions name{.label = "species"}, number{.label = 3}, zero{.label = 0}, last{.label = -1};
  CHECK(name.label->name == "species");
  CHECK(number.label->place == 3);
  CHECK_FALSE(number.label->name);
  CHECK(zero.label->place == 0);
  CHECK(last.label->place == -1);
  CHECK(CsvOptions{.label = std::uint8_t{4}}.label->place == 4);
  CHECK(CsvOptions{.label = std::string("a")}.label->name == "a");
  CHECK_FALSE(CsvOptions{}.label);
}

TEST_CASE("columns are written as one or as a list of both kinds") {
  CHECK(CsvOptions{}.target.empty());
  CHECK(CsvOptions{.target = "mpg"}.target.front().name == "mpg");
  CHECK(CsvOptions{.target = 3}.target.front().place == 3);
  const Columns two = CsvOptions{.ignore = {"mpg", 3}}.ignore;
  REQUIRE(two.size() == 2);
  CHECK(two[0].name == "mpg");
  CHECK(two[1].place == 3);
  CHECK(CsvOptions{.target = {"a", "b"}}.target.size() == 2);
  CHECK(CsvOptions{.target = {4, 5}}.target[0].place == 4);
  CHECK(CsvOptions{.target = {7}}.target.size() == 1);
}
