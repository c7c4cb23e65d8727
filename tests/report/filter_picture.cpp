// SPDX-License-Identifier: MIT
#include "espalier/report/filter_picture.hpp"

#include <limits>

#include "../catch.hpp"
#include "xml.hpp"

using namespace espalier;
using namespace espalier::detail;

TEST_CASE("white is exactly 0, and the ends of the scale are the largest weight") {
  CHECK(filter_color(0, 1) == 7);
  CHECK(filter_color(-0.0, 1) == 7);
  CHECK(filter_color(1e-30, 1) == 8);
  CHECK(filter_color(-1e-30, 1) == 6);
  CHECK(filter_color(1, 1) == 14);
  CHECK(filter_color(-1, 1) == 0);
  CHECK(filter_color(0, 0) == 7);
  CHECK(filter_color(std::numeric_limits<double>::quiet_NaN(), 1) == 15);
}

TEST_CASE("every weight is the pixel that its channel, row and column say") {
  const Image shape{2, 3, 2};
  Filters filters{"0.weight", shape, 3, 12, {}};
  for (int i = 0; i < 36; ++i) filters.weights.push_back(i % 5 - 2);
  const Picture picture = picture_of(filters, 2, 2);
  REQUIRE(picture.width == 2 * 6 + 1);
  REQUIRE(picture.height == 2 * 2 + 1);
  std::size_t seen = 0;
  for (std::size_t f = 0; f < 3; ++f)
    for (std::size_t channel = 0; channel < 2; ++channel)
      for (std::size_t y = 0; y < 2; ++y)
        for (std::size_t x = 0; x < 3; ++x) {
          const double w = filters.weights[f * 12 + channel * 6 + y * 3 + x];
          const std::size_t down = f / 2 * 3 + y, across = f % 2 * 7 + channel * 3 + x;
          CHECK(picture.pixels[down * picture.width + across] == filter_color(w, 2));
          ++seen;
        }
  const auto gaps = std::count(picture.pixels.begin(), picture.pixels.end(), 15);
  CHECK(static_cast<std::size_t>(gaps) + seen == picture.pixels.size());
}

TEST_CASE("the figure is well formed, says how many filters there are, and stays small") {
  const Image shape{28, 28};
  const Index shown = shown_filters(1000, shape);
  Filters filters{"<0>.weight", shape, 1000, 784,
                  std::vector<double>(static_cast<std::size_t>(shown * 784), 0.5)};
  const std::string text = figure(filters);
  CHECK(text.size() < 40000);
  const std::vector<Element> all = elements_of(text);
  CHECK(all[1].text == "First layer: the weights of <0>.weight");
  CHECK(all[2].attributes.at("src").starts_with("data:image/png;base64,iVBORw0KGgo"));
  CHECK(all[3].text.starts_with("64 of 1000 rows, 28 x 28 pixels. "));
  CHECK(shown_filters(5, {1000, 1000}) == 1);
  CHECK(shown_filters(16, {3, 3}) == 16);
}

TEST_CASE("pictures fill their lines where they can") {
  CHECK(filters_across(64, {28, 28}) == 16);
  CHECK(filters_across(16, {3, 3}) == 8);
  CHECK(filters_across(13, {3, 3}) == 13);
  CHECK(filters_across(17, {3, 3}) == 6);
  CHECK(filters_across(1, {3, 3}) == 1);
  CHECK(filters_across(4, {1, 1000}) == 1);
}

TEST_CASE("rows of another shape than the image are named") {
  const std::string text = figure(Filters{"0.weight", {28, 28}, 10, 64, {}});
  CHECK(elements_of(text)[0].text ==
        "No pictures of 0.weight: images of 28 x 28 x 1 have 784 numbers, its rows 64.");
}
