// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "study/results_file.hpp"

using namespace study;

namespace {

/// The fields of all rows, read as RFC 4180 says.
std::vector<std::vector<std::string>> fields_of(const std::string& text) {
  std::vector<std::vector<std::string>> rows{{""}};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"')
      rows.back().back() += text[++i];
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      rows.back().emplace_back();
    else if (c == '\n' && !quoted)
      rows.push_back({""});
    else
      rows.back().back() += c;
  }
  REQUIRE_FALSE(quoted);
  REQUIRE(rows.back() == std::vector<std::string>{""});  // the last line has an end
  rows.pop_back();
  return rows;
}

}  // namespace

TEST_CASE("Without results the table is the names of the columns that each run has") {
  CHECK(csv_of({}) == "stage,policy,strength,level,seed,failed\n");
}

TEST_CASE("Each run is a row, and each number that any run has a column") {
  const std::vector<Result> results{
      {{"grid", "L2", 0.001, 0, 3}, {{"validation", 0.5}, {"train", 0.75}}, {{"noise", {1, 2}}}, {}},
      {{"cost", "clip", 2, 8, 4}, {{"ratio", 1.25}}, {}, "the loss was not finite"}};
  CHECK(csv_of(results) ==
        "stage,policy,strength,level,seed,failed,ratio,train,validation\n"
        "grid,L2,0.001,0,3,,,0.75,0.5\n"
        "cost,clip,2,8,4,the loss was not finite,1.25,,\n");
}

TEST_CASE("Texts with commas, quotes and line ends read back as they were") {
  const std::string policy = "a \"b\", c", failed = "line 1\nline 2\r\n\"", name = "x,\"y\"";
  const auto rows = fields_of(csv_of({{{"grid", policy, 1, 2, 3}, {{name, 4}}, {}, failed}}));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].back() == name);
  CHECK(rows[1] == std::vector<std::string>{"grid", policy, "1", "2", "3", failed, "4"});
}

TEST_CASE("Numbers read back as the same doubles") {
  const std::vector<double> numbers{0.1,
                                    1.0 / 3,
                                    -2.5e-300,
                                    std::numeric_limits<double>::denorm_min(),
                                    std::numeric_limits<double>::max(),
                                    123456789.123456789,
                                    std::numeric_limits<double>::infinity()};
  for (const double x : numbers) {
    CAPTURE(x);
    const auto rows = fields_of(csv_of({{{"grid", "L2", x, x, 1}, {{"loss", x}}, {}, {}}}));
    for (const std::size_t column : {2U, 3U, 6U}) CHECK(std::strtod(rows[1][column].c_str(), nullptr) == x);
  }
}

TEST_CASE("A number that is no number is an empty field") {
  const auto rows = fields_of(csv_of({{{"grid", "L2", 1, 0, 1}, {{"loss", std::nan("")}}, {}, {}}}));
  CHECK(rows[1][6].empty());
}
