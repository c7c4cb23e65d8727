// SPDX-License-Identifier: MIT
#include "espalier/data/csv_classes.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

using Names = std::vector<std::string>;

detail::CsvClasses seen(const Names& texts) {
  detail::CsvClasses classes;
  std::size_t line = 1;
  for (const std::string& text : texts) classes.number_of(text, line++);
  return classes;
}

}  // namespace

TEST_CASE("texts are numbered as they come, each with the line where it was first") {
  detail::CsvClasses classes;
  CHECK(classes.number_of("b", 4) == 0);
  CHECK(classes.number_of("a", 5) == 1);
  CHECK(classes.number_of("b", 6) == 0);
  CHECK(classes.size() == 2);
  CHECK(classes.text(1) == "a");
  CHECK(classes.line(0) == 4);
}

TEST_CASE("classes are in the order of numbers, or of text") {
  Names names;
  CHECK(seen({"10", "9.0", "-1"}).arrange(names) == std::vector<int>{2, 1, 0});
  CHECK(names == Names{"-1", "9", "10"});
  names.clear();
  CHECK(seen({"b", "a", "10"}).arrange(names) == std::vector<int>{2, 1, 0});
  CHECK(names == Names{"10", "a", "b"});
}

TEST_CASE("a text that is no class has the number -1") {
  Names names{"1", "2"};
  CHECK(seen({"2.0", "3", "1"}).arrange(names) == std::vector<int>{1, -1, 0});
  Names twice{"a", "a"};
  CHECK_THROWS_AS(seen({"a"}).arrange(twice), ValueError);
}

TEST_CASE("what else is in a file does not change the class of a text") {
  Names names{"1", "2"};
  CHECK(seen({"2.0", "x", "1", "nan"}).arrange(names) == std::vector<int>{1, -1, 0, -1});
  Names mixed{"1", "x"};
  CHECK(seen({"1.0", "1"}).arrange(mixed) == std::vector<int>{-1, 0});
}

TEST_CASE("many different numbers are quantities if they have decimals or hardly one comes twice") {
  Names decimals, whole;
  for (int k = 0; k < 21; ++k) decimals.push_back(fmt::format("{}.5", k)), whole.push_back(std::to_string(k));
  CHECK(seen(decimals).are_quantities(1000));
  CHECK_FALSE(seen(whole).are_quantities(1000));
  CHECK(seen(whole).are_quantities(41));
  CHECK_FALSE(seen(whole).are_quantities(42));
  decimals.pop_back();
  CHECK_FALSE(seen(decimals).are_quantities(20));
  whole.push_back("x");
  CHECK_FALSE(seen(whole).are_quantities(22));
}
