// SPDX-License-Identifier: MIT
#include "espalier/data/csv_header.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

using Fields = std::vector<std::string_view>;

bool header(const Fields& first, const Fields& second, const CsvOptions& options = {}) {
  return detail::has_header(options, first, second, "a.csv:1");
}

}  // namespace

TEST_CASE("text over numbers is a header") {
  CHECK(header({"x", "y", "class"}, {"1", "2", "3"}));
  CHECK(header({"x", "y", "class"}, {"1", "2", "setosa"}));
  CHECK(header({"", "y"}, {"1", "2"}));
  CHECK_FALSE(header({"4", "5", "setosa"}, {"1", "2", "setosa"}));
  CHECK_FALSE(header({"4", "5"}, {"1", "2"}));
  CHECK_FALSE(header({"4", "nan"}, {"1", "2"}));
  CHECK_FALSE(header({"x", "y"}, {}));
}

TEST_CASE("a first row of text and numbers over numbers is ambiguous, unless the options say what it is") {
  CHECK_FALSE(header({"1", "?", "2"}, {"1", "2", "3"}));  // a gap beside numbers
  CHECK_THROWS_AS(header({"0", "1", "class"}, {"1", "2", "3"}), FileError);
  CHECK(header({"0", "1", "class"}, {"1", "2", "3"}, {.header = CsvHeader::yes}));
  CHECK_FALSE(header({"0", "1", "class"}, {"1", "2", "3"}, {.header = CsvHeader::no}));
}

TEST_CASE("numbers that count the columns may be names or data") {
  CHECK(
      message_of([] {
        header({"0", "1", "2"}, {"0.5", "0.25", "0"});
      }) ==
      "a.csv:1: expected a header or a row of numbers (the options header and skip settle it), found numbers "
      "that count the columns");
  CHECK_THROWS_AS(header({"1", "2", "3"}, {"0.5", "0.25", "0"}), FileError);
  CHECK_THROWS_AS(header({"0", "1", "2", "species"}, {"0.5", "0.25", "3", "setosa"}), FileError);
  CHECK_THROWS_AS(header({"0", "1", "2"}, {"0.5", "0.25", "setosa"}), FileError);
  CHECK(header({"0", "1", "2"}, {"0.5", "0.25", "0"}, {.header = CsvHeader::yes}));
  CHECK_FALSE(header({"1", "2", "3"}, {"4", "5", "6"}, {.header = CsvHeader::no}));
  CHECK_FALSE(header({"0", "1", "2"}, {"0", "1", "2"}));
  CHECK_FALSE(header({"0", "1", "2"}, {}));
  CHECK_FALSE(header({"0", "2", "1"}, {"3", "4", "5"}));
  CHECK_FALSE(header({"2", "3"}, {"3", "5"}));
  CHECK_FALSE(header({"1", "setosa"}, {"2", "setosa"}));  // one number counts nothing
}

TEST_CASE("a first row without a value over any number may be a header or data") {
  CHECK(message_of([] {
          header({"?", "setosa"}, {"1", "setosa"});
        }) ==
        "a.csv:1: expected a header or a row of numbers (the options header and skip settle it), found '?' "
        "over a number");
  for (const char* mark : {"", "?", "NA", "N/A", "null", "-"}) {
    CHECK_THROWS_AS(header({mark, mark, "setosa"}, {"1", "5", "setosa"}), FileError);
    CHECK_FALSE(header({mark, "4", "setosa"}, {"1", "5", "setosa"}));  // beside a number it is data
    CHECK(header({mark, "x", "class"}, {"1", "5", "setosa"}));
  }
}

TEST_CASE("naming a column asks for a header, \"last\" does not") {
  const Fields numbers{"4", "5"};
  CHECK(header(numbers, numbers, {.label = "5"}));
  CHECK(header(numbers, numbers, {.target = {0, "5"}}));
  CHECK(header(numbers, numbers, {.ignore = "5"}));
  CHECK_FALSE(header(numbers, numbers, {.label = "last"}));
  CHECK_FALSE(header(numbers, numbers, {.label = 1}));
}

TEST_CASE("numbers over numbers beside a word that heads columns may be names") {
  CHECK(
      message_of([] {
        header({"0", "label"}, {"1.5", "a"});
      }) ==
      "a.csv:1: expected a header or a row of numbers (the options header and skip settle it), found numbers "
      "beside 'label'");
  CHECK_THROWS_AS(header({"900.5", "902.1", "904.3", "class"}, {"0.12", "0.13", "0.14", "apple"}), FileError);
  CHECK_FALSE(header({"5.5", "apple"}, {"1.5", "pear"}));
  CHECK_FALSE(header({"5.5", "class"}, {"1.5", "class"}));  // a class of that name
  CHECK(header({"0", "label"}, {"1.5", "a"}, {.header = CsvHeader::yes}));
}

TEST_CASE("a single 0 over a number with decimals may be a name") {
  CHECK_THROWS_AS(header({"0"}, {"1.5"}), FileError);
  CHECK_FALSE(header({"0"}, {"1"}));
  CHECK_FALSE(header({"0.5"}, {"1.5"}));
}

TEST_CASE("numbers and gaps are those of the options") {
  CHECK_FALSE(header({"1,5", "2"}, {"2,5", "3"}, {.decimal = ','}));
  CHECK(header({"a", "b"}, {"2,5", "3,5"}, {.decimal = ','}));
  CHECK_FALSE(header({"gone", "2"}, {"2.5", "3"}, {.missing = {"gone"}}));
}
