// SPDX-License-Identifier: MIT
// A dense layer that is applied to every time step of a sequence.
#pragma once

#include <espalier/espalier.hpp>

namespace study {

namespace esp = espalier;

/// y_t = W x_t + b for t = 0, ..., steps - 1, with one W for all: a sample is its time steps one after
/// another, as in Recurrent. The parameters are "weight" and "bias".
class EachStep {
 public:
  static constexpr int input_extent = esp::Dynamic, output_extent = esp::Dynamic;

  EachStep(esp::Index inputs, esp::Index outputs, esp::Index steps)
      : dense_(inputs, outputs), steps_(steps) {}

  esp::Index inputs() const { return steps_ * dense_.inputs(); }
  esp::Index outputs() const { return steps_ * dense_.outputs(); }
  void declare(auto& d) const { dense_.declare(d); }
  esp::Index kept(esp::Index n) const { return dense_.kept(steps_ * n); }

  // The steps of one sample are contiguous, as samples of one step are.
  template <esp::Scalar S>
  void forward(const esp::Call<S>& call, const auto& x, auto&& y) const {
    dense_.forward(call, from(x.data(), dense_.inputs(), x.cols()), to(y.data(), dense_.outputs(), x.cols()));
  }
  template <esp::Scalar S>
  void backward(const esp::Call<S>& call, const auto& x, const auto& y, auto&& dy, auto&& dx) const {
    dense_.backward(call, from(x.data(), dense_.inputs(), x.cols()),
                    from(y.data(), dense_.outputs(), x.cols()), to(dy.data(), dense_.outputs(), x.cols()),
                    to(dx.data(), dense_.inputs(), x.cols()));
  }
  template <class Init, esp::Scalar S>
  void initialize(const Init& init, const esp::Call<S>& call, esp::Rng& rng) const {
    dense_.initialize(init, call, rng);
  }

 private:
  template <class S>
  Eigen::Map<const esp::Matrix<S>> from(const S* numbers, esp::Index rows, esp::Index samples) const {
    return {numbers, rows, steps_ * samples};
  }
  template <class S>
  Eigen::Map<esp::Matrix<S>> to(S* numbers, esp::Index rows, esp::Index samples) const {
    return {numbers, rows, steps_ * samples};
  }

  esp::Dense<esp::Dynamic, esp::Dynamic> dense_;
  esp::Index steps_;
};

}  // namespace study
