// SPDX-License-Identifier: MIT
#include "espalier/data/csv_records.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string_view text, char separator = ',') {
  detail::CsvRecords records(std::string(text), separator, "a.csv");
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
  detail::CsvRecords records("\na,\"b\n\nc\"\r\n\rd\n", ',', "a.csv");
  REQUIRE(records.next());
  CHECK(records.line() == 2);
  REQUIRE(records.next());
  CHECK(records.line() == 6);
  CHECK(records.where() == "a.csv:6");
  CHECK_FALSE(records.next());
}

TEST_CASE("lines inside quotes count, whatever ends them") {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    detail::CsvRecords records(fmt::format("\"a{0}b{0}\"{0}c", end), ',', "a.csv");
    REQUIRE(records.next());
    REQUIRE(records.next());
    CHECK(records.line() == 4);
  }
}

TEST_CASE("a line can be skipped, whatever it holds") {
  detail::CsvRecords records("\"un,balanced\r\na\nb", ',', "a.csv");
  records.skip_line();
  REQUIRE(records.next());
  CHECK(records.fields().size() == 1);
  CHECK(records.line() == 2);
  for (int k = 0; k < 5; ++k) records.skip_line();
  CHECK_FALSE(records.next());
}

TEST_CASE("quotes that do not enclose a field are refused with the line") {
  for (const char* text : {"a\n1,\"b", "a\n\"b\"c,1", "a\nb\"c\",1", "a\n\"b\"\"", "a\n\"b\" \"c\""})
    CHECK_THROWS_AS(rows_of(text), FileError);
  for (const char* text : {"a\n\"b\"c", "a\nb\"c\" d"}) CHECK_THROWS_AS(rows_of(text, ' '), FileError);
  CHECK(message_of([] { rows_of("a\n1,\"b\n"); }) ==
        "a.csv:2: expected a closing quote, found the end of the text");
  CHECK(message_of([] { rows_of("a\n\"b\"c,1\n"); }) ==
        "a.csv:2: expected a separator or the end of the line after a quoted field, found 'c,1'");
}
