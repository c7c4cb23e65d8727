// SPDX-License-Identifier: MIT
// The Lipschitz bounds of a sandwich layer, from the numbers that it multiplies by.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/certify/bound_step.hpp"
#include "espalier/core/matrix.hpp"
#include "espalier/layer/sandwich.hpp"

namespace espalier::detail {

template <class Activation>
const Activation& sandwich_activation(const Sandwich<Activation>& layer) {
  return layer.activation();
}

/// Of y = G s(F x + b), slopes of s from 0 to 1: for every diagonal T > 0, A' = G T^-1 and B = T F / 2,
///
///   norm(y(x) - y(z)) <= norm([A B])_2^2 norm(x - z).
///
/// For let p = T (s(v) - s(w)) / sqrt(2), with v and w what s is of. Slopes from 0 to 1 say norm(p)^2 <=
/// sqrt(2) <B' p, x - z>. If norm([A B])_2 <= 1, then A A' <= I - B B', so that norm(y(x) - y(z))^2 = 2
/// norm(A' p)^2 <= 2 norm(p)^2 - 2 norm(B' p)^2 <= 2 sqrt(2) <B' p, x - z> - 2 norm(B' p)^2, which is at most
/// norm(x - z)^2; a norm above 1 is divided out, once of A and once of B (Wang & Manchester 2023, theorem
/// 3.1, without its equality).
///
/// `both` is [A B] as the layer's map makes it. G and F are made of it as the layer makes them, and T is the
/// layer's own sqrt(2) e^psi, so that what it rounds is in the bound. The 2-norm is near 1, the product of
/// those of G and F may be far above.
template <Scalar S>
NormBounds sandwich_bounds(const MadeWeight& both, const S* psi, const Slopes& slopes) {
  const Index out = both.rows, in = both.cols - out;
  MadeWeight first{out, in, {}, 0}, second{out, out, {}, 0}, joined{out, out + in, {}, 2 * roundoff<double>};
  second.numbers.resize(static_cast<std::size_t>(out * out));
  for (Index j = 0; j < out; ++j) {
    const S up = sandwich_rise(psi[j]), down = sandwich_rise(-psi[j]);
    const double t = static_cast<double>(up);
    const double* const row = both.block().row(j);
    for (Index i = 0; i < out; ++i) {
      const double g = static_cast<double>(up * static_cast<S>(row[i]));
      second.numbers[static_cast<std::size_t>(i * out + j)] = g;
      joined.numbers.push_back(g / t);
    }
    for (Index i = 0; i < in; ++i) {
      const double f = static_cast<double>(down * static_cast<S>(row[out + i]));
      first.numbers.push_back(f);
      joined.numbers.push_back(f * t / 2);
    }
  }
  const auto finite = [](double x) { return std::isfinite(x); };
  if (!std::all_of(joined.numbers.begin(), joined.numbers.end(), finite))
    return {HUGE_VAL, HUGE_VAL, HUGE_VAL};
  NormBounds bounds =
      one_after_other(one_after_other(norms_above(first), bounds_of(slopes)), norms_above(second));
  // What became too small for a double is below any weight that a number next to 1 leaves room for.
  const double norm =
      sum_above(sum_above(spectral_norm_above(joined.block()), joined.frobenius_off()), 0x1p-900);
  bounds.two = std::min(bounds.two, product_above(norm, norm));
  return bounds;
}

}  // namespace espalier::detail
