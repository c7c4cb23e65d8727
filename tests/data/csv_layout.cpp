// SPDX-License-Identifier: MIT
#include "espalier/data/csv_layout.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

using Fields = std::vector<std::string_view>;
using Pointers = std::vector<std::size_t>;

detail::CsvLayout layout(const CsvOptions& options, const Fields& names = {"a", "b", "c", "d"}) {
  return {options, names, names.size(), "a.csv:1"};
}

}  // namespace

TEST_CASE("columns that are not named are features, in the order of the file") {
  const detail::CsvLayout some = layout({.target = {"d", 0}, .ignore = -2});
  CHECK(some.targets == Pointers{3, 0});
  CHECK(some.features == Pointers{1});
  CHECK_FALSE(some.label);
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

TEST_CASE("all columns may have a role, if one of them is to be learned") {
  CHECK(layout({.label = 0}, {"y"}).features.empty());
  CHECK(layout({.target = 1, .ignore = 0}, {"id", "y"}).targets == Pointers{1});
  CHECK_THROWS_AS(layout({.ignore = 0}, {"y"}), FileError);
}

TEST_CASE("a name that is not there because the separator is another gets a hint") {
  CHECK(message_of([] { layout({.label = "y"}, {"age;job;y"}); }) ==
        "a.csv:1: expected one column 'y', found 'age;job;y': one column, is the option separator ';'?");
}

TEST_CASE("columns are found by name among very many") {
  std::vector<std::string> names;
  for (int k = 0; k < 200'000; ++k) names.push_back("c" + std::to_string(k));
  const Fields views(names.begin(), names.end());
  CHECK(layout({.label = "c199999"}, views).label == 199'999U);
  Preparation preparation{.width = 200'000, .by_name = true};
  for (int k = 200'000; k-- > 0;) preparation.columns.push_back({names[static_cast<std::size_t>(k)], k});
  CHECK(detail::CsvLayout(views, views.size(), "a.csv:1", preparation).features.front() == 199'999U);
}

TEST_CASE("dates are features, and no categories") {
  CHECK(layout({.dates = {"c", 0}}).dates == Pointers{2, 0});
  CHECK(message_of([] { layout({.target = "b", .dates = "b"}); }) ==
        "a.csv:1: expected dates that are features, and no categories, found column 2 of 4 (b)");
  CHECK_THROWS_AS(layout({.categories = "b", .dates = 1}), FileError);
  CHECK_THROWS_AS(layout({.dates = 1, .ignore = "b"}), FileError);
  CHECK_THROWS_AS(layout({.dates = "e"}), FileError);
}
