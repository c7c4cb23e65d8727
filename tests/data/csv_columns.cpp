// SPDX-License-Identifier: MIT
#include "espalier/data/csv_columns.hpp"

#include "espalier/data/csv.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE("an unnamed first column is left out only while it counts") {
  std::string text = ",a\n";
  for (int k = 0; k < 2000; ++k) text += fmt::format("{},5\n", k);
  CHECK(parse_csv(text).features() == 1);
  CHECK(parse_csv(text + "2001,5\n").features() == 2);
  CHECK(parse_csv(",a\n0,5\n").features() == 2);  // one row counts nothing
  CHECK_THROWS_AS(parse_csv(",a\n0,5\n,6\n"), FileError);
}

TEST_CASE("a column with neither name nor value is no column") {
  const Dataset data = parse_csv("a,b,\n1,2,\n3,4,\n");
  CHECK(data.features() == 2);
  CHECK(data.notes ==
        std::vector<std::string>{"column 3 of 3 is no feature: it has neither a name nor a value"});
  CHECK(parse_csv("5,2,\n3,4,\n").features() == 2);
  CHECK_THROWS_AS(parse_csv("a,b,c\n1,2,\n3,4,\n"), FileError);  // has a name
}

TEST_CASE("the roles of columns are kept for a second file, by name where one has it") {
  const Dataset data = parse_csv("a,y,w,t\n1,p,1,2\n3,q,1,4\n", {.label = 1, .target = "t", .weight = "w"});
  REQUIRE(data.preparation);
  const CsvOptions& options = data.preparation->options;
  CHECK(options.label->name == "y");
  CHECK(options.target.front().name == "t");
  CHECK(options.weight->name == "w");
  CHECK(options.header == CsvHeader::yes);
  CHECK(options.classes == std::vector<std::string>{"p", "q"});
  CHECK(parse_csv("1,2\n", {.label = -1}).preparation->options.label->place == 1);
}
