// SPDX-License-Identifier: MIT
#include "espalier/core/format_message.hpp"

#include "catch.hpp"

using espalier::detail::format_message;

TEST_CASE("Pieces stand where the pattern has gaps, texts as they are and numbers as {fmt} writes them") {
  const std::string name = "weight";
  const char one = 'x';
  CHECK(format_message("{}.{}: {}", {1L, name, "free"}) == "1.weight: free");
  CHECK(format_message("'{}'", {one}) == "'x'");
  CHECK(format_message("{} {} {}", {-3, std::size_t{7}, 0.1F}) == "-3 7 0.1");
  CHECK(format_message("{}{}", {0.1, 1e300}) == fmt::format("{}{}", 0.1, 1e300));
  CHECK(format_message("{}", {std::string_view("{} {}")}) == "{} {}");
  CHECK(format_message("as it is", {}) == "as it is");
  CHECK(format_message("{x} is {}", {1}) == "{x} is 1");
}

TEST_CASE("A gap takes the options of {fmt}: width, side and digits, of texts and of numbers") {
  CHECK(format_message("{:<4}|{:>4}|{:.2g}|{:>6.1f}", {"ab", 7, 0.123, 2.25F}) == "ab  |   7|0.12|   2.2");
}
