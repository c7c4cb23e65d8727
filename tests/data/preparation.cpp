// SPDX-License-Identifier: MIT
#include "espalier/data/preparation.hpp"

#include <limits>

#include "support.hpp"

using namespace espalier;

namespace {

using Names = std::vector<std::string>;
constexpr float gap = std::numeric_limits<float>::quiet_NaN();

/// A number, a column of two and one of three categories, the last with a mark of gaps.
Preparation example() {
  Preparation preparation;
  preparation.options.header = CsvHeader::yes;
  preparation.columns = {{"x", 0, {}, 2.5}, {"sex", 1, {"f", "m"}}, {"port", 2, {"C", "Q", "S"}, 1, true}};
  return preparation;
}

Matrix<float> row(float a, float b, float c) { return (Matrix<float>(3, 1) << a, b, c).finished(); }
Matrix<float> six(const std::vector<float>& values) {
  return Eigen::Map<const Matrix<float>>(values.data(), 6, 1);
}

}  // namespace

TEST_CASE("columns become features with names") {
  CHECK(example().features() == 6);
  CHECK(example().feature_names() == Names{"x", "sex=m", "port=C", "port=Q", "port=S", "port missing"});
  CHECK(example().indicators() == std::vector<bool>{false, true, true, true, true, true});
  Preparation nameless = example();
  nameless.options.header = CsvHeader::no;
  CHECK(nameless.feature_names().empty());
}

TEST_CASE("numbers with NaN for gaps, and categories by their numbers, become features") {
  CHECK(example().encode(row(7, 0, 2)) == six({7, 0, 0, 0, 1, 0}));
  CHECK(example().encode(row(gap, 1, gap)) == six({2.5, 1, 0, 1, 0, 1}));
}

TEST_CASE("a gap that nothing fills, and what is no category, are refused with the place") {
  CHECK(message_of([] { example().encode(row(1, gap, 0)); }) ==
        "preparation, column 1 sex of sample 0: expected a category from 0 to 1, found nan");
  const float infinite = std::numeric_limits<float>::infinity();
  CHECK(message_of([&] { example().encode(row(infinite, 0, 0)); }) ==
        "preparation, column 0 x of sample 0: expected a finite number, found inf");
  for (const float none : {-1.0F, 3.0F, 0.5F, infinite})
    CHECK_THROWS_AS(example().encode(row(1, 0, none)), ValueError);
  CHECK_THROWS_AS(example().encode(Matrix<float>(2, 1)), ShapeError);
}

TEST_CASE("scales come last") {
  Preparation preparation = example();
  preparation.inputs.shift = Vector<double>::Zero(6);
  preparation.inputs.scale = Vector<double>::Ones(6);
  preparation.inputs.shift(0) = 1;
  preparation.inputs.scale(0) = 2;
  CHECK(preparation.encode(row(7, 0, 2)) == six({3, 0, 0, 0, 1, 0}));
}

TEST_CASE("a column of one category is a feature that is 1") {
  Preparation preparation;
  preparation.columns = {{"a", 0, {"only"}}};
  CHECK(preparation.encode(Matrix<float>(Matrix<float>::Zero(1, 2))) == Matrix<float>::Ones(1, 2));
}
