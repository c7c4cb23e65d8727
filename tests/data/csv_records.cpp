// SPDX-License-Identifier: MIT
#include "espalier/data/csv_records.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string_view text, char separator = ',', char comment = '\0') {
  detail::CsvSource source(std::string(text), "a.csv");
  detail::CsvRecords records(source, separator, comment);
  Rows rows;
  while (records.next()) rows.emplace_back(records.fields().begin(), records.fields().end());
  return rows;
}

}  // namespace

TEST_CASE("records end with LF, CRLF, CR or the text") {
  const Rows rows{{"a", "b"}, {"c", "d"}};
  for (const char* text :
       {"a,b\nc,d\n", "a,b\nc,d", "a,b\r\nc,d\r\n", "a,b\r\nc,d", "a,b\rc,d\r", "a,b\rc,d"})
    CHECK(rows_of(text) == rows);
}

TEST_CASE("blank lines and a byte order mark are no data") {
  CHECK(rows_of("\xEF\xBB\xBF"
                "a,b\n\n \t\r\nc,d\n\n\n  ") == Rows{{"a", "b"}, {"c", "d"}});
  CHECK(rows_of("").empty());
  CHECK(rows_of("\xEF\xBB\xBF").empty());
  CHECK(rows_of("\n\r\n \n").empty());
}

TEST_CASE("fields may be empty") {
  CHECK(rows_of("a,,b\n,\n\"\"") == Rows{{"a", "", "b"}, {"", ""}, {""}});
  CHECK(rows_of(",a,") == Rows{{"", "a", ""}});
}

TEST_CASE("quoted fields hold separators, line ends, quotes and blanks") {
  CHECK(rows_of("\"a,b\",\"c\r\nd\"\n\"say \"\"hi\"\"\",\" e \"\n") ==
        Rows{{"a,b", "c\r\nd"}, {"say \"hi\"", " e "}});
  CHECK(rows_of("\"\"\"\",\"\"\"\"\"\"") == Rows{{"\"", "\"\""}});
}

TEST_CASE("blanks around a field are no part of it") {
  CHECK(rows_of(" a b ,\tc , \"d\" \n") == Rows{{"a b", "c", "d"}});
}

TEST_CASE("other separators are possible, a tab among them") {
  CHECK(rows_of("a;b,c;d", ';') == Rows{{"a", "b,c", "d"}});
  CHECK(rows_of("a\tb c\t\n\t\n", '\t') == Rows{{"a", "b c", ""}, {"", ""}});
}

TEST_CASE("the separator ' ' stands for any run of blanks") {
  CHECK(rows_of("  a  b\tc \n\"d e\" f g\n \n", ' ') == Rows{{"a", "b", "c"}, {"d e", "f", "g"}});
}

TEST_CASE("each record knows the line it starts on") {
  detail::CsvSource source("\na,\"b\n\nc\"\r\n\rd\n", "a.csv");
  detail::CsvRecords records(source, ',');
  REQUIRE(records.next());
  CHECK(records.line() == 2);
  REQUIRE(records.next());
  CHECK(records.line() == 6);
  CHECK(records.where() == "a.csv:6");
  CHECK_FALSE(records.next());
}

TEST_CASE("lines inside quotes count, whatever ends them") {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    detail::CsvSource source(fmt::format("\"a{0}b{0}\"{0}c", end), "a.csv");
    detail::CsvRecords records(source, ',');
    REQUIRE(records.next());
    REQUIRE(records.next());
    CHECK(records.line() == 4);
  }
}

TEST_CASE("a line can be skipped, whatever it holds") {
  detail::CsvSource source("\"un,balanced\r\na\nb", "a.csv");
  detail::CsvRecords records(source, ',');
  records.skip_line();
  REQUIRE(records.next());
  CHECK(records.fields().size() == 1);
  CHECK(records.line() == 2);
  for (int k = 0; k < 5; ++k) records.skip_line();
  CHECK_FALSE(records.next());
}

