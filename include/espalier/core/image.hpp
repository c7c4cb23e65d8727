// SPDX-License-Identifier: MIT
// The shapes of images and of the windows that slide over them.
#pragma once

#include <algorithm>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier {

/// The shape of an image. A sample of a batch holds one channel after the other, row by row: feature
/// (channel * height + y) * width + x, PyTorch's NCHW.
struct Image {
  Index height, width, channels = 1;

  Index size() const { return height * width * channels; }
  bool operator==(const Image&) const = default;
};

/// The extents of a convolution's kernels.
struct Kernel {
  Index height, width;

  bool operator==(const Kernel&) const = default;
};

namespace detail {

/// At how many places a window fits, `stride` apart, in an extent with `padding` on both sides.
constexpr Index places_of_window(Index extent, Index window, Index stride, Index padding) {
  return (extent + 2 * padding - window) / stride + 1;
}

/// The numbers of an image, as core/description.hpp has it.
inline void describe_image(const Image& image, auto&& f) {
  f("height", static_cast<double>(image.height)), f("width", static_cast<double>(image.width));
  f("channels", static_cast<double>(image.channels));
}

/// Throws ShapeError for an image that has no pixels, naming the layer.
inline void check_image(std::string_view where, const Image& image) {
  if (std::min({image.height, image.width, image.channels}) < 1)
    fail<ShapeError>(
        where, "an image of at least 1 x 1 pixels and 1 channel",
        format_message("{} x {} pixels and {} channels", {image.height, image.width, image.channels}));
}

/// Throws ShapeError for a window that does not fit in the padded image, naming the layer.
inline void check_window(std::string_view where, std::string_view what, Index height, Index width,
                         const Image& image, Index padding) {
  const Index rows = image.height + 2 * padding, cols = image.width + 2 * padding;
  if (height < 1 || width < 1 || height > rows || width > cols)
    fail<ShapeError>(where,
                     {"a {} of at least 1 x 1 and at most {} x {}, the image{}",
                      {what, rows, cols, padding > 0 ? " with its padding" : ""}},
                     format_message("{} x {}", {height, width}));
}

}  // namespace detail
}  // namespace espalier
