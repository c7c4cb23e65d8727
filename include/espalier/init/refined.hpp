// SPDX-License-Identifier: MIT
// Initializers that change weights which another one has filled: some become zero, or all go to levels.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/init/initializer.hpp"

namespace espalier {

/// Of each m neighbors in a row n stay, whichever, and are multiplied by sqrt(m / n), so that sums keep their
/// variance; the others become 0. (The n largest, which a projection would keep, have more than n / m of it.)
struct SomeOfNeighbors {
  Index n = 2, m = 4;

  static constexpr bool refines = true;

  void operator()(auto& w, Index, Index, Rng& rng) const {
    using S = typename std::decay_t<decltype(w)>::Scalar;
    for (Index j = 0; j < w.rows(); ++j)
      for (Index block = 0; block < w.cols(); block += m) {
        const Index all = std::min(m, w.cols() - block);
        Index wanted = std::min(n, all);
        const double factor = std::sqrt(static_cast<double>(all) / static_cast<double>(wanted));
        for (Index i = 0; i < all; ++i) {
          const bool stays = rng.below(all - i) < wanted;
          wanted -= stays;
          S& x = w(j, block + i);
          x = stays ? static_cast<S>(factor * static_cast<double>(x)) : S(0);
        }
      }
  }
};

/// Each weight becomes one of the two levels next to it, the nearer one with the larger probability, so that
/// its mean is the weight. `levels.some(x, u)` is the choice for u uniform on [0, 1).
template <class Levels>
struct StochasticRounding {
  Levels levels;

  static constexpr bool refines = true;

  void operator()(auto& w, Index, Index, Rng& rng) const {
    for (Index j = 0; j < w.rows(); ++j)
      for (Index i = 0; i < w.cols(); ++i) w(j, i) = levels.some(w(j, i), rng.uniform());
  }
};

}  // namespace espalier
