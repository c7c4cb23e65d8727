// SPDX-License-Identifier: MIT
// Are the gradients of a model right? Central differences in double: for your own layers, losses and
// penalties.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "espalier/loss/loss.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier {

/// How far a parameter's gradient is from the differences: norm(a - b) / (norm(a) + norm(b)), 0 where both
/// vanish, NaN where one is not finite.
struct GradientError {
  std::string parameter;  ///< "0.weight"
  double relative;

  bool ok() const { return relative < 1e-6; }
};

/// Compares backward() and the smooth penalties with central differences of loss + smooth penalties, for
/// every parameter. The model is left as it was. Right gradients of smooth functions are ok(), below 1e-6;
/// kinks (ReLU at 0, an absolute error of 0) do not count as errors of yours, so keep the batch away from
/// them. Models with Dropout have no fixed function to differentiate.
template <Model M, Loss<double> L>
std::vector<GradientError> gradient_check(M model, const L& loss, const Matrix<typename M::scalar_type>& x,
                                          const Target<typename M::scalar_type>& target, double step = 1e-5) {
  static_assert(std::is_same_v<typename M::scalar_type, double>,
                "gradient_check needs double: build the model with sequential<double>(...)");
  Matrix<double> gradient;
  loss(model.forward(x), target, gradient);
  model.backward(x, gradient);
  const auto objective = [&] { return loss(model.forward(x), target) + penalty(model, true); };
  std::vector<GradientError> errors;
  model.for_each_parameter([&](const auto& p) {
    detail::PolicyCounts ignored{};
    p.pack.add_gradient(p.block(), p.gradients, ignored.data());
    p.pack.add_matrix_gradient(p.block(), p.gradients, ignored.data());
    double* const values = detail::arena(model).data() + p.offset;
    double difference = 0, ours = 0, theirs = 0;
    for (Index i = 0; i < p.size(); ++i) {
      const double value = values[i], h = step * std::max(1.0, std::abs(value));
      values[i] = value + h;
      const double above = objective();
      values[i] = value - h;
      const double below = objective();
      values[i] = value;
      const double slope = (above - below) / (2 * h), found = p.gradients[i];
      difference += (found - slope) * (found - slope);
      ours += found * found;
      theirs += slope * slope;
    }
    const double scale = std::sqrt(ours) + std::sqrt(theirs);
    errors.push_back({p.path, scale == 0 ? 0 : std::sqrt(difference) / scale});
  });
  return errors;
}

inline std::string text_of(const GradientError& error) {
  return detail::format_message("{}: relative error {:.1e}, {}",
                                {error.parameter, error.relative, error.ok() ? "ok" : "wrong"});
}

}  // namespace espalier

/// `for (const auto& error : gradient_check(net, loss, x, t)) fmt::print("{}\n", error);`
template <>
struct fmt::formatter<espalier::GradientError> : espalier::detail::TextFormatter<espalier::GradientError> {};
