// SPDX-License-Identifier: MIT
#include "espalier/data/csv_layout.hpp"

#include <clocale>

#include "support.hpp"

using namespace espalier;

namespace {

using Fields = std::vector<std::string_view>;
using Pointers = std::vector<std::size_t>;

template <Scalar S>
std::string read(std::string_view text) {
  S value = 0;
  const std::string_view expected = detail::read_number(text, value);
  return expected.empty() ? fmt::format("{}", value) : fmt::format("not {}", expected);
}

bool header(const Fields& first, const Fields& second, const CsvOptions& options = {}) {
  return detail::has_header(options, first, second, "a.csv:1");
}

detail::CsvLayout layout(const CsvOptions& options, const Fields& names = {"a", "b", "c", "d"}) {
  return {options, names, names.size(), "a.csv:1"};
}

}  // namespace

TEMPLATE_TEST_CASE("numbers are read as written, rounded once", "", float, double) {
  CHECK(read<TestType>("0") == "0");
  CHECK(read<TestType>("-1.5e3") == "-1500");
  CHECK(read<TestType>("+2") == "2");
  CHECK(read<TestType>(".5") == "0.5");
  CHECK(read<TestType>("5.") == "5");
  CHECK(read<TestType>("007") == "7");
  CHECK(read<TestType>("0.1") == fmt::format("{}", TestType(0.1)));
}

TEST_CASE("what is too small for the precision is rounded, what is too large is refused") {
  CHECK(read<float>("1e-60") == "0");
  CHECK(read<float>("-1e-42") == fmt::format("{}", -1e-42f));
  CHECK(read<float>("1e39") == "not a number within the range of its precision");
  CHECK(read<double>("1e39") == "1e+39");
  CHECK(read<double>("1e-400") == "0");
  CHECK(read<float>("1e-400") == "0");
  CHECK(read<double>("3e-310") == "3e-310");
  CHECK(read<double>("0." + std::string(400, '0') + "1") == "0");
  CHECK(read<double>("1" + std::string(400, '0') + "e-10") ==
        "not a number within the range of its precision");
  CHECK(read<double>("-1e999") == "not a number within the range of its precision");
}

TEST_CASE("text, half numbers and what is not finite are no numbers") {
  for (const char* text :
       {"", " ", "a", "1a", "1 2", "1,5", "0x10", "1e", "--1", "+-1", "++1", "+", "-", ".", "1_000", "?"})
    CHECK(read<double>(text) == "not a number");
  for (const char* text : {"nan", "NaN", "-nan", "inf", "-Infinity", "+inf"})
    CHECK(read<double>(text) == "not a finite number");
}

TEST_CASE("numbers do not depend on the locale") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "C"})
    if (std::setlocale(LC_ALL, name)) break;
  const std::string found = read<float>("1.5");
  std::setlocale(LC_ALL, before.c_str());
  CHECK(found == "1.5");
}

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
  CHECK_THROWS_AS(header({"1", "?", "2"}, {"1", "2", "3"}), FileError);
  CHECK_THROWS_AS(header({"0", "1", "class"}, {"1", "2", "3"}), FileError);
  CHECK(header({"0", "1", "class"}, {"1", "2", "3"}, {.header = CsvHeader::yes}));
  CHECK_FALSE(header({"0", "1", "class"}, {"1", "2", "3"}, {.header = CsvHeader::no}));
}

TEST_CASE("numbers that count the columns may be names or data") {
  CHECK(message_of([] {
          header({"0", "1", "2"}, {"0.5", "0.25", "0"});
        }) ==
        "a.csv:1: expected a header or a row of numbers (the options header and skip rescale_until_feasible "
        "it), found numbers "
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
        "a.csv:1: expected a header or a row of numbers (the options header and skip rescale_until_feasible "
        "it), "
        "found '?' over a number");
  for (const char* mark : {"", "?", "NA", "N/A", "null", "-"}) {
    CHECK_THROWS_AS(header({mark, mark, "setosa"}, {"1", "5", "setosa"}), FileError);
    CHECK_THROWS_AS(header({mark, "4", "setosa"}, {"1", "5", "setosa"}), FileError);
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

TEST_CASE("columns that are not named are features, in the order of the file") {
  const detail::CsvLayout some = layout({.target = {"d", 0}, .ignore = -2});
  CHECK(some.targets == Pointers{3, 0});
  CHECK(some.features == Pointers{1});
  CHECK_FALSE(some.label);
  CHECK(some.feature_names() == std::vector<std::string>{"b"});
  CHECK(layout({}).features == Pointers{0, 1, 2, 3});
  CHECK(layout({.label = "last"}).label == 3U);
  CHECK(layout({.label = -4}).label == 0U);
}

TEST_CASE("messages count columns from 1 and name them") {
  CHECK(layout({}).column(1) == "column 2 of 4 (b)");
  CHECK(detail::CsvLayout({}, {}, 4, "a.csv:1").column(3) == "column 4 of 4");
}

TEST_CASE("a column that is not there, or there twice, is refused") {
  CHECK_THROWS_AS(layout({.label = "e"}), FileError);
  CHECK_THROWS_AS(layout({.label = 4}), FileError);
  CHECK_THROWS_AS(layout({.label = -5}), FileError);
  CHECK_THROWS_AS(layout({.label = "b"}, {"a", "b", "b"}), FileError);
  CHECK(layout({.label = "a"}, {"a", "b", "b"}).label == 0U);
  CHECK(message_of([] { layout({.label = "e"}); }) == "a.csv:1: expected one column 'e', found 'a, b, c, d'");
  CHECK(message_of([] { detail::CsvLayout({.label = "e"}, {}, 4, "a.csv:1"); }) ==
        "a.csv:1: expected one column 'e', found 'no header'");
  CHECK(message_of([] { layout({.label = 4}); }) ==
        "a.csv:1: expected a column from 0 to 3, or from -1 for the last, found 4");
}

TEST_CASE("\"last\" is refused where another column has that name") {
  CHECK(layout({.label = "last"}, {"a", "last"}).label == 1U);
  CHECK_THROWS_AS(layout({.label = "last"}, {"last", "a"}), FileError);
  CHECK_THROWS_AS(layout({.label = "last"}, {"last", "last"}), FileError);
}

TEST_CASE("a column has one role, and one feature must be left") {
  CHECK_THROWS_AS(layout({.label = 1, .ignore = "b"}), FileError);
  CHECK_THROWS_AS(layout({.target = {"b", 1}}), FileError);
  CHECK(message_of([] {
          layout({.label = 0}, {"1;2;0"});  // of a file with another separator
        }) ==
        "a.csv:1: expected a column of features beside the named ones, found 1 in all (fields end at the "
        "option separator, ',')");
}
