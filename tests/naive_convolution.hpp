// SPDX-License-Identifier: MIT
// A convolution as its definition says: seven loops, in long double.
#pragma once

#include "espalier/core/image.hpp"

/// Outputs of one kernel are heights x widths of a grid; all indices are those of PyTorch's conv2d.
struct NaiveConvolution {
  using Index = espalier::Index;
  using Numbers = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

  espalier::Image image;
  Index out, kernel_height, kernel_width, stride, padding;

  Index height() const { return (image.height + 2 * padding - kernel_height) / stride + 1; }
  Index width() const { return (image.width + 2 * padding - kernel_width) / stride + 1; }
  Index outputs() const { return out * height() * width(); }
  Index length() const { return image.channels * kernel_height * kernel_width; }

  /// f(sample, output feature, kernel, input feature, weight) for all that are multiplied with each other.
  template <class F>
  void each(Index samples, F&& f) const {
    for (Index n = 0; n < samples; ++n)
      for (Index j = 0; j < out; ++j)
        for (Index y = 0; y < height(); ++y)
          for (Index x = 0; x < width(); ++x)
            for (Index c = 0; c < image.channels; ++c)
              for (Index ky = 0; ky < kernel_height; ++ky)
                for (Index kx = 0; kx < kernel_width; ++kx) {
                  const Index row = y * stride + ky - padding, column = x * stride + kx - padding;
                  if (row < 0 || row >= image.height || column < 0 || column >= image.width) continue;
                  f(n, (j * height() + y) * width() + x, j, (c * image.height + row) * image.width + column,
                    (c * kernel_height + ky) * kernel_width + kx);
                }
  }

  Numbers forward(const Numbers& w, const Numbers& x) const {
    Numbers y = Numbers::Zero(outputs(), x.cols());
    each(x.cols(),
         [&](Index n, Index to, Index j, Index from, Index k) { y(to, n) += w(j, k) * x(from, n); });
    return y;
  }
  Numbers weight_gradient(const Numbers& dy, const Numbers& x) const {
    Numbers dw = Numbers::Zero(out, length());
    each(x.cols(),
         [&](Index n, Index to, Index j, Index from, Index k) { dw(j, k) += dy(to, n) * x(from, n); });
    return dw;
  }
  Numbers input_gradient(const Numbers& w, const Numbers& dy) const {
    Numbers dx = Numbers::Zero(image.size(), dy.cols());
    each(dy.cols(),
         [&](Index n, Index to, Index j, Index from, Index k) { dx(from, n) += w(j, k) * dy(to, n); });
    return dx;
  }
};

/// How far numbers are from the expected ones, in parts of the largest.
template <class M>
double parting(const M& found, const NaiveConvolution::Numbers& expected) {
  const auto apart = (found.template cast<long double>() - expected).cwiseAbs().maxCoeff();
  return static_cast<double>(apart / expected.cwiseAbs().maxCoeff());
}