TEST_CASE("quotes that do not enclose a field are refused with the line") {
  for (const char* text : {"a\n1,\"b", "a\n\"b\"c,1", "a\n\"b\"\"", "a\n\"b\" \"c\""})
    CHECK_THROWS_AS(rows_of(text), FileError);
  CHECK_THROWS_AS(rows_of("a\n\"b\"c", ' '), FileError);
  CHECK(message_of([] { rows_of("a\n1,\"b\n"); }) ==
        "a.csv:2: expected a closing quote, found the end of the text");
  CHECK(message_of([] { rows_of("a\n\"b\"c,1\n"); }) ==
        "a.csv:2: expected a separator or the end of the line after a quoted field, found 'c,1'");
}

TEST_CASE("a quote behind the beginning of a field is a character") {
  CHECK(rows_of("1,5'11\",0\n2,37\xC2\xB0 8\"N,1\n") ==
        Rows{{"1", "5'11\"", "0"}, {"2", "37\xC2\xB0 8\"N", "1"}});
  CHECK(rows_of("b\"c\",1") == Rows{{"b\"c\"", "1"}});
  CHECK(rows_of("b\"c d\"e", ' ') == Rows{{"b\"c", "d\"e"}});
}

TEST_CASE("lines of comments are skipped, the last one is known") {
  CHECK(rows_of("# one\na,b\n  # \"two\nc,#d\n#", ',', '#') == Rows{{"a", "b"}, {"c", "#d"}});
  CHECK(rows_of("# one\na\n") == Rows{{"# one"}, {"a"}});
  detail::CsvSource source("# a,b\r\n1,2", "a.csv");
  detail::CsvRecords records(source, ',', '#');
  REQUIRE(records.next());
  CHECK(records.comment_line() == "# a,b");
  CHECK(records.line() == 2);
}

TEST_CASE("a text of many pieces is cut as one of few is") {
  // Pieces are of 2^17 bytes: records of 1 to 400 bytes put every kind of character at a border of them.
  std::string text;
  Rows rows;
  for (int k = 0; text.size() < (1 << 20); ++k) {
    const std::string field(static_cast<std::size_t>(k % 97), static_cast<char>('a' + k % 26));
    rows.push_back({field + "x", "say \"" + field + "\"\r\n", "", std::to_string(k)});
    text += fmt::format("{0}x , \"say \"\"{0}\"\"\r\n\",,{1}{2}", field, k,
                        k % 3   ? "\n"
                        : k % 2 ? "\r\n"
                                : "\r");
  }
  const Rows found = rows_of(text);
  REQUIRE(found.size() == rows.size());
  CHECK(found == rows);
  detail::CsvSource source(text, "a.csv");
  detail::CsvRecords records(source, ',');
  std::size_t wrong = 0;
  for (std::size_t line = 1; records.next(); line += 2) wrong += records.line() != line;
  CHECK(wrong == 0);
}

TEST_CASE("the line of a record is known where a piece ends between CR and LF") {
  for (std::size_t before = (1 << 17) - 8; before < (1 << 17) + 8; ++before) {
    CAPTURE(before);
    detail::CsvSource source(std::string(before, 'x') + ",1\r\na,2\r\n", "a.csv");
    detail::CsvRecords records(source, ',');
    REQUIRE((records.next() && records.next()));
    CHECK(records.line() == 2);
  }
}

TEST_CASE("a record longer than a piece is read, and its line known") {
  const std::string long_field(300'000, 'x');
  detail::CsvSource source("a,\"" + long_field + "\n" + long_field + "\"\nb,c\n", "a.csv");
  detail::CsvRecords records(source, ',');
  REQUIRE(records.next());
  CHECK(records.fields()[1].size() == 600'001);
  REQUIRE(records.next());
  CHECK(records.line() == 3);
}

TEST_CASE("skipping a line costs what it is long, not what follows it") {
  // 2 million lines, of which a quarter are skipped: a second where each skip looked at the rest took
  // minutes.
  std::string text;
  for (int k = 0; k < 2'000'000; ++k) text += "1\n";
  detail::CsvSource source(std::move(text), "a.csv");
  detail::CsvRecords records(source, ',');
  for (int k = 0; k < 500'000; ++k) records.skip_line();
  REQUIRE(records.next());
  CHECK(records.line() == 500'001);
}
