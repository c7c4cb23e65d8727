// SPDX-License-Identifier: MIT
// A convolution as the matrix that it is on images.
#pragma once

#include "espalier/kernel/patches.hpp"

/// The convolution written out, outputs x inputs, pixel by pixel.
inline espalier::Matrix<double> matrix_of(const espalier::detail::Patches& p,
                                          const espalier::WeightMatrix<double>& w) {
  using espalier::Index;
  espalier::Matrix<double> result = espalier::Matrix<double>::Zero(w.rows() * p.positions(), p.image.size());
  for (Index o = 0; o < w.rows(); ++o)
    for (Index y = 0; y < p.height(); ++y)
      for (Index x = 0; x < p.width(); ++x)
        for (Index c = 0; c < p.image.channels; ++c)
          for (Index dy = 0; dy < p.kernel.height; ++dy)
            for (Index dx = 0; dx < p.kernel.width; ++dx) {
              const Index row = y * p.stride + dy - p.padding, col = x * p.stride + dx - p.padding;
              if (row < 0 || col < 0 || row >= p.image.height || col >= p.image.width) continue;
              result((o * p.height() + y) * p.width() + x,
                     (c * p.image.height + row) * p.image.width + col) +=
                  w(o, (c * p.kernel.height + dy) * p.kernel.width + dx);
            }
  return result;
}
