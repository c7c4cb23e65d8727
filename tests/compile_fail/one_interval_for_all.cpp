// SPDX-License-Identifier: MIT
// expect: a policy of vectors is beside one that knows the place of each weight, as Mask or Frozen: it must
// ask for elements.at(i).prox(y, t)
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

struct AnySum {
  bool contains(const auto& row) const { return row.size() > 0; }
  template <Scalar S>
  void project(Row<S> y, Steps<S> t, const auto& elements) const {
    for (Index i = 0; i < y.size(); ++i) y[i] = elements.prox(y[i], t[i]);
  }
};

#ifdef REFUSED
Sequential net{Dense(4, 3, AnySum{}, Mask{1, 0, 1, 1})};
#else
Sequential net{Dense(4, 3, AnySum{}, Clip{})};
#endif
