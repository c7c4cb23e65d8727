// SPDX-License-Identifier: MIT
#include "espalier/export/code_rows.hpp"

#include <limits>

#include "../generated.hpp"
#include "../support.hpp"
#include "espalier/data/csv.hpp"
#include "espalier/data/standardize.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

namespace {

constexpr float gap = std::numeric_limits<float>::quiet_NaN();

/// Numbers with gaps, texts of one, two and three categories, names that are no identifiers.
Dataset fares() {
  Dataset data = parse_csv(
      "age,sex,port of "
      "entry,kind,class,fare\n22,male,S,a,-1.5,7.25\n,female,C,a,2,71.5\n38,male,,a,1,8\n29,female,Q?,a,"
      "0.25,16\n",
      {.target = "fare", .gaps = Gaps::mean, .mark_gaps = true, .text = Text::one_hot});
  standardize(data);
  return data;
}

auto net_of(const Dataset& data) {
  Sequential net{Dense(data.features(), 3), Tanh{}, Dense(3, 1)};
  initialize(net, {.seed = 1});
  return net;
}

}  // namespace

TEST_CASE("names of columns and categories become identifiers of their own, and texts literals") {
  std::set<std::string> seen;
  CHECK(detail::identifier_of("Fare (in pounds)", seen) == "Fare_in_pounds");
  CHECK(detail::identifier_of("Fare in-pounds", seen) == "Fare_in_pounds_2");
  CHECK(detail::identifier_of("", seen) == "unnamed");
  CHECK(detail::identifier_of("\xC3\xA4?", seen) == "unnamed_2");
  CHECK(detail::identifier_of("_a_", seen) == "a");
  CHECK(detail::string_literal("a\"\\\n\xC3?1") == "\"a\\\"\\\\\\012\\303\\?1\"");
}

TEST_CASE("a header with a preparation takes the rows of the table, and gives its unit back") {
  const Dataset data = fares();
  const auto net = net_of(data);
  const Preparation& preparation = *data.preparation;
  const TemporaryDirectory folder;
  const auto columns = static_cast<Index>(preparation.columns.size());
  REQUIRE(columns == 5);
  Matrix<float> rows(5, 6);
  rows << 22, gap, 38, 29, 40, gap,  //
      1, 0, 1, 0, 0, 1,              //
      2, 0, gap, 1, 2, gap,          //
      0, 0, 0, 0, 0, 0,              //
      -1.5, 2, 1, 0.25, 3, -4;
  const Matrix<float> right = preparation.targets.inverse(net.predict(preparation.encode(rows)));
  for (const Language language : {Language::cpp, Language::c}) {
    const bool c = language == Language::c;
    CAPTURE(c);
    write_header(net, preparation, folder / (c ? "fares.h" : "fares.hpp"),
                 {.name = "fares", .language = language});
    const std::string my = c ? "fares_" : "fares::";
    const std::string source =
        "#include \"" + std::string(c ? "fares.h" : "fares.hpp") + "\"\n#include <stdio.h>\n" +
        "int main(void) {\n  float row[" + my + "columns], out[" + my + "outputs];\n" + "  if (" + my +
        "column_port_of_entry != 2 || " + my + "sex_is_male != 1 || " + my +
        "port_of_entry_is_Q != 1) return 1;\n" +
        "  while (fread(row, sizeof row, 1, stdin) == 1) {\n    if (!" + my +
        "predict_row(row, out)) out[0] = -1000;\n" +
        "    if (fwrite(out, sizeof out, 1, stdout) != 1) return 1;\n  }\n  return 0;\n}\n";
    const std::string main = folder.write(c ? "main.c" : "main.cpp", source).string(),
                      program = (folder / "program").string();
    REQUIRE(std::system(((c ? "gcc -std=c99 " : "g++ -std=c++17 ") + std::string(warnings) + " " + main +
                         " -o " + program + " -lm")
                            .c_str()) == 0);
    Matrix<float> all(5, 9);
    all.leftCols(6) = rows;
    all.col(6) << 22, 2, 0, 0, 1;  // no sex of this number
    all.col(7) << 22, 0.5F, 0, 0, 1;
    all.col(8) << 22, 1, 0, 0, -std::numeric_limits<float>::infinity();
    const std::string in =
        folder.write("in", std::string(reinterpret_cast<const char*>(all.data()), 180)).string();
    REQUIRE(std::system((program + " < " + in + " > " + (folder / "out").string()).c_str()) == 0);
    std::ifstream stream(folder / "out", std::ios::binary);
    Matrix<float> found(1, 9);
    stream.read(reinterpret_cast<char*>(found.data()), 36);
    for (Index k = 0; k < 6; ++k) CHECK(found(k) == Catch::Approx(right(k)).epsilon(1e-5));
    CHECK(found(6) == -1000);
    CHECK(found(7) == -1000);
    CHECK(found(8) == -1000);
  }
}

TEST_CASE("a preparation of other features than the net's is refused, and nothing is written") {
  const Dataset data = fares();
  Sequential net{Dense(3, 1)};
  initialize(net, {.seed = 1});
  const TemporaryDirectory folder;
  CHECK_THROWS_AS(write_header(net, *data.preparation, folder / "a.hpp", {.name = "a"}), ShapeError);
  CHECK_FALSE(std::filesystem::exists(folder / "a.hpp"));
  CHECK_THROWS_AS(header_text(net, {.name = "a"}, &*data.preparation), ShapeError);
}

TEST_CASE("scales of other targets than the net's outputs are refused: which one is whose nobody knows") {
  Dataset data = parse_csv("x,y,z\n1,2,3\n4,5,7\n", {.target = {"y", "z"}});
  Sequential net{Dense(1, 1)};
  initialize(net, {.seed = 1});
  CHECK_NOTHROW(header_text(net, {.name = "a"}, &*data.preparation));  // nothing is scaled
  standardize(data);
  CHECK(message_of([&] { header_text(net, {.name = "a"}, &*data.preparation); }) ==
        "preparation: expected scales of the 1 outputs of the model, or none, found 2");
}

TEST_CASE("the header says of a column of dates what number it takes") {
  const Dataset data =
      parse_csv("Month,a,y\n1949-01,1,112\n1949-02,3,118\n", {.target = "y", .dates = "Month"});
  Sequential net{Dense(2, 1)};
  initialize(net, {.seed = 1});
  const TemporaryDirectory folder;
  write_header(net, *data.preparation, folder / "a.hpp", {.name = "a"});
  const std::string text = detail::read_file(folder / "a.hpp");
  CHECK(text.find("/* column_Month: a date, as days since 1970-01-01 in UTC; 0.5 is noon. */") != text.npos);
  CHECK(text.find("column_a:") == text.npos);
}
