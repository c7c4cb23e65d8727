// SPDX-License-Identifier: MIT
#include "espalier/data/csv_reader.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

using Rows = std::vector<std::vector<std::string>>;

/// The names, or none, and the rows behind them.
Rows read(std::string_view text, const CsvOptions& options = {}) {
  detail::CsvSource source(std::string(text), "a.csv");
  detail::CsvReader reader(source, options);
  Rows rows{reader.names()};
  for (int pass = 0; pass < 2; ++pass) {  // the second sees the same
    rows.resize(1);
    reader.start();
    while (reader.next()) rows.emplace_back(reader.fields().begin(), reader.fields().end());
  }
  return rows;
}

}  // namespace

TEST_CASE("rows follow their header, or begin at once") {
  CHECK(read("a,b\n1,2\n3,4\n") == Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}});
  CHECK(read("5,2\n3,4\n") == Rows{{}, {"5", "2"}, {"3", "4"}});
  CHECK(read("x\ny\na,b\n1,2\n", {.skip = 2}) == Rows{{"a", "b"}, {"1", "2"}});
}

TEST_CASE("a header is told from the second sample where the first has gaps") {
  CHECK(read("a,b\n,\n?,NA\n1,2\n") == Rows{{"a", "b"}, {"?", "NA"}, {"1", "2"}});
}

TEST_CASE("Excel's line names the separator") {
  CHECK(read("sep=;\na;b\n1;2\n") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(read("\xEF\xBB\xBF\"sep=;\"\r\na;b\r\n1;2\r\n") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(read("sep=\t\na\tb\n1\t2\n", {.skip = 1}) == Rows{{"a", "b"}, {"1", "2"}});
}

TEST_CASE("comments are skipped, but for the header that np.savetxt writes") {
  CHECK(read("# made by hand\n5,2\n#\n3,4\n", {.comment = '#'}) == Rows{{}, {"5", "2"}, {"3", "4"}});
  CHECK(read("# made by hand\n# a,b\n1,2\n", {.comment = '#'}) == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(read("# a b\n1 2\n3 4\n", {.separator = ' ', .comment = '#'}) ==
        Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}});
  CHECK(read("# a,b\n1,2\n", {.header = CsvHeader::no, .comment = '#'}) == Rows{{}, {"1", "2"}});
  CHECK(read("# a,b\n1,2\n") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(read("# a b\n1 2\n3 4\n", {.separator = ' '}) == Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}});
}

TEST_CASE("a row of units is skipped by option, and suspected without") {
  CHECK(read("t,v\ns,m/s\n1,2\n", {.units = true}) == Rows{{"t", "v"}, {"1", "2"}});
  CHECK(message_of([] { read("t,v\ns,m/s\n1,2\n"); }) ==
        "a.csv:1: expected a header over numbers, or rows of numbers (the options header and skip settle it, "
        "units "
        "skips a row of units under the header), found two rows of text over numbers");
}

TEST_CASE("a header alone is not taken for a sample") {
  CHECK(message_of([] { read("a,b,c\n"); }) ==
        "a.csv:1: expected a header and rows under it, or rows of numbers, found one row of text that begins "
        "with "
        "'a'");
  CHECK(message_of([] { read("a,b\n", {.header = CsvHeader::yes}); }) ==
        "a.csv: expected a row after the header, found none");
  CHECK_THROWS_AS(read("t,v\ns,m\n", {.header = CsvHeader::yes, .units = true}), FileError);
}

TEST_CASE("separators too many at the ends of lines are read by option") {
  const CsvOptions options{.trailing_separators = true};
  CHECK(read("a,b\n1,2,\n3,4,,\n5,6\n", options) == Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}, {"5", "6"}});
  CHECK(read("a,b,\n1,2\n3,4,\n", options) == Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}});
  CHECK_THROWS_AS(read("a,b\n1,2,3\n", options), FileError);
  CHECK(message_of([] { read("a,b\n1,2,\n"); }) ==
        "a.csv:2: expected 2 fields as in the first row (the option trailing_separators reads separators too "
        "many), "
        "found 3");
}

TEST_CASE("rows of separators alone are skipped and counted") {
  CHECK(read("a,b\n1,2\n,\n3,4\n,\n,\n") == Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}});
  detail::CsvSource source("5,2\n,\n3,4\n", "a.csv");
  detail::CsvReader reader(source, {});
  reader.start();
  while (reader.next()) {
  }
  CHECK(reader.empty_rows() == 1);
}

TEST_CASE("R's header has no name over the names of rows, or over their numbers") {
  CHECK(read("mpg cyl\nMazda 21 6\nDatsun 22 4\n", {.separator = ' '})[0] ==
        std::vector<std::string>{"", "mpg", "cyl"});
  CHECK(read("x,y\n1,21,6\n2,22,4\n")[0] == std::vector<std::string>{"", "x", "y"});
  CHECK_THROWS_AS(read("x,y\n4,21,6\n2,22,4\n"), FileError);
}
