// SPDX-License-Identifier: MIT
// Max pooling: the largest pixel of each window.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "espalier/core/image.hpp"
#include "espalier/core/inline.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/layer/norm_bounds.hpp"

namespace espalier {

struct MaxPool2DOptions {
  Index size = 2;    ///< height and width of the window
  Index stride = 0;  ///< pixels from window to window, down and across; 0: the size, windows side by side

  bool operator==(const MaxPool2DOptions&) const = default;
};

/// `MaxPool2D(Image{26, 26, 32})`, `MaxPool2D(Image{26, 26, 32}, {.size = 3, .stride = 2})`: y is the largest
/// number of its window, NaN if one is, and the gradient goes to where it stands, to the first of equal ones.
/// Windows that hang over the edge are left out, as in PyTorch. Outputs are an image too, output_image().
/// Nothing is kept: the backward pass has x and y, and finds the place again.
class MaxPool2D {
 public:
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;
  static constexpr bool by_sample = true, monotone = true;

  /// Throws ShapeError for a window larger than the image, ValueError for a negative stride.
  explicit MaxPool2D(Image image, MaxPool2DOptions options = {}) : image_(image), size_(options.size) {
    detail::check_image("MaxPool2D", image);
    detail::check_window("MaxPool2D", "window", size_, size_, image, 0);
    if (options.stride < 0) detail::fail("MaxPool2D", "stride >= 0", options.stride);
    stride_ = options.stride > 0 ? options.stride : size_;
  }

  Index inputs() const { return image_.size(); }
  Index outputs() const { return output_image().size(); }
  Image input_image() const { return image_; }
  Image output_image() const {
    return {detail::places_of_window(image_.height, size_, stride_, 0),
            detail::places_of_window(image_.width, size_, stride_, 0), image_.channels};
  }

  /// A window changes by at most the largest change in it, and a pixel is in so many windows.
  NormBounds norm_bounds() const {
    const Index across = (size_ + stride_ - 1) / stride_;
    const Image out = output_image();
    const auto windows = static_cast<double>(std::min(across, out.height) * std::min(across, out.width));
    return {windows, std::nextafter(std::sqrt(windows), windows), 1};
  }

  void describe(auto&& f) const {
    detail::describe_image(image_, f);
    f("size", static_cast<double>(size_)), f("stride", static_cast<double>(stride_));
  }

  void forward(const auto& x, auto&& y) const {
    with_shape([&](auto size, auto stride) { largest(x.cols(), size, stride, x.data(), y.data()); });
  }

  void backward(const auto& x, const auto& y, const auto& dy, auto&& dx) const {
    dx.setZero();
    with_shape([&](auto size, auto stride) {
      hand_back(x.cols(), size, stride, x.data(), y.data(), dy.data(), dx.data());
    });
  }

  void write_code(auto& out) const { out.max_pool(image_, size_, stride_); }

  bool operator==(const MaxPool2D&) const = default;

 private:
  /// f(size, stride), known to the compiler where they are the usual ones: then it computes several windows
  /// at a time.
  template <class F>
  void with_shape(F&& f) const {
    using Two = std::integral_constant<Index, 2>;
    if (size_ == 2 && stride_ == 2)
      f(Two{}, Two{});
    else
      f(size_, stride_);
  }

  /// f(index of the first pixel of a line's first window, windows before it) for each line of outputs.
  template <class F>
  ESPALIER_INLINE void each_line(Index samples, Index stride, F&& f) const {
    const Image out = output_image();
    for (Index plane = 0; plane < samples * image_.channels; ++plane)
      for (Index y = 0; y < out.height; ++y)
        f((plane * image_.height + y * stride) * image_.width, (plane * out.height + y) * out.width);
  }

  // Both work without branches, which nobody could predict.

  template <Scalar S>
  void largest(Index samples, auto size, auto stride, const S* x, S* y) const {
    const Index width = image_.width, windows = output_image().width;
    each_line(samples, stride, [&](Index corner, Index first) {
      const S* from = x + corner;
      S* to = y + first;
      for (Index i = 0; i < windows; ++i) {
        S most = from[stride * i];
        for (Index row = 0; row < size; ++row)
          for (Index column = 0; column < size; ++column) {
            const S pixel = from[stride * i + row * width + column], larger = most > pixel ? most : pixel;
            most = most != most ? most : larger;
          }
        to[i] = most;
      }
    });
  }

  /// The first pixel that is y takes the bits of dy and leaves zeros to the others.
  template <Scalar S>
  void hand_back(Index samples, auto size, auto stride, const S* x, const S* y, const S* dy, S* dx) const {
    using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
    const Index width = image_.width, windows = output_image().width;
    each_line(samples, stride, [&](Index corner, Index first) {
      const S *from = x + corner, *most = y + first, *given = dy + first;
      S* to = dx + corner;
      for (Index i = 0; i < windows; ++i) {
        Bits left = std::bit_cast<Bits>(given[i]);
        for (Index row = 0; row < size; ++row)
          for (Index column = 0; column < size; ++column) {
            const Index at = stride * i + row * width + column;
            const S pixel = from[at];
            const Bits here = Bits(0) - Bits((pixel == most[i]) | (pixel != pixel));  // all bits or none
            to[at] += std::bit_cast<S>(left & here);
            left &= ~here;
          }
      }
    });
  }

  Image image_;
  Index size_, stride_ = 0;
};

}  // namespace espalier
