// SPDX-License-Identifier: MIT
#include "espalier/core/error.hpp"

#include "support.hpp"

using namespace espalier;

TEST_CASE("a message says where, what was expected and what was found") {
  CHECK(message_of([] { detail::fail("layer 2", "64 inputs", 63); }) ==
        "layer 2: expected 64 inputs, found 63");
  CHECK(message_of([] { detail::fail<FileError>("a.csv, row 3", "a number", "\"x\""); }) ==
        "a.csv, row 3: expected a number, found \"x\"");
  CHECK(message_of([] {
          detail::fail("fit", {"{} >= {}", {"epochs", 1}}, 0);
        }) == "fit: expected epochs >= 1, found 0");
  CHECK(message_of([] { detail::fail("fit", "{} as it stands", "{}"); }) ==
        "fit: expected {} as it stands, found {}");
  CHECK(message_of([] { detail::fail_shape("weight", "a matrix of {} x {}", 2, 3, 3, 2); }) ==
        "weight: expected a matrix of 2 x 3, found 3 x 2");
}

TEMPLATE_TEST_CASE("every kind of error is thrown as itself and caught as an Error", "", ShapeError,
                   ValueError, FileError, NotFiniteError) {
  CHECK_THROWS_AS(detail::fail<TestType>("", "", ""), TestType);
  CHECK_THROWS_AS(detail::fail<TestType>("", "", ""), Error);
  CHECK_THROWS_AS(detail::fail<TestType>("", "", ""), std::runtime_error);
}

TEST_CASE("a failure is a ValueError unless it is said to be another") {
  CHECK_THROWS_AS(detail::fail("", "", ""), ValueError);
}

TEST_CASE("A check of one's own says what the library's do, and nothing where its condition holds") {
  CHECK(message_of([] { expect(-1 >= 0, "FewInputs", "k >= 0", -1); }) ==
        "FewInputs: expected k >= 0, found -1");
  CHECK(message_of([] { expect(false, "scale", "a factor > 0", 0.25); }) ==
        "scale: expected a factor > 0, found 0.25");
  CHECK(message_of([] { expect(false, "names", "a text without {}", std::string("{}")); }) ==
        "names: expected a text without {}, found {}");
  CHECK_NOTHROW(expect(true, "FewInputs", "k >= 0", 1));
  CHECK_THROWS_AS(expect(false, "", "", ""), ValueError);
  CHECK_THROWS_AS(expect<ShapeError>(false, "", "", ""), ShapeError);
}

TEST_CASE("messages show no more than the beginning of a long text") {
  CHECK(detail::quoted_text("abc") == "'abc'");
  CHECK(detail::quoted_text(std::string(1000, 'x')).size() < 50);
}

TEST_CASE("text from a file stands on one line of a message, and no terminal obeys it") {
  CHECK(detail::quoted_text(std::string_view("a\x1b[31m\0b\n\t\r\x7f", 12)) ==
        "'a\\x1b[31m\\x00b\\n\\t\\r\\x7f'");
  CHECK(detail::quoted_text("abcdef", 3) == "'abc...'");
  CHECK(detail::quoted_text("gr\xc3\xbcn") == "'gr\xc3\xbcn'");
}
