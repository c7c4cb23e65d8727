// SPDX-License-Identifier: MIT
#include "espalier/data/csv_source.hpp"

#include "data/files.hpp"

using namespace espalier;
using namespace std::string_literals;

namespace {

std::string all_of(detail::CsvSource& source) {
  source.rewind();
  std::string text;
  while (source.more(text)) {
  }
  return text;
}

std::string refusal(std::string text, bool skips = false) {
  return message_of([&] { detail::CsvSource(std::move(text), "a.csv", skips); });
}

}  // namespace

TEST_CASE("text comes in pieces, from memory as from a file, and again") {
  std::string text;
  while (text.size() < 700'000) text += std::to_string(text.size()) + "\n";
  const TemporaryDirectory directory;
  detail::CsvSource memory(text, "text");
  detail::CsvSource file = detail::CsvSource::of_file(directory.write("a.csv", text), false);
  for (detail::CsvSource* source : {&memory, &file, &file}) {
    CHECK(all_of(*source) == text);
    std::string piece;
    source->rewind();
    CHECK(source->more(piece));
    CHECK(piece.size() < text.size());
  }
  CHECK(file.name().ends_with("a.csv"));
}

TEST_CASE("UTF-16 is read as UTF-8, with a byte order mark or without") {
  CHECK(detail::as_utf8("\xff\xfe"
                        "a\0,\0"s) ==
        "\xEF\xBB\xBF"
        "a,");
  CHECK(detail::as_utf8("\xfe\xff\0a\0,"s) ==
        "\xEF\xBB\xBF"
        "a,");
  CHECK(detail::as_utf8("1\0,\0"
                        "2\0\n\0"
                        "3\0,\0"
                        "4\0\n\0"s) == "1,2\n3,4\n");
  // U+00E9, U+20AC and U+1F600, as Python's encode("utf-16") writes them
  CHECK(detail::as_utf8(from_hex("fffee900ac203dd800de")) ==
        "\xEF\xBB\xBF"
        "\u00e9\u20ac\U0001F600");
  CHECK(detail::as_utf8(from_hex("fffe00d86100")) ==
        "\xEF\xBB\xBF"
        "\uFFFD"
        "a");                                                    // half a pair
  CHECK(detail::as_utf8(from_hex("fffe61")) == "\xEF\xBB\xBF");  // half a unit
  CHECK(detail::as_utf8("a,b\n") == "a,b\n");
  const TemporaryDirectory directory;
  detail::CsvSource file = detail::CsvSource::of_file(directory.write("a.csv",
                                                                      "\xff\xfe"
                                                                      "5\0\n\0"s),
                                                      false);
  CHECK(all_of(file) ==
        "\xEF\xBB\xBF"
        "5\n");
}

TEST_CASE("a file of another format is refused by its name") {
  CHECK(refusal("PK\3\4 xl/[Content_Types].xml") ==
        "a.csv: expected rows of text, one sample each, found an Excel workbook (.xlsx)");
  CHECK(refusal("BZh91AY&SY").ends_with("found bzip2 data"));
  CHECK(refusal("{\"a\": 1}").ends_with("found JSON"));
  CHECK(refusal("[{\"a\": 1}]").ends_with("found JSON"));
  CHECK(refusal("<!DOCTYPE html>").ends_with("found an HTML page"));
  CHECK(refusal("\x1f\x8b\x08 twice").ends_with("found gzip data"));
  const TemporaryDirectory directory;
  CHECK(message_of([&] {
          detail::CsvSource::of_file(directory.write("a", "%PDF-1.5"), false);
        }).ends_with("/a: expected rows of text, one sample each, found a PDF document"));
}

TEST_CASE("bytes that are no text are refused, single ones are the business of their field") {
  CHECK(refusal("\x7f"
                "ELF\x02\x01\x01\0\0\0"s)
            .ends_with("found a file that begins with the bytes 7f 45 4c 46 02 01 01 00"));
  CHECK_NOTHROW(detail::CsvSource("a,b\x1b,c,d,e\n", "a.csv"));
}

TEST_CASE("text before a table may be of any format, if it is skipped") {
  CHECK(refusal("@relation iris\n1,2\n").ends_with("found an ARFF file"));
  CHECK_NOTHROW(detail::CsvSource("@relation iris\n1,2\n", "a.csv", true));
  CHECK_NOTHROW(detail::CsvSource("{\"meta\": 1}\n1,2\n", "a.csv", true));
  CHECK(refusal("%PDF-1.5", true).ends_with("found a PDF document"));
}
