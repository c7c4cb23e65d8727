// SPDX-License-Identifier: MIT
#include "measures.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <espalier/kernel/singular_sum.hpp>

namespace study {

void measure_filters(const Eigen::MatrixXf& weight, std::map<std::string, double>& numbers) {
  const Eigen::MatrixXd squares = weight.cast<double>().cwiseAbs2();
  const Eigen::RowVectorXd inputs = squares.colwise().sum();
  const double total = inputs.sum();
  numbers["zeros"] = static_cast<double>((weight.array() == 0).count()) / static_cast<double>(weight.size());
  numbers["unread"] = static_cast<double>((inputs.array() == 0).count());
  numbers["row_norm"] = std::sqrt(squares.rowwise().sum().maxCoeff());
  numbers["input_share"] = total > 0 ? inputs.maxCoeff() / total : 0;
  numbers["effective_rank"] = effective_rank(weight);
}

double effective_rank(const Eigen::MatrixXf& weight) {
  namespace detail = espalier::detail;
  if (!weight.allFinite() || weight.isZero(0)) return 0;
  std::vector<double> room(static_cast<std::size_t>(detail::sum_room * weight.size()));
  // The numbers stand by columns: those of the transpose by rows, whose singular values are the same.
  const detail::SingularSum values(espalier::Block<const float>{weight.data(), weight.cols(), weight.rows()},
                                   room.data());
  double sum = 0, entropy = 0;
  for (Eigen::Index i = 0; i < values.size(); ++i) sum += values[i];
  for (Eigen::Index i = 0; i < values.size(); ++i)
    if (const double share = values[i] / sum; share > 0) entropy -= share * std::log(share);
  return std::exp(entropy);
}

double similarity(const Eigen::MatrixXf& weight, const Eigen::MatrixXf& other) {
  const auto unit_rows = [](const Eigen::MatrixXf& w) {
    Eigen::MatrixXd rows = w.cast<double>();
    for (Eigen::Index i = 0; i < rows.rows(); ++i)
      if (const double norm = rows.row(i).norm(); norm > 0) rows.row(i) /= norm;
    return rows;
  };
  const Eigen::MatrixXd a = unit_rows(weight), b = unit_rows(other);
  const Eigen::MatrixXd cosines = (a * b.transpose()).cwiseAbs();
  double sum = 0;
  long rows = 0;
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    if (!a.row(i).isZero(0)) sum += cosines.row(i).maxCoeff(), ++rows;
  return rows > 0 ? sum / static_cast<double>(rows) : std::numeric_limits<double>::quiet_NaN();
}

double dead_share(const Eigen::MatrixXf& weight, const Eigen::VectorXf& bias, const Eigen::MatrixXf& inputs) {
  constexpr Eigen::Index at_once = 1024;
  Eigen::ArrayXf most = Eigen::ArrayXf::Constant(weight.rows(), -std::numeric_limits<float>::infinity());
  for (Eigen::Index k = 0; k < inputs.cols(); k += at_once) {
    const Eigen::Index n = std::min(at_once, inputs.cols() - k);
    const Eigen::MatrixXf sums = (weight * inputs.middleCols(k, n)).colwise() + bias;
    most = most.max(sums.rowwise().maxCoeff().array());
  }
  return static_cast<double>((most <= 0).count()) / static_cast<double>(weight.rows());
}

double share_of_last(const Eigen::MatrixXf& weight, long count) {
  const double total = weight.cast<double>().squaredNorm();
  return total > 0 ? weight.rightCols(count).cast<double>().squaredNorm() / total : 0;
}

void measure_gradients(const std::vector<std::vector<double>>& norms, double largest, Result& result) {
  result.numbers["largest_gradient"] = largest;
  if (norms.empty() || norms.front().empty()) return;
  for (std::size_t k = 0; k < norms.size(); ++k)
    result.series["gradient_" + std::to_string(k + 1)] = norms[k];
  double logs = 0, first = 0;
  for (std::size_t e = 0; e < norms.front().size(); ++e) {
    first += norms.front()[e];
    logs += std::log(norms.front()[e] / norms.back()[e]);
  }
  const auto epochs = static_cast<double>(norms.front().size());
  result.numbers["gradient_first"] = first / epochs;
  result.numbers["gradient_ratio"] = std::exp(logs / epochs);
}

}  // namespace study
