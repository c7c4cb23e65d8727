// SPDX-License-Identifier: MIT
#include "espalier/core/phrase.hpp"

#include "catch.hpp"

using espalier::detail::phrase;

TEST_CASE("Pieces stand where the pattern has gaps, texts as they are and numbers as {fmt} writes them") {
  const std::string name = "weight";
  const char one = 'x';
  CHECK(phrase("layer {} {}: {}", {2L, name, "free"}) == "layer 2 weight: free");
  CHECK(phrase("'{}'", {one}) == "'x'");
  CHECK(phrase("{} {} {}", {-3, std::size_t{7}, 0.1F}) == "-3 7 0.1");
  CHECK(phrase("{}{}", {0.1, 1e300}) == fmt::format("{}{}", 0.1, 1e300));
  CHECK(phrase("{}", {std::string_view("{} {}")}) == "{} {}");
  CHECK(phrase("as it is", {}) == "as it is");
}
