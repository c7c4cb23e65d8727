// SPDX-License-Identifier: MIT
#include "espalier/data/csv_problems.hpp"

#include "espalier/data/csv.hpp"
#include "support.hpp"

using namespace espalier;
using detail::CsvColumn;
using detail::CsvRole;

namespace {

struct Table {
  CsvOptions options;
  std::vector<std::string_view> names{"a", "b", "c"};
  detail::CsvLayout layout{CsvOptions{}, names, 3, "t"};

  std::string message(const std::vector<const CsvColumn*>& columns) const {
    detail::CsvProblems problems(layout, options, 10, "t");
    for (const CsvColumn* column : columns) problems.look(*column);
    return message_of([&] { problems.refuse(2); });
  }
};

}  // namespace

TEST_CASE("a single field is named with its line, several with their counts") {
  CsvColumn a{.place = 0, .role = CsvRole::feature}, b{.place = 1, .role = CsvRole::target};
  a.add_gap("NA", 7);
  CHECK(Table().message({&a, &b}) ==
        "t:7, column 1 of 3 (a): expected a number (the option gaps fills gaps or drops their rows; ignore "
        "leaves out "
        "columns), found 'NA'");
  b.add_text("x", 3);
  b.add_text("y", 4);
  b.add_text("x", 5);
  const std::string both = Table().message({&a, &b});
  CHECK(both.find("\n  column 1 of 3 (a): gaps in 1 of 10 rows, the first in line 7: 'NA'\n  column 2 of 3 "
                  "(b), a target: text in "
                  "3 of 10 rows (2 different), the first in line 3: 'x'") != both.npos);
}

TEST_CASE("what the options read is no problem") {
  CsvColumn a{.place = 0, .role = CsvRole::feature}, y{.place = 1, .role = CsvRole::label, .text = true};
  a.add_gap("", 2);
  y.add_gap("", 3);
  const Table table{.options = {.gaps = Gaps::drop}};
  detail::CsvProblems problems(table.layout, table.options, 10, "t");
  problems.look(a);
  problems.look(y);
  CHECK_NOTHROW(problems.refuse(2));
  CHECK(Table{.options = {.gaps = Gaps::mean}}.message({&a, &y}) ==
        "t:3, column 2 of 3 (b): expected a label (the option drop_unlabeled leaves out rows without a label "
        "or "
        "target), found an empty field");
}

TEST_CASE("a column of gaps alone cannot be filled") {
  CsvColumn a{.place = 0, .role = CsvRole::feature};
  for (std::size_t line = 1; line <= 10; ++line) a.add_gap("", line);
  CHECK(Table{.options = {.gaps = Gaps::mean}}.message({&a}).ends_with(
      "\n  column 1 of 3 (a): a gap in every row: nothing to fill them with"));
}

TEST_CASE("texts in the first row alone may be units") {
  CsvColumn a{.place = 0, .role = CsvRole::feature}, b{.place = 1, .role = CsvRole::feature};
  a.add_text("s", 2);
  b.add_text("m", 2);
  CHECK(Table().message({&a, &b}).find("units skips a row of units") != std::string::npos);
  b.add_text("m", 3);
  CHECK(Table().message({&a, &b}).find("units") == std::string::npos);
}

TEST_CASE("a message ends at some time") {
  std::string names, gaps;
  for (int k = 0; k < 300; ++k) names += "a" + std::to_string(k) + ",", gaps += ",";
  const std::string message = message_of([&] { parse_csv(names + "y\n" + gaps + "1\n", {.label = "y"}); });
  CHECK(message.find("found 300 columns with other fields") != message.npos);
  CHECK(message.find("(a99)") != message.npos);
  CHECK(message.find("(a100)") == message.npos);
  CHECK(message.ends_with("\n  and others"));
}

TEST_CASE("the message about a column of dates names the option that reads them") {
  const auto message = [](const char* text, const CsvOptions& options) {
    return message_of([&] { parse_csv(text, options); });
  };
  const char* const iso = "Month,y\n1949-01,112\n1949-02,118\n";
  CHECK(message(iso, {.target = "y"}) ==
        "csv text: expected numbers without gaps in the columns that are read (the option dates reads dates "
        "and "
        "times; text = Text::one_hot reads texts; ignore leaves out columns), found a column with other "
        "fields\n  "
        "column 1 of 2 (Month): text in 2 of 2 rows (2 different), the first in line 2: '1949-01'");
  const std::string many = message(iso, {.target = "y", .text = Text::one_hot, .max_categories = 1});
  CHECK(many.find("(the option dates reads dates and times; max_categories, 1, is the most") != many.npos);
  const std::string european = message("t,y\n31/12/2024,1\n1.1.2025 12:30,2\n", {.target = "y"});
  CHECK(
      european.find("dates reads dates and times; date_order tells whether the day or the month is first") !=
      european.npos);
  CHECK(message("t,y\n1-01,1\n1-02,2\n", {.target = "y"}).find("dates") == std::string::npos);
  const Dataset first = parse_csv("t,y\n5,1\n6,2\n", {.target = "y"});
  CHECK(message_of([&] { parse_csv("t\n2024-01-01\n", first.preparation); }).find("option dates") ==
        std::string::npos);
}
