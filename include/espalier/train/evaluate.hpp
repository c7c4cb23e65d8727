// SPDX-License-Identifier: MIT
// A model's predictions for a whole data set, and the loss and the metrics on them.
#pragma once

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <vector>

#include "espalier/core/precision.hpp"
#include "espalier/data/dataset.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/softmax.hpp"
#include "espalier/loss/loss.hpp"
#include "espalier/metric/metric.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier {

namespace detail {

template <class M, class L>
inline constexpr bool ends_in = false;
template <Scalar S, class... Layers, class L>
inline constexpr bool ends_in<Sequential<S, Layers...>, L> =
    std::is_same_v<std::tuple_element_t<sizeof...(Layers) - 1, std::tuple<Layers...>>, L>;

/// The options, with the threshold of probabilities where the model gives such.
template <class M>
DecisionOptions with_threshold(DecisionOptions options) {
  if (ends_in<M, Sigmoid> && !options.threshold) options.threshold = 0.5;
  return options;
}
/// As with_threshold(), but without a threshold for several outputs, of which the largest decides.
template <class M>
DecisionOptions with_threshold_for_one(const M& model, const DecisionOptions& options) {
  return model.outputs() == 1 ? with_threshold<M>(options) : options;
}

/// Files read apart number their classes apart: a part of the classes, and every number means another one.
template <Scalar S>
void check_class_count(std::string_view where, const BasicDataset<S>& data, Index outputs) {
  const auto names = static_cast<Index>(data.class_names.size()), classes = std::max<Index>(outputs, 2);
  if (names > 0 && names != classes)
    fail(where, {"data of the {} classes of the model (read with .classes = train.class_names)", {classes}},
         names);
}

}  // namespace detail

/// Outputs (outputs x samples) for all columns of `inputs`, in pieces: memory for activations does not grow
/// with the data. ShapeError for other inputs than the model's, also of no samples.
template <Model M, class X>
Matrix<typename M::scalar_type> predict(const M& model, const Eigen::DenseBase<X>& x) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, typename X::Scalar>::fits);
  const ConstBatch<typename M::scalar_type> inputs(x.derived());
  if (inputs.rows() != model.inputs())
    detail::fail<ShapeError>(
        "predict",
        {"{} inputs, those of the model{}",
         {model.inputs(), inputs.cols() == model.inputs() ? detail::transpose_hint : ""}},
        inputs.rows());
  constexpr Index piece = 256;
  typename M::workspace_type workspace;
  Matrix<typename M::scalar_type> outputs(model.outputs(), inputs.cols());
  for (Index first = 0; first < inputs.cols(); first += piece) {
    const Index n = std::min(piece, inputs.cols() - first);
    outputs.middleCols(first, n) = model.predict(inputs.middleCols(first, n), workspace);
  }
  return outputs;
}

/// The class of each column of `inputs`, counted from 0: the first largest output. One output decides as in
/// `accuracy`.
template <Model M, class X>
std::vector<int> predict_classes(const M& model, const Eigen::DenseBase<X>& x,
                                 const DecisionOptions& options = {}) {
  const auto outputs = predict(model, x);
  const double threshold =
      detail::threshold_of("predict_classes", detail::with_threshold_for_one(model, options), outputs.rows());
  std::vector<int> classes;
  for (Index i = 0; i < outputs.cols(); ++i)
    classes.push_back(static_cast<int>(
        detail::class_of("predict_classes", outputs.col(i).data(), outputs.rows(), threshold, i)));
  return classes;
}

/// Probabilities (outputs x samples) of a model whose outputs are logits: softmax of several, the logistic
/// function of one. Outputs of a model that ends in Softmax or Sigmoid are returned as they are.
template <Model M, class X>
Matrix<typename M::scalar_type> predict_probabilities(const M& model, const Eigen::DenseBase<X>& x) {
  using Map = Eigen::Map<Matrix<typename M::scalar_type>>;
  auto outputs = predict(model, x);
  if constexpr (!detail::ends_in<M, Softmax> && !detail::ends_in<M, Sigmoid>) {
    Map y(outputs.data(), outputs.rows(), outputs.cols());
    if (outputs.rows() == 1)
      Sigmoid{}.forward(y, y);
    else
      Softmax{}.forward(y, y);
  }
  return outputs;
}

/// The data loss, without penalties.
template <Model M, Scalar S, Loss<S> L>
double evaluate(const M& model, const BasicDataset<S>& data, const L& loss) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  return loss(predict(model, data.inputs), data.target());
}

/// The model's outputs are the classes of the data it was trained on: ValueError where `data` name another
/// number of classes. Names and their order are not known here: read every further file with `.classes =
/// train.class_names`. One output decides at 0 (a logit), at 0.5 where the model ends in Sigmoid, or at
/// `options.threshold`.
template <Model M, Scalar S>
double accuracy(const M& model, const BasicDataset<S>& data, const DecisionOptions& options = {}) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  detail::check_class_count("accuracy", data, model.outputs());
  return accuracy(predict(model, data.inputs), data.target(), detail::with_threshold_for_one(model, options));
}
/// The confusion matrix, decided and checked as `accuracy` does.
template <Model M, Scalar S>
ConfusionMatrix confusion(const M& model, const BasicDataset<S>& data, const DecisionOptions& options = {}) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  detail::check_class_count("confusion", data, model.outputs());
  return confusion(predict(model, data.inputs), data.target(),
                   detail::with_threshold_for_one(model, options));
}
template <Model M, Scalar S>
double label_accuracy(const M& model, const BasicDataset<S>& data, const DecisionOptions& options = {}) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  return label_accuracy(predict(model, data.inputs), data.target(), detail::with_threshold<M>(options));
}
template <Model M, Scalar S>
double exact_match(const M& model, const BasicDataset<S>& data, const DecisionOptions& options = {}) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  return exact_match(predict(model, data.inputs), data.target(), detail::with_threshold<M>(options));
}
template <Model M, Scalar S>
double rmse(const M& model, const BasicDataset<S>& data) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  return rmse(predict(model, data.inputs), data.target());
}
template <Model M, Scalar S>
double mae(const M& model, const BasicDataset<S>& data) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  return mae(predict(model, data.inputs), data.target());
}
template <Model M, Scalar S>
double r2(const M& model, const BasicDataset<S>& data) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  return r2(predict(model, data.inputs), data.target());
}

}  // namespace espalier
