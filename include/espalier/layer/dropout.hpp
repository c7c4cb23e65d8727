// SPDX-License-Identifier: MIT
// Dropout: while training, each number is zero with a given probability.
#pragma once

#include "espalier/core/check.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/layer/layer.hpp"

namespace espalier {

/// y = x / (1 - probability) with probability 1 - probability, else 0; the identity outside training
/// (Srivastava et al. 2014, in the inverted form). Nothing is stored: the backward pass draws the same mask
/// again from the seed of the pass.
struct Dropout {
  static constexpr bool monotone = true;
  double probability = 0.5;

  void validate() const { detail::check_fraction("Dropout", "probability", probability); }
  void describe_training(auto&& f) const { f("probability", probability); }

  template <class X, class Y>
  void forward(const X& x, Y&& y, const Pass& pass) const {
    mask(x, y, pass);
  }

  template <class X, class Y, class DY, class DX>
  void backward(const X&, const Y&, const DY& dy, DX&& dx, const Pass& pass) const {
    mask(dy, dx, pass);
  }

  void write_code(auto&) const {}  // the identity outside training

  bool operator==(const Dropout&) const = default;

 private:
  template <class From, class To>
  void mask(const From& from, To& to, const Pass& pass) const {
    using S = typename From::Scalar;
    if (!pass.training || probability == 0) {
      to = from;
      return;
    }
    Rng rng(pass.seed, pass.stream);
    const S scale = static_cast<S>(1 / (1 - probability));
    for (Index j = 0; j < from.cols(); ++j)
      for (Index i = 0; i < from.rows(); ++i)
        to(i, j) = rng.uniform() < probability ? S(0) : scale * from(i, j);
  }
};

}  // namespace espalier
