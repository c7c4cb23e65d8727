// SPDX-License-Identifier: MIT
// The 2-norm of a convolution from the matrices of its frequencies.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "espalier/certify/bound_step.hpp"
#include "espalier/kernel/patches.hpp"

namespace espalier::detail {

/// A convolution with stride 1 on a side of n pixels, with p lines of padding before and behind, p less than
/// the kernel, is a part of the cyclic one on n + p pixels: a number of the kernel stands where a pixel and
/// an output are apart by its place, and no other place is the same modulo n + p among those that occur. More
/// padding only adds outputs that are 0, and a stride leaves outputs out. The 2-norm of the cyclic one is the
/// largest of those of K(f) = sum over places d of K_d e^(2 pi i <d, f>), out x in, over all frequencies f
/// (Sedghi, Gupta & Long 2019). Here K(f) stands as a real matrix of twice the rows and columns, [Re -Im; Im
/// Re], whose norm is the same.
class ConvolutionSpectrum {
 public:
  ConvolutionSpectrum(const Patches& p, const MadeWeight& w)
      : p_(p),
        w_(w),
        down_(p.image.height + std::min(p.padding, p.kernel.height - 1)),
        across_(p.image.width + std::min(p.padding, p.kernel.width - 1)) {}

  /// Products that it takes, about: for each frequency the Gram matrix and its factor.
  double cost() const {
    const double out = 2 * static_cast<double>(w_.rows), in = 2 * static_cast<double>(p_.image.channels);
    return static_cast<double>(down_ * across_) / 2 * std::min(out, in) * out * in;
  }

  double norm() const {
    double most = 0;
    for (Index y = 0; y < down_; ++y)
      for (Index x = 0; x < across_; ++x)
        if (y < (down_ - y) % down_ || (y == (down_ - y) % down_ && x <= (across_ - x) % across_))
          most = std::max(most, of_frequency(y, x, most));  // K(-f) is the conjugate of K(f)
    return sum_above(most, off());
  }

 private:
  /// A bound of the norm of K(f); what is surely at most `most` may be bounded by it.
  double of_frequency(Index y, Index x, double most) const {
    const Index out = w_.rows, in = p_.image.channels, area = p_.kernel.height * p_.kernel.width;
    std::vector<double> cosines, sines;
    for (Index dy = 0; dy < p_.kernel.height; ++dy)
      for (Index dx = 0; dx < p_.kernel.width; ++dx) {
        const double turn = static_cast<double>(dy * y % down_) / static_cast<double>(down_) +
                            static_cast<double>(dx * x % across_) / static_cast<double>(across_);
        cosines.push_back(std::cos(2 * std::numbers::pi * turn));
        sines.push_back(std::sin(2 * std::numbers::pi * turn));
      }
    MadeWeight k{2 * out, 2 * in, std::vector<double>(static_cast<std::size_t>(4 * out * in))};
    const auto at = [&](Index j, Index c) -> double& {
      return k.numbers[static_cast<std::size_t>(j * k.cols + c)];
    };
    for (Index j = 0; j < out; ++j)
      for (Index c = 0; c < in; ++c) {
        double real = 0, imaginary = 0;
        for (Index d = 0; d < area; ++d) {
          const double number = w_.block().row(j)[c * area + d];
          real += number * cosines[static_cast<std::size_t>(d)];
          imaginary += number * sines[static_cast<std::size_t>(d)];
        }
        at(j, c) = at(out + j, in + c) = real;
        at(j, in + c) = -imaginary, at(out + j, c) = imaginary;
      }
    return simple_norm_above(k.block()) <= most ? most : spectral_norm_above(k.block());
  }

  /// How far K(f) is from the true one, at most, in the Frobenius norm: a cosine by 2^-47, the roundings of
  /// its angle included, and a sum of n products by n + 1 units of roundoff, both of sum |K_d|; and what the
  /// weights are off.
  double off() const {
    const Index area = p_.kernel.height * p_.kernel.width;
    std::vector<double> sums;
    for (Index j = 0; j < w_.rows; ++j)
      for (Index c = 0; c < p_.image.channels; ++c)
        sums.push_back(
            sum_of_above(area, [&](Index d) { return std::abs(w_.block().row(j)[c * area + d]); }));
    const double each = static_cast<double>(area + 32) * 0x1p-50 + 2 * w_.off;
    return product_above(each, detail::norm_above(sums.data(), w_.rows * p_.image.channels));
  }

  const Patches& p_;
  const MadeWeight& w_;
  Index down_, across_;
};

}  // namespace espalier::detail
