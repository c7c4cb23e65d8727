// SPDX-License-Identifier: MIT
// The least strength of a penalty on the first layer that lets no input in.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/group_mcp.hpp"
#include "espalier/constraint/group_scad.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/lasso_net.hpp"
#include "espalier/select/best_constant.hpp"
#include "espalier/select/selected.hpp"
#include "espalier/train/fit_data.hpp"

namespace espalier {

/// Of lambda_max().
struct LambdaMaxOptions {
  /// How fast the outputs may change, in the Euclidean norm, with what the first layer gives: for all later
  /// weights that training may reach. 1 for ReLU and an output layer under MaxNorm{1}; in general the product
  /// of the bounds of norms and of the largest slopes. 0: as fast as they do at the weights that the model
  /// has, which is no bound once these are trained, and nothing at all for ReLU at biases of 0.
  double slope = 0;
};

namespace detail {

/// f(path, policy) for the penalty on the first weight whose strength decides which inputs are read. Throws
/// if there is none, or more than one.
template <class M, class F>
auto with_selecting_policy(const M& model, F&& f) {
  const auto& e = input_weight(model.parameters(), model.inputs());
  const auto traits = e.pack.traits();
  const std::string_view wanted =
      "one of L1, PerInput{GroupLasso}, PerInput{GroupMcp}, PerInput{GroupScad} and LassoNet, on a weight "
      "that is what is stored";
  const auto has = [&]<class P>(const P*) { return e.pack.template find<P>() != nullptr; };
  const int count = int{has(static_cast<L1*>(nullptr))} + int{has(static_cast<GroupLasso*>(nullptr))} +
                    int{has(static_cast<GroupMcp*>(nullptr))} + int{has(static_cast<GroupScad*>(nullptr))} +
                    int{has(static_cast<LassoNet*>(nullptr))};
  std::string names;
  for (const std::string_view name : e.pack.names()) (names += names.empty() ? "" : ", ") += name;
  const bool grouped = traits.grain == Grain::column || has(static_cast<L1*>(nullptr));
  if (count != 1 || !grouped || traits.maps || traits.scales_rows)
    fail(e.path, wanted, names.empty() ? "no policy" : names + (grouped ? "" : " on rows"));
  const std::string& path = e.path;
  if (const auto* p = e.pack.template find<L1>()) return f(path, *p);
  if (const auto* p = e.pack.template find<GroupLasso>()) return f(path, *p);
  if (const auto* p = e.pack.template find<GroupMcp>()) return f(path, *p);
  if (const auto* p = e.pack.template find<GroupScad>()) return f(path, *p);
  return f(path, *e.pack.template find<LassoNet>());
}

/// The least strength of a penalty for which a column of zeros stays where it is.
struct ZeroStrength {
  enum class Of { numbers, columns, hierarchy } of;
  LassoNet linked{};  // if of a hierarchy

  explicit ZeroStrength(const L1&) : of(Of::numbers) {}
  explicit ZeroStrength(const LassoNet& policy) : of(Of::hierarchy), linked(policy) {}
  template <class P>  // GroupLasso, or one that begins as it does
  explicit ZeroStrength(const P&) : of(Of::columns) {}

  double operator()(const Column& gradient) const {
    if (of == Of::numbers) return gradient.cwiseAbs().maxCoeff();
    if (of == Of::hierarchy) return linked.zero_strength(gradient.data(), gradient.size());
    return gradient.norm() / std::sqrt(static_cast<double>(gradient.size()));
  }
  /// The largest over all gradients of this norm; of a hierarchy, with these at the skips.
  double largest(double norm, const Column& gradient) const {
    Column worst = Column::Zero(gradient.size());
    const Index hidden = worst.size() - (of == Of::hierarchy ? linked.skips : 0);
    if (of == Of::hierarchy)
      worst.head(hidden).setConstant(norm / std::sqrt(static_cast<double>(hidden))),
          worst.tail(linked.skips) = gradient.tail(linked.skips);
    else
      worst[0] = norm;
    return (*this)(worst);
  }
};

/// What the outputs do with the rows of the first weight where all of it is zero.
class FirstOrder {
 public:
  /// Throws ValueError where outputs still depend on inputs, or have no bias.
  template <class M, class L>
  FirstOrder(const M& model, const BasicDataset<typename M::scalar_type>& data, const L& loss, double slope);

