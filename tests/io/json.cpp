// SPDX-License-Identifier: MIT
#include "espalier/io/json.hpp"

#include <vector>

#include "support.hpp"

using namespace espalier;

namespace {

std::string string_of(std::string_view text) {
  detail::JsonReader reader(text, "a");
  std::string result = reader.string();
  reader.end();
  return result;
}
std::uint64_t whole_of(std::string_view text) {
  detail::JsonReader reader(text, "a");
  const std::uint64_t result = reader.whole();
  reader.end();
  return result;
}

}  // namespace

TEST_CASE("objects, arrays, strings and whole numbers are read, with blanks between") {
  const std::string text = " {\"a\" : [1 , 2,\t3],\r\n\"b\":[],\"c\":{},\"\":{\"d\":\"e\"}} ";
  detail::JsonReader reader(text, "file");
  std::string read;
  reader.object([&](const std::string& name) {
    read += name + "=";
    if (name == "a" || name == "b") reader.array([&] { read += std::to_string(reader.whole()) + ";"; });
    if (name == "c" || name.empty())
      reader.object([&](const std::string& key) { read += key + reader.string(); });
  });
  reader.end();
  CHECK(read == "a=1;2;3;b=c==de");
}

TEST_CASE("strings have the escapes of RFC 8259") {
  CHECK(string_of(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(string_of(R"("\u0041\u00e9\u20AC\ud83d\ude00")") == "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(string_of(R"("\u0000")") == std::string(1, '\0'));
  CHECK(string_of("\"\xC3\xA9\"") == "\xC3\xA9");
}

TEST_CASE("what is no string of JSON is refused") {
  const std::string_view texts[] = {"",
                                    "\"",
                                    "\"a",
                                    "a",
                                    "\"\\\"",
                                    "\"\\x\"",
                                    "\"\\u12\"",
                                    "\"\\u12g4\"",
                                    "\"\\ud800\"",
                                    "\"\\ud800\\u0041\"",
                                    "\"\\udc00\"",
                                    "\"\\ud800\\",
                                    "\"\n\"",
                                    "\"\x80\"",
                                    "\"\xC0\x80\"",
                                    "\"\xED\xA0\x80\"",
                                    "\"\xF5\x80\x80\x80\"",
                                    "\"\xE2\x82\"",
                                    "\"\xFF\"",
                                    "\"a\" b"};
  for (const std::string_view text : texts) {
    INFO(text);
    CHECK_THROWS_AS(string_of(text), FileError);
  }
}

TEST_CASE("whole numbers below 2^64 are read, and no others") {
  CHECK(whole_of("0") == 0);
  CHECK(whole_of("18446744073709551615") == UINT64_MAX);
  for (const std::string_view text : {"18446744073709551616", "99999999999999999999999", "-1", "1.0", "1e3",
                                      "01", "", "+1", "0x1", "true"}) {
    INFO(text);
    CHECK_THROWS_AS(whole_of(text), FileError);
  }
}

TEST_CASE("objects and arrays must be closed, without a comma too many") {
  for (const std::string_view text : {"[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "1]"}) {
    INFO(text);
    detail::JsonReader reader(text, "a");
    CHECK_THROWS_AS(reader.array([&] { reader.whole(); }), FileError);
  }
  for (const std::string_view text :
       {"{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "[]"}) {
    INFO(text);
    detail::JsonReader reader(text, "a");
    CHECK_THROWS_AS(reader.object([&](const std::string&) { reader.whole(); }), FileError);
  }
}

TEST_CASE("deep nesting is refused where something else is expected, without following it") {
  const std::string deep = "{\"a\":" + std::string(1'000'000, '[');
  detail::JsonReader reader(deep, "deep");
  CHECK(message_of(
            [&] { reader.object([&](const std::string&) { reader.array([&] { reader.whole(); }); }); }) ==
        "deep: expected a whole number >= 0 at byte 6 of the header, found "
        "'[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[...'");
}

TEST_CASE("a text is the same after it has been written and read") {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  all += "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  CHECK(string_of(detail::json_string(all)) == all);
  CHECK_THROWS_AS(detail::json_string("\xFF"), ValueError);
}
