// SPDX-License-Identifier: MIT
// What tests of maps of whole matrices share: W and gradients as values.
#pragma once

#include "central_difference.hpp"
#include "espalier/pack/matrix_maps.hpp"
#include "nets.hpp"

/// W of what is stored.
template <class Map, espalier::Scalar S>
espalier::Matrix<S> mapped(const Map& map, const espalier::Matrix<S>& stored) {
  const espalier::WeightMatrix<S> p = stored;
  espalier::WeightMatrix<S> w(p.rows(), p.cols());
  espalier::detail::map_weight(map, espalier::Block<const S>{p.data(), p.rows(), p.cols()},
                               static_cast<const S*>(nullptr),
                               espalier::Block<S>{w.data(), p.rows(), p.cols()});
  return w;
}

/// The gradient of P from that of W.
template <class Map, espalier::Scalar S>
espalier::Matrix<S> pulled_back(const Map& map, const espalier::Matrix<S>& stored,
                                const espalier::Matrix<S>& dw) {
  const espalier::WeightMatrix<S> p = stored, w = mapped(map, stored);
  espalier::WeightMatrix<S> g = dw;
  const auto block = [](auto& m) {
    return espalier::Block<std::remove_pointer_t<decltype(m.data())>>{m.data(), m.rows(), m.cols()};
  };
  espalier::detail::map_pull_back(map, block(p), static_cast<const S*>(nullptr), block(w), block(g),
                                  static_cast<S*>(nullptr));
  return g;
}

/// How far that is from central differences, in units of its norm.
template <class Map>
double gradient_error(const Map& map, const espalier::Matrix<double>& p) {
  const espalier::Matrix<double> dw = random_matrix<double>(p.rows(), p.cols(), 99);
  const espalier::Matrix<double> differences = central_difference(
      [&](const espalier::Matrix<double>& x) { return mapped(map, x).cwiseProduct(dw).sum(); }, p);
  return (pulled_back(map, p, dw) - differences).norm() / differences.norm();
}

/// Is the 2-norm at most `bound`? By the signs of the pivots of bound^2 I - W W' in long double.
template <class W>
bool norm_at_most(const W& w, long double bound) {
  using Wide = Eigen::Matrix<long double, espalier::Dynamic, espalier::Dynamic>;
  const Wide a = (w.rows() <= w.cols() ? w : W(w.transpose())).template cast<long double>();
  const espalier::Index k = a.rows();
  Wide rest = Wide::Identity(k, k) * (bound * bound);
  for (espalier::Index i = 0; i < k; ++i)
    for (espalier::Index j = 0; j < k; ++j) rest(i, j) -= a.row(i).cwiseProduct(a.row(j)).sum();
  for (espalier::Index c = 0; c < k; ++c) {
    if (!(rest(c, c) > 0)) return false;
    for (espalier::Index i = c + 1; i < k; ++i) {
      const long double factor = rest(i, c) / rest(c, c);
      for (espalier::Index j = c; j < k; ++j) rest(i, j) -= factor * rest(c, j);
    }
  }
  return true;
}
