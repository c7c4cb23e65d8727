// SPDX-License-Identifier: MIT
#include "espalier/certify/convolution_spectrum.hpp"

#include "../convolution_matrix.hpp"
#include "../searched_norms.hpp"

using namespace espalier;
using detail::Patches;

namespace {

/// The bound of the frequencies, in units of the true norm.
double share(const Patches& p, Index outputs, double size = 1) {
  const WeightMatrix<double> w = size * random_matrix<double>(outputs, p.length(), 5);
  const detail::MadeWeight made{w.rows(), w.cols(), {w.data(), w.data() + w.size()}};
  return detail::ConvolutionSpectrum(p, made).norm() / size / two_norm(matrix_of(p, w / size));
}

}  // namespace

TEST_CASE("The bound of the frequencies is not below the norm on images, whatever stride and padding") {
  for (const Index stride : {1, 2})
    for (const Index padding : {0, 1, 2, 4})
      for (const Kernel kernel : {Kernel{3, 3}, Kernel{1, 2}, Kernel{4, 4}}) {
        const Patches p{{4, 5, 2}, kernel, stride, padding};
        CAPTURE(stride, padding, kernel.height, kernel.width);
        const double found = share(p, 3);
        CHECK(found >= 1 - 1e-14);
        if (stride == 1) CHECK(found < 2);
      }
  CHECK(share({{2, 2, 1}, {4, 4}, 1, 1}, 2) >= 1 - 1e-14);
}

TEST_CASE("Of larger images it is within a fifth, and sizes do not matter") {
  const Patches p{{6, 6, 1}, {3, 3}, 1, 1};
  const double found = share(p, 3);
  CHECK(found < 1.2);
  CHECK(share(p, 3, 0x1p-700) == Approx(found).epsilon(1e-12));
  CHECK(share(p, 3, 0x1p700) == Approx(found).epsilon(1e-12));
}

TEST_CASE("A cyclic convolution's norm is met: kernels of one place, and sums of positive numbers") {
  CHECK(share({{5, 4, 3}, {1, 1}}, 4) == Approx(1).epsilon(1e-12));
  const detail::MadeWeight ones{1, 9, std::vector<double>(9, 1.0)};
  CHECK(detail::ConvolutionSpectrum({{6, 6, 1}, {3, 3}}, ones).norm() == Approx(9).epsilon(1e-12));
  const detail::MadeWeight off{1, 9, std::vector<double>(9, 1.0), 0.5};
  CHECK(detail::ConvolutionSpectrum({{6, 6, 1}, {3, 3}}, off).norm() >= 13.5);
  const detail::MadeWeight none{1, 9, std::vector<double>(9, 0.0)};
  CHECK(detail::ConvolutionSpectrum({{6, 6, 1}, {3, 3}}, none).norm() == 0);
}
