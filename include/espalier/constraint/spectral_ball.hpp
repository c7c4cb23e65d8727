// SPDX-License-Identifier: MIT
// The 2-norm of a weight is bounded: no input is stretched by more.
#pragma once

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/on_singular_values.hpp"

namespace espalier {

/// norm(W)_2 <= bound, the largest singular value: W x is at most `bound` times as long as x. Proved in exact
/// arithmetic after every step, as OnSingularValues{Clip{-bound, bound}}, which it is; that says what is
/// promised and what it costs. `SpectralBall{1}` on the weights makes a net of ReLUs 1-Lipschitz, on the
/// recurrent weight of Recurrent it bounds the gradients through time. A kernel of Conv2D is seen as the
/// matrix out x (in * height * width), whose norm is not that of the convolution.
struct SpectralBall {
  double bound = 1;

  static constexpr std::string_view name = "SpectralBall";
  static constexpr bool of_singular_values = true, corners = true;
  static constexpr Index room = detail::singular_room;

  template <class Q>
  static constexpr bool meets() {
    return OnSingularValues<Clip>::meets<Q>();
  }
  template <Scalar S>
  bool contains(Block<const S> w, double* numbers) const {
    return lifted().contains(w, numbers);
  }
  template <Scalar S>
  void project(Block<S> w, double* numbers) const {
    lifted().project(w, numbers);
  }
  Orthogonal initializer() const { return lifted().initializer(); }
  void validate() const { detail::check_positive_float(name, "bound", bound); }
  void describe(auto&& f) const { f("bound", bound); }

  bool operator==(const SpectralBall&) const = default;

 private:
  OnSingularValues<Clip> lifted() const { return {{-bound, bound}}; }
};

}  // namespace espalier
