// SPDX-License-Identifier: MIT
// The rows of a first layer as pictures: what each neuron looks for in an image.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "espalier/core/format_message.hpp"
#include "espalier/core/image.hpp"
#include "espalier/report/html_text.hpp"
#include "espalier/report/png.hpp"

namespace espalier::detail {

/// Weights of a first layer.
struct Filters {
  std::string parameter;  ///< "0.weight"
  Image shape;            ///< of a row
  Index rows;             ///< of the parameter
  Index cols;
  std::vector<double>
      weights;  ///< of the rows that are shown, one after another; empty: rows have not that shape
};

/// How many rows are shown: pages stay small.
inline Index shown_filters(Index rows, const Image& shape) {
  constexpr Index most = 64, most_pixels = 51200;  // of all pictures: 25 kB, a third more as text
  return std::min({rows, most, std::max(Index{1}, most_pixels / shape.size())});
}

/// The colors of weights from the most negative, blue, over 0, white, to the most positive, red. Only a
/// weight that is exactly 0 is white.
inline constexpr std::array<Color, 16> filter_colors{{{33, 82, 163},
                                                      {61, 112, 184},
                                                      {94, 141, 202},
                                                      {128, 168, 217},
                                                      {161, 192, 229},
                                                      {192, 214, 239},
                                                      {219, 231, 246},
                                                      {255, 255, 255},
                                                      {251, 228, 218},
                                                      {249, 207, 189},
                                                      {244, 179, 155},
                                                      {236, 147, 120},
                                                      {224, 113, 87},
                                                      {206, 77, 60},
                                                      {178, 40, 40},
                                                      {128, 128, 128}}};

/// The place of a weight among these colors; `largest` is the absolute value at their ends.
inline unsigned char filter_color(double weight, double largest) {
  if (!std::isfinite(weight)) return 15;
  const double level = largest > 0 ? std::ceil(7 * std::min(1.0, std::abs(weight) / largest)) : 0;
  return static_cast<unsigned char>(7 + (weight < 0 ? -level : level));
}

/// The filters side by side, several lines of them, with transparent gaps. The channels of a filter stand
/// beside each other.
inline Picture picture_of(const Filters& filters, Index across, double largest) {
  const Image& shape = filters.shape;
  const Index count = static_cast<Index>(filters.weights.size()) / shape.size();
  const Index width = shape.width * shape.channels, down = (count + across - 1) / across;
  Picture picture{static_cast<std::uint32_t>(across * (width + 1) - 1),
                  static_cast<std::uint32_t>(down * (shape.height + 1) - 1),
                  {}};
  picture.pixels.assign(std::size_t{picture.width} * picture.height, 15);
  for (Index i = 0; i < count * shape.size(); ++i) {
    const Index filter = i / shape.size(), rest = i % shape.size();
    const Index channel = rest / (shape.height * shape.width), pixel = rest % (shape.height * shape.width);
    const Index x = filter % across * (width + 1) + channel * shape.width + pixel % shape.width;
    const Index y = filter / across * (shape.height + 1) + pixel / shape.width;
    picture.pixels[static_cast<std::size_t>(y * picture.width + x)] =
        filter_color(filters.weights[static_cast<std::size_t>(i)], largest);
  }
  return picture;
}

/// How many pictures stand in a line: at most 16, twice as wide as high in all or somewhat more if no place
/// stays empty then.
inline Index filters_across(Index count, const Image& shape) {
  const double square = std::sqrt(static_cast<double>(2 * count * shape.height) /
                                  static_cast<double>(shape.width * shape.channels));
  const Index most = std::min(count, Index{16});
  const Index least = std::clamp(static_cast<Index>(std::ceil(square)), Index{1}, most);
  for (Index across = least; across <= most; ++across)
    if (count % across == 0) return across;
  return least;
}

inline std::string figure(const Filters& filters) {
  const Image& shape = filters.shape;
  if (filters.weights.empty())
    return format_message(
        "<p class=\"note\">No pictures of {}: images of {} x {} x {} have {} numbers, its rows {}.</p>\n",
        {escaped(filters.parameter), shape.height, shape.width, shape.channels, shape.size(), filters.cols});
  double largest = 0;
  for (const double w : filters.weights)
    if (std::isfinite(w)) largest = std::max(largest, std::abs(w));
  const Index count = static_cast<Index>(filters.weights.size()) / shape.size();
  const Picture picture = picture_of(filters, filters_across(count, shape), largest);
  const long scale = std::clamp(640L / static_cast<long>(picture.width), 1L, 12L);
  std::string text = format_message(
      "<figure class=\"wide\">\n<figcaption>First layer: the weights of {}</figcaption>\n"
      "<img class=\"filters\" alt=\"weights as pixels\" width=\"{}\" height=\"{}\" "
      "src=\"data:image/png;base64,{}\"/>\n",
      {escaped(filters.parameter), scale * picture.width, scale * picture.height,
       base64(png(picture, filter_colors))});
  text += format_message(
      "<p>{} of {} rows, {} x {} pixels{}. Blue is negative, red positive, strongest at {:.3g}; "
      "white is exactly 0.</p>\n</figure>\n",
      {count, filters.rows, shape.height, shape.width,
       shape.channels > 1 ? format_message(", {} channels side by side", {shape.channels}) : "", largest});
  return text;
}

}  // namespace espalier::detail
