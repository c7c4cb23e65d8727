// SPDX-License-Identifier: MIT
// The patches of images that a convolution's kernels are laid on, as the columns of a matrix: copied there,
// and their gradients added back.
#pragma once

#include <algorithm>

#include "espalier/core/image.hpp"
#include "espalier/kernel/tile.hpp"

namespace espalier::detail {

/// Lines of outputs: those of the first sample from top to bottom, then those of the next.
struct Lines {
  Index begin, end;
};

/// f(width, i) for the parts that n numbers fall into: of a register, then of its halves.
template <std::size_t width, class F>
ESPALIER_INLINE void each_part(Index n, F&& f, Index i = 0) {
  for (; i + Index{width} <= n; i += Index{width}) f(std::integral_constant<std::size_t, width>{}, i);
  if constexpr (width > 1) each_part<width / 2>(n, f, i);
}

/// Copies n numbers, the last register of them perhaps twice in part.
template <std::size_t width, Scalar S>
ESPALIER_INLINE void copy_few(const S* from, Index n, S* to) {
  constexpr Index whole = width;
  if (n >= whole) {
    for (Index i = 0; i < n - whole; i += whole) copy_fixed<width>(from + i, to + i);
    copy_fixed<width>(from + n - whole, to + n - whole);
  } else if constexpr (width > 1) {
    copy_few<width / 2>(from, n, to);
  }
}

/// to += from, n numbers
template <Scalar S>
ESPALIER_INLINE void add_few(const S* from, Index n, S* to) {
  each_part<lanes<S>>(n, [&](auto width, Index i) {
    using Numbers = Eigen::Array<S, static_cast<int>(width.value), 1>;
    Eigen::Map<Numbers>{to + i} += Eigen::Map<const Numbers>(from + i);
  });
}

/// Row (channel, ky, kx) of the matrix, in the order of a kernel's weights, holds for each output what that
/// weight multiplies; 0 where the kernel hangs over the edge.
struct Patches {
  Image image;
  Kernel kernel;
  Index stride = 1, padding = 0;

  Index height() const { return places_of_window(image.height, kernel.height, stride, padding); }
  Index width() const { return places_of_window(image.width, kernel.width, stride, padding); }
  /// Outputs of a kernel in an image.
  Index positions() const { return height() * width(); }
  /// Weights of a kernel.
  Index length() const { return image.channels * kernel.height * kernel.width; }

  /// Copies `count` rows of the matrix from the `first` on, for some lines of outputs. Rows of the copy are
  /// `pitch` numbers apart, filled up with zeros.
  template <Scalar S>
  void copy(Index first, Index count, Lines lines, const S* x, S* to, Index pitch) const {
    const Index across = width(), filled = (lines.end - lines.begin) * across;
    each_run(first, count, lines, [&](Index row, Index line, const Run& run) {
      S* place = to + row * pitch + line * across;
      place = std::fill_n(place, run.above * across, S(0));
      for (Index k = 0; k < run.inside; ++k, place += across) {
        for (Index i = 0; i < run.columns.begin; ++i) place[i] = 0;
        copy_line(x + run.pixel + k * stride * image.width, run.columns.end - run.columns.begin,
                  place + run.columns.begin);
        for (Index i = run.columns.end; i < across; ++i) place[i] = 0;
      }
      std::fill_n(place, run.below * across, S(0));
    });
    if (filled < pitch)
      for (Index row = 0; row < count; ++row)
        std::fill(to + row * pitch + filled, to + (row + 1) * pitch, S(0));
  }

  /// Adds each number of these rows to the pixel that it would be a copy of.
  template <Scalar S>
  void add_back(Index first, Index count, Lines lines, const S* rows, Index pitch, S* dx) const {
    const Index across = width();
    each_run(first, count, lines, [&](Index row, Index line, const Run& run) {
      const S* place = rows + row * pitch + (line + run.above) * across + run.columns.begin;
      for (Index k = 0; k < run.inside; ++k, place += across)
        add_line(place, run.columns.end - run.columns.begin, dx + run.pixel + k * stride * image.width);
    });
  }

  bool operator==(const Patches&) const = default;

 private:
  struct Span {
    Index begin, end;
  };
  /// Neighboring lines of outputs of one sample, as one weight of a kernel sees them: first those for which
  /// it lies above the image, then those inside, then those below.
  struct Run {
    Index above, inside, below;
    Index pixel;   // of the first output inside
    Span columns;  // of the outputs inside, in each line
  };

  /// The outputs for which a weight lies inside the image, down or across.
  static Span span_of(Index k, Index pixels, Index outputs, Index step, Index margin) {
    const Index begin = std::min(outputs, margin > k ? ceil_divide(margin - k, step) : 0);
    const Index ahead = pixels + margin - k;
    return {begin, std::clamp(ahead > 0 ? ceil_divide(ahead, step) : 0, begin, outputs)};
  }

  /// f(row from `first`, line from the first, run) for each row of the matrix and each sample.
  template <class F>
  ESPALIER_INLINE void each_run(Index first, Index count, Lines lines, F&& f) const {
    const Index down = height(), start = lines.begin / down;
    for (Index row = 0; row < count; ++row) {
      const Index kx = (first + row) % kernel.width, plane = (first + row) / kernel.width,
                  ky = plane % kernel.height, channel = plane / kernel.height;
      const Span columns = span_of(kx, image.width, width(), stride, padding);
      const bool none = columns.begin == columns.end;
      const Span rows = none ? Span{0, 0} : span_of(ky, image.height, down, stride, padding);
      for (Index line = lines.begin, sample = start, end; line < lines.end; line = end, ++sample) {
        const Index top = sample * down;
        end = std::min(lines.end, top + down);
        const Index begin = std::clamp(top + rows.begin, line, end),
                    stop = std::clamp(top + rows.end, begin, end);
        const Index pixel_row = (begin - top) * stride + ky - padding;
        const Index pixel = ((sample * image.channels + channel) * image.height + pixel_row) * image.width +
                            columns.begin * stride + kx - padding;
        f(row, line - lines.begin, Run{begin - line, stop - begin, end - stop, pixel, columns});
      }
    }
  }

  template <Scalar S>
  ESPALIER_INLINE void copy_line(const S* from, Index n, S* to) const {
    if (stride == 1)
      copy_few<lanes<S>>(from, n, to);
    else
      for (Index i = 0; i < n; ++i) to[i] = from[i * stride];
  }

  template <Scalar S>
  ESPALIER_INLINE void add_line(const S* from, Index n, S* to) const {
    if (stride == 1)
      add_few(from, n, to);
    else
      for (Index i = 0; i < n; ++i) to[i * stride] += from[i];
  }
};

}  // namespace espalier::detail