  /// The largest of the least strengths of all columns, at this gradient of the loss (outputs x inputs).
  double strength(const Matrix<double>& gradient) const {
    double most = 0;
    for (Index i = 0; i < gradient.cols(); ++i) {
      const Column column = slopes_.transpose() * gradient.col(i);
      most = std::max(most,
                      slope_ == 0 ? zero_(column) : zero_.largest(slope_ * gradient.col(i).norm(), column));
    }
    return most;
  }

  Index outputs() const { return slopes_.rows(); }
  /// Whether the outputs change with the first layer at all.
  bool acts() const { return slope_ != 0 || !slopes_.isZero(0); }

 private:
  Matrix<double> slopes_;  // outputs x rows of the weight
  double slope_;
  ZeroStrength zero_;
};

/// sum over samples of gradient (outputs x samples) times inputs: outputs x inputs.
template <Scalar S>
Matrix<double> times_inputs(const Matrix<double>& gradient, const Matrix<S>& inputs) {
  return (gradient.cast<S>() * inputs.transpose()).template cast<double>();
}

template <class M, class L>
FirstOrder::FirstOrder(const M& model, const BasicDataset<typename M::scalar_type>& data, const L& loss,
                       double slope)
    : slope_(slope), zero_(with_selecting_policy(model, [](const std::string&, const auto& policy) {
        return ZeroStrength(policy);
      })) {
  using S = typename M::scalar_type;
  check_not_negative("lambda_max", "slope", slope);
  check_data(FitContract<S>(model, loss), data);
  if (model.least_samples() > 1)
    fail("lambda_max", "a model whose outputs are those of each sample alone", "BatchNorm");
  M zero = model;
  const auto& first = input_weight(model.parameters(), model.inputs());
  assign(zero, first.path, Matrix<S>(Matrix<S>::Zero(first.rows, first.cols)));
  const Matrix<S> all = zero.forward(data.inputs.leftCols(std::min<Index>(data.samples(), 64)));
  if (!parameter(zero, first.path).isZero(0) || (all.colwise() - all.col(0)).cwiseAbs().maxCoeff() != 0)
    fail(first.path, "outputs that are the same for all inputs where this weight is zero",
         "others: a set without zero, or a way around the first layer");
  const Matrix<S> one = Matrix<S>::Ones(model.inputs(), 1);
  const auto& last = model.parameters().entries().back();
  slopes_.resize(model.outputs(), first.rows);
  for (Index k = 0; k < model.outputs(); ++k) {
    const Matrix<S> unit = Matrix<S>::Identity(model.outputs(), model.outputs()).col(k);
    zero.forward(one);
    zero.backward(one, unit);
    if (last.kind != ParameterKind::bias || gradient(zero, last.path) != unit)
      fail(last.path, "a model whose outputs have a bias of their own, added last",
           "none, or something behind it");
    slopes_.row(k) = gradient(zero, first.path).col(0).template cast<double>().transpose();
  }
}

/// Target and sample weights in double.
template <Scalar S>
struct WideTarget {
  explicit WideTarget(const BasicDataset<S>& data)
      : labels(data.labels),
        values(data.targets.template cast<double>()),
        weights(data.weights.begin(), data.weights.end()) {}
  Target<double> target() const {
    return values.size() > 0 ? Target<double>(values, weights) : Target<double>(labels, weights);
  }
  std::vector<int> labels;
  Matrix<double> values;
  std::vector<double> weights;
};

}  // namespace detail

/// The least strength of the penalty on the first layer (L1, or GroupLasso, GroupMcp or GroupScad PerInput,
/// or LassoNet) for which weights of zero are a resting point: no input is read, and the outputs are the
/// constants that fit best, as the bias of the last layer can make them. In closed form: with the gradient
/// g_i of the loss there along the column of input i, n numbers, it is the largest norm(g_i) / sqrt(n), for
/// L1 the largest magnitude. Sets beside the penalty are not looked at: with these a smaller strength may do.
template <Model M, Scalar S, class L>
double lambda_max(const M& model, const BasicDataset<S>& data, const L& loss,
                  const LambdaMaxOptions& options = {}) {
  const detail::FirstOrder first(model, data, loss, options.slope);
  const detail::WideTarget<S> wide(data);
  const Target<double> target = wide.target();
  const Matrix<double> gradient = detail::times_inputs(
      detail::gradient_at(loss, target, detail::best_constant(loss, target, first.outputs())), data.inputs);
  return first.strength(gradient);
}

}  // namespace espalier
