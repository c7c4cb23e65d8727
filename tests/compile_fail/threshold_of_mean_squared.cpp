// SPDX-License-Identifier: MIT
// expect: whose gradient does not depend on the unknown scale of the noise
#include "espalier/constraint/l1.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/select/quantile_threshold.hpp"

using namespace espalier;

inline double threshold_of(const Sequential<float, Dense<Dynamic, Dynamic, L1>>& net, const Dataset& data) {
#ifdef REFUSED
  return quantile_threshold(net, data, MeanSquared{});
#else
  return quantile_threshold(net, data, RootMeanSquared{});
#endif
}
