// SPDX-License-Identifier: MIT
#include "espalier/data/csv_number.hpp"

#include <clocale>

#include "support.hpp"

using namespace espalier;

namespace {

template <Scalar S>
std::string read(std::string_view text, const CsvOptions& options = {}) {
  S value = 0;
  const std::string_view expected = detail::CsvNumbers(options).read(text, value);
  return expected.empty() ? fmt::format("{}", value) : fmt::format("not {}", expected);
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

TEST_CASE("a decimal comma and marks of thousands are read where the options say so") {
  CHECK(read<double>("1,5") == "not a number");
  CHECK(read<double>("1,5", {.decimal = ','}) == "1.5");
  CHECK(read<double>("-,5e1", {.decimal = ','}) == "-5");
  CHECK(read<double>("1.5", {.decimal = ','}) == "not a number");
  CHECK(read<double>("1.234.567,5", {.decimal = ',', .thousands = '.'}) == "1234567.5");
  for (const char mark : {',', ' ', '\'', '_'}) {
    const CsvOptions options{.thousands = mark};
    CHECK(read<double>(fmt::format("1{0}234", mark), options) == "1234");
    CHECK(read<double>(fmt::format("-12{0}345{0}678.25", mark), options) == "-12345678.25");
    CHECK(read<double>("1234.5", options) == "1234.5");
    for (const char* pattern :
         {"1{0}2", "1{0}23", "1234{0}567", "1{0}{0}234", "{0}123", "1{0}234{0}5", "1{0}2345", "1{0}"})
      CHECK(read<double>(fmt::format(fmt::runtime(pattern), mark), options) == "not a number");
  }
}

TEST_CASE("gaps are marked as pandas and people mark them, and as the options say") {
  const detail::CsvNumbers usual(CsvOptions{}), none(CsvOptions{.missing = {"-9"}, .usual_marks = false});
  for (const char* mark : {"", "?", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "NuLL", "None", "<NA>",
                           "#N/A", "-", "--", ".", "-nan", "1.#QNAN"}) {
    CHECK(usual.is_gap(mark));
    CHECK_FALSE(none.is_gap(mark));
  }
  for (const char* text : {"0", "Na", "none of these", "x", "nulls", "inf"}) CHECK_FALSE(usual.is_gap(text));
  CHECK(none.is_gap("-9"));
}
