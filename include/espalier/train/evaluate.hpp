// SPDX-License-Identifier: MIT
// A model's predictions for a whole data set, and the loss and the metrics on them.
#pragma once

#include <algorithm>

#include "espalier/data/dataset.hpp"
#include "espalier/loss/loss.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/train/metric.hpp"

namespace espalier {

/// Outputs (outputs x samples) for all columns of `inputs`, in pieces: memory for activations does not grow
/// with the data. ShapeError for other inputs than the model's, also of no samples.
template <Model M>
Matrix<typename M::Scalar_t> predict(const M& model, ConstBatch<typename M::Scalar_t> inputs) {
  if (inputs.rows() != model.inputs())
    detail::fail<ShapeError>("predict", fmt::format("{} inputs, those of the model", model.inputs()),
                             inputs.rows());
  constexpr Index piece = 256;
  typename M::Workspace_t workspace;
  Matrix<typename M::Scalar_t> outputs(model.outputs(), inputs.cols());
  for (Index first = 0; first < inputs.cols(); first += piece) {
    const Index n = std::min(piece, inputs.cols() - first);
    outputs.middleCols(first, n) = model.predict(inputs.middleCols(first, n), workspace);
  }
  return outputs;
}

/// The data loss, without penalties.
template <Model M, Loss L>
double evaluate(const M& model, const BasicDataset<typename M::Scalar_t>& data, const L& loss) {
  return loss(predict(model, data.inputs), data.target());
}

template <Model M>
double accuracy(const M& model, const BasicDataset<typename M::Scalar_t>& data) {
  return accuracy(predict(model, data.inputs), data.target());
}
template <Model M>
ConfusionMatrix confusion(const M& model, const BasicDataset<typename M::Scalar_t>& data) {
  return confusion(predict(model, data.inputs), data.target());
}
template <Model M>
double rmse(const M& model, const BasicDataset<typename M::Scalar_t>& data) {
  return rmse(predict(model, data.inputs), data.target());
}
template <Model M>
double mae(const M& model, const BasicDataset<typename M::Scalar_t>& data) {
  return mae(predict(model, data.inputs), data.target());
}
template <Model M>
double r2(const M& model, const BasicDataset<typename M::Scalar_t>& data) {
  return r2(predict(model, data.inputs), data.target());
}

}  // namespace espalier
