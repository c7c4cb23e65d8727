// SPDX-License-Identifier: MIT
// How rows start that are the parts of a whole.
#pragma once

#include <cmath>
#include <vector>

#include "espalier/init/initializer.hpp"

namespace espalier {

/// Each row uniform on the simplex of weights >= 0 with this sum: Dirichlet with all parameters 1, which is
/// exponential numbers divided by their sum.
struct Dirichlet {
  double sum = 1;

  void operator()(auto& w, Index, Index, Rng& rng) const {
    using S = typename std::decay_t<decltype(w)>::Scalar;
    std::vector<double> parts(static_cast<std::size_t>(w.cols()));
    for (Index j = 0; j < w.rows(); ++j) {
      double total = 0;
      for (double& part : parts) total += part = -std::log1p(-rng.uniform());
      for (Index i = 0; i < w.cols(); ++i)
        w(j, i) = static_cast<S>(sum * parts[static_cast<std::size_t>(i)] / total);
    }
  }
};

}  // namespace espalier
