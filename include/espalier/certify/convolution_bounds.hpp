// SPDX-License-Identifier: MIT
// The norms of a convolution as a matrix on images, which is never written out.
#pragma once

#include <algorithm>
#include <vector>

#include "espalier/certify/convolution_spectrum.hpp"
#include "espalier/kernel/patches.hpp"

namespace espalier::detail {

/// Sums of the magnitudes of kernels: `outputs` times height x width over the inputs, or `inputs` times over
/// the outputs.
inline std::vector<double> kernel_sums(const Patches& p, const MadeWeight& w, bool over_inputs) {
  const Index area = p.kernel.height * p.kernel.width, channels = p.image.channels;
  std::vector<double> sums(static_cast<std::size_t>((over_inputs ? w.rows : channels) * area));
  for (Index j = 0; j < w.rows; ++j)
    for (Index c = 0; c < channels; ++c)
      for (Index i = 0; i < area; ++i)
        sums[static_cast<std::size_t>((over_inputs ? j : c) * area + i)] +=
            std::abs(w.block().row(j)[c * area + i]);
  return sums;
}

/// Which places of a window meet a pixel, along one side of an image: (window, place in it) with
/// place_of_window * stride + offset - padding = pixel.
struct Side {
  Index extent, window, stride, padding;

  Index places() const { return places_of_window(extent, window, stride, padding); }
  bool meets_image(Index place, Index offset) const {
    const Index pixel = place * stride + offset - padding;
    return pixel >= 0 && pixel < extent;
  }
  /// Is there a window whose number at `offset` is this pixel?
  bool meets_window(Index pixel, Index offset) const {
    const Index from = pixel + padding - offset;
    return from >= 0 && from % stride == 0 && from / stride < places();
  }
  /// In how many windows the pixel is that is in most.
  Index most_windows() const {
    Index most = 0;
    for (Index pixel = 0; pixel < extent; ++pixel) {
      Index count = 0;
      for (Index offset = 0; offset < window; ++offset) count += meets_window(pixel, offset);
      most = std::max(most, count);
    }
    return most;
  }
};

/// The largest of sums over those numbers of a kernel that `meets` picks, along both sides.
inline double largest_sum(const std::vector<double>& sums, const Side& down, const Side& across,
                          Index places_down, Index places_across, bool (Side::*meets)(Index, Index) const,
                          Index terms) {
  const Index area = down.window * across.window, kernels = static_cast<Index>(sums.size()) / area;
  double most = 0;
  for (Index y = 0; y < places_down; ++y)
    for (Index x = 0; x < places_across; ++x)
      for (Index k = 0; k < kernels; ++k) {
        double sum = 0;
        for (Index dy = 0; dy < down.window; ++dy)
          for (Index dx = 0; dx < across.window; ++dx)
            if ((down.*meets)(y, dy) && (across.*meets)(x, dx))
              sum += sums[static_cast<std::size_t>(k * area + dy * across.window + dx)];
        most = std::max(most, sum);
      }
  return total_above(most, terms);
}

/// Rows of the weight, but with the numbers of a place in the kernel for all outputs in one row: channels x
/// (out * height * width).
inline MadeWeight by_channel(const Patches& p, const MadeWeight& w) {
  const Index area = p.kernel.height * p.kernel.width;
  MadeWeight result{p.image.channels, w.rows * area, std::vector<double>(w.numbers.size()), w.off};
  for (Index j = 0; j < w.rows; ++j)
    for (Index c = 0; c < result.rows; ++c)
      for (Index i = 0; i < area; ++i)
        result.numbers[static_cast<std::size_t>(c * result.cols + j * area + i)] =
            w.block().row(j)[c * area + i];
  return result;
}

/// Up to how many products frequencies are looked at: some seconds.
inline constexpr double most_products = 1e10;

/// The 1- and the infinity-norm are those of the whole matrix, edges and strides included. The 2-norm is the
/// least of four bounds: sqrt(norm_1 norm_inf); that of the frequencies, where they are not too many;
/// norm(K)_2 sqrt(n), K the kernels as out x (in * height * width), where a pixel is in at most n patches,
/// since norm(y)^2 = sum over patches of norm(K patch)^2; and the same for the transposed operator, where an
/// output reads at most height * width pixels (Singla & Feizi 2021, theorem 1, with n for height * width).
inline NormBounds convolution_bounds(const Patches& p, const MadeWeight& w) {
  const Side down{p.image.height, p.kernel.height, p.stride, p.padding},
      across{p.image.width, p.kernel.width, p.stride, p.padding};
  const Index terms = w.rows * w.cols;
  const double more = w.off == 0 ? 1 : above(1 + w.off);
  NormBounds result{};
  result.one = product_above(more, largest_sum(kernel_sums(p, w, false), down, across, p.image.height,
                                               p.image.width, &Side::meets_window, terms));
  result.infinity = product_above(more, largest_sum(kernel_sums(p, w, true), down, across, p.height(),
                                                    p.width(), &Side::meets_image, terms));
  const auto times = [](const MadeWeight& matrix, Index places) {
    return product_above(sum_above(spectral_norm_above(matrix.block()), matrix.frobenius_off()),
                         root_above(static_cast<double>(places)));
  };
  result.two = std::min({product_above(root_above(result.one), root_above(result.infinity)),
                         times(w, down.most_windows() * across.most_windows()),
                         times(by_channel(p, w), std::min(p.kernel.height, p.image.height) *
                                                     std::min(p.kernel.width, p.image.width))});
  const ConvolutionSpectrum spectrum(p, w);
  if (spectrum.cost() < most_products) result.two = std::min(result.two, spectrum.norm());
  return result;
}

}  // namespace espalier::detail
