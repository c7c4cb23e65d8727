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

TEST_CASE("columns of dates are days since 1970, with gaps as other numbers have them") {
  const std::string_view text = "when,a,y\n1970-01-11,5,1\n?,6,2\n1970-01-21 12:00,7,3\n";
  const CsvOptions options{.target = "y", .gaps = Gaps::mean, .mark_gaps = true, .dates = "when"};
  const auto data = parse_csv<double>(text, options);
  CHECK(data.inputs == Matrix<double>{{10, 15.25, 20.5}, {0, 1, 0}, {5, 6, 7}});
  CHECK(data.feature_names == std::vector<std::string>{"when", "when missing", "a"});
  CHECK(data.preparation->options.dates.empty());
  CHECK(data.preparation->columns[0].date == DateOrder::year_month_day);
  CHECK_FALSE(data.preparation->columns[1].date);
}

TEST_CASE("a second file has dates where the first had them, found by name or by place") {
  const auto named = parse_csv("t,a,y\n01.02.1970,5,1\n",
                               {.target = "y", .dates = "t", .date_order = DateOrder::day_month_year});
  CHECK(parse_csv("a,t\n6,02.02.1970\n", named.preparation).inputs == Matrix<float>{{32}, {6}});
  CHECK(message_of([&] { parse_csv("a,t\n6,02.02.1970\n7,30.02.1970\n", named.preparation); }) ==
        "csv text:3, column 2 of 2 (t): expected a date that the calendar has, found '30.02.1970'");
  const auto placed = parse_csv("1,1970-01-02,5\n2,1970-01-03,6\n", {.target = 0, .dates = 1});
  CHECK(parse_csv("1970-01-05,7\n", placed.preparation).inputs == Matrix<float>{{4}, {7}});
}

TEST_CASE("a date that is none is refused with its line and column") {
  const CsvOptions options{.target = "y", .dates = "t"};
  CHECK(message_of([&] { parse_csv("t,y\n2024-03-01,1\n2023-02-29,2\n", options); }) ==
        "csv text:3, column 1 of 2 (t): expected a date that the calendar has, found '2023-02-29'");
  CHECK(
      message_of([&] { parse_csv("t,y\n1-01,1\n1-02,2\n", options); }) ==
      "csv text:2, column 1 of 2 (t): expected a date as 2024-12-31, 2024-12 or 2024-12-31 12:30 (the option "
      "date_order reads 31/12/2024), found '1-01'");
  CHECK_THROWS_AS(parse_csv("t,y\n2024,1\n", options), FileError);  // a number is no date
}

TEST_CASE("a column of dates without a name is no index, though it differs in each row") {
  CHECK(parse_csv(",y\n2024-01-01,1\n2024-01-02,2\n", {.target = "y", .dates = 0}).features() == 1);
}
