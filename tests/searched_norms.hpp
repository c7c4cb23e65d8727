// SPDX-License-Identifier: MIT
// Lipschitz bounds against what a search finds, and 2-norms by another way than the library's.
#pragma once

#include <algorithm>
#include <cmath>

#include "catch.hpp"
#include "espalier/certify/lipschitz.hpp"
#include "nets.hpp"

struct Norms {
  double one, two, infinity;
};
inline Norms norms_of(const espalier::Matrix<double>& d) {
  return {d.lpNorm<1>(), d.norm(), d.lpNorm<Eigen::Infinity>()};
}

/// The largest quotients that a search finds: from random pairs, near and far, and from pairs that gradient
/// ascent (power iteration through the derivative) drives apart.
template <class M>
Norms searched(M& net, espalier::Index tries = 60, double spread = 2) {
  Norms most{0, 0, 0};
  const auto look = [&](const espalier::Matrix<double>& x, const espalier::Matrix<double>& z) {
    const Norms in = norms_of(x - z), out = norms_of(net.predict(x) - net.predict(z));
    most = {std::max(most.one, out.one / in.one), std::max(most.two, out.two / in.two),
            std::max(most.infinity, out.infinity / in.infinity)};
  };
  for (espalier::Index t = 0; t < tries; ++t) {
    const espalier::Matrix<double> x =
        spread * random_matrix<double>(net.inputs(), 1, static_cast<unsigned>(t));
    espalier::Matrix<double> direction =
        random_matrix<double>(net.inputs(), 1, static_cast<unsigned>(1000 + t));
    look(x, x + direction);
    espalier::Matrix<double> back;
    for (int step = 0; step < 20; ++step) {
      direction *= 1e-4 / direction.norm();
      look(x, x + direction);
      for (espalier::Index i = 0; t == 0 && step == 0 && i < net.inputs(); ++i) {
        espalier::Matrix<double> unit = espalier::Matrix<double>::Zero(net.inputs(), 1);
        unit(i, 0) = 1e-4;
        look(x, x + unit);
      }
      // Not in one expression: both are views of the same memory.
      espalier::Matrix<double> stretched = net.predict(x + direction);
      stretched -= net.forward(x);
      net.backward(x, stretched / stretched.norm(), back);
      if (!(back.norm() > 0)) break;
      direction = back;
    }
  }
  return most;
}

/// Outside training: the search goes through passes of `forward`, so nets here behave the same in both.
template <class M>
espalier::LipschitzBounds checked(M& net, double found_share = 0) {
  const espalier::LipschitzBounds bounds = espalier::lipschitz(net);
  const Norms found = searched(net);
  const double slack = 1 + 1e-9;  // of the quotients of differences
  CHECK(found.one <= bounds.one * slack);
  CHECK(found.two <= bounds.two * slack);
  CHECK(found.infinity <= bounds.infinity * slack);
  CHECK(found.two >= found_share * bounds.two);
  CHECK(bounds.two == std::min(bounds.product, bounds.composed));
  return bounds;
}

/// An independent 2-norm: the root of the largest eigenvalue, by many squarings of the Gram matrix in long
/// double.
inline double two_norm(const espalier::Matrix<double>& w) {
  using Long = Eigen::Matrix<long double, espalier::Dynamic, espalier::Dynamic>;
  const Long wide = w.cast<long double>();
  Long g = wide.rows() > wide.cols() ? Long(wide.transpose() * wide) : Long(wide * wide.transpose());
  long double log_norm = 0;
  for (int k = 0; k < 60; ++k) {
    const long double size = g.norm();
    if (size == 0) return 0;
    log_norm += std::log(size) / static_cast<long double>(std::ldexp(1.0, k));
    g /= size;
    g = (g * g).eval();
  }
  return static_cast<double>(std::exp((log_norm + std::log(g.norm()) / std::ldexp(1.0L, 60)) / 2));
}
