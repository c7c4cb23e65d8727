// SPDX-License-Identifier: MIT
// Units that some data never turn on: a ReLU that gives 0 for every sample has no gradient, and does not
// come back.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "espalier/core/precision.hpp"
#include "espalier/layer/slopes.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier {

/// The units of one activation. A unit is one output: of an image, a pixel of a channel.
struct DeadUnits {
  std::string layer;  ///< its path: "1", "3.body.1"
  std::string activation;
  Index units = 0;
  std::vector<Index> dead;  ///< those that are exactly 0 for every sample, counted from 0

  bool operator==(const DeadUnits&) const = default;
};

namespace detail {

/// Strikes off what is not 0, of all activations inside a layer.
class DeadUnitWalk {
 public:
  std::vector<DeadUnits> found;

  /// After a pass of another piece of the data.
  template <class M>
  void look(const M& model, const typename M::workspace_type& workspace) {
    next_ = 0;
    model.each_inside(workspace, [&](auto&&... layer) { visit("", layer...); });
  }

 private:
  template <Scalar S, class L>
  void visit(const std::string& before, const std::string& name, const L& layer, const S* kept,
             const Eigen::Map<const Matrix<S>>& y) {
    const std::string path = before + name;
    if constexpr (HasSlopes<L>)
      strike_off(path, activation_name<L>(), y);
    else if constexpr (requires { layer.each_inside(kept, y, [](auto&&...) {}); })
      layer.each_inside(kept, y, [&](auto&&... inner) { visit(path + ".", inner...); });
  }

  void strike_off(const std::string& path, std::string_view name, const auto& y) {
    if (next_ == found.size()) {
      found.push_back({path, std::string(name), y.rows(), {}});
      for (Index i = 0; i < y.rows(); ++i) found.back().dead.push_back(i);
    }
    std::erase_if(found[next_++].dead, [&](Index i) { return !(y.row(i).array() == 0).all(); });
  }

  std::size_t next_ = 0;
};

}  // namespace detail

/// `dead_units(net, data.inputs)`: for each activation of a model, also inside Chain, Residual and Concat,
/// the units that no sample turns on. `audit` shows which rows of a weight are 0, this what the data make of
/// the others. Runs `predict` in pieces, and changes nothing.
template <Model M, class X>
std::vector<DeadUnits> dead_units(const M& model, const Eigen::DenseBase<X>& x) {
  using S = typename M::scalar_type;
  static_assert(detail::PrecisionOf<S, typename X::Scalar>::fits);
  const ConstBatch<S> inputs(x.derived());
  constexpr Index piece = 256;
  typename M::workspace_type workspace;
  detail::DeadUnitWalk walk;
  Index first = 0;
  do {  // of no samples, predict says so
    model.predict(inputs.middleCols(first, std::min(piece, inputs.cols() - first)), workspace);
    walk.look(model, workspace);
  } while ((first += piece) < inputs.cols());
  return walk.found;
}

}  // namespace espalier
