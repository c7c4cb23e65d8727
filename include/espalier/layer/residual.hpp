// SPDX-License-Identifier: MIT
// The residual block: layers whose outputs are added to their inputs.
#pragma once

#include <type_traits>

#include "espalier/layer/chain.hpp"

namespace espalier {

/// y = x + f(x), f the layers inside one behind the other (He et al. 2016, eq. 1):
/// `Residual{Dense(64, 32), ReLU{}, Dense(32, 64)}`. Batches are width x samples on both sides. Parameters
/// have the paths of the layers inside, counted from 0: "3.body.0.weight" if the block is layer 3 of a model.
/// It keeps what they keep, their outputs, and a copy of d loss / d y.
template <class... Layers>
class Residual {
  using Body = Chain<Layers...>;
  static constexpr bool fits = Body::input_extent == Dynamic || Body::output_extent == Dynamic ||
                               Body::input_extent == Body::output_extent;
  static_assert(fits,
                "Residual adds its inputs to what its layers give: the last must have as many outputs as the "
                "first has inputs");

 public:
  static constexpr int input_extent =
      Body::input_extent != Dynamic ? Body::input_extent : Body::output_extent;
  static constexpr int output_extent = input_extent;

  /// Throws ShapeError where widths inside do not fit, or the last is not the first; ValueError for bad
  /// options of layers.
  explicit Residual(const Layers&... layers) : body_(layers...) {
    if (body_.outputs() != body_.inputs())
      detail::fail<ShapeError>("Residual", {"as many outputs as inputs, {}", {body_.inputs()}},
                               body_.outputs());
  }

  Index inputs() const { return body_.inputs(); }
  Index outputs() const { return body_.outputs(); }
  const Body& body() const { return body_; }

  void declare(auto& d) const { d.inner("body", body_); }

  Index least_samples() const { return body_.least_samples(); }

  Index kept(Index samples) const { return kept_of<float>(samples); }
  template <Scalar S>
  Index kept_of(Index n) const {
    return detail::padded<S>(body_.template kept_of<S>(n)) + 2 * detail::padded<S>(outputs() * n);
  }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    detail::BatchMap<S> inside = outputs_of_body(call, x.cols());
    body_.forward(call, x, inside);
    y = x + inside;
  }

  /// dx = dy + f'(x)^T dy
  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    detail::BatchMap<S> inside = outputs_of_body(call, x.cols());
    detail::BatchMap<S> given(inside.data() + detail::padded<S>(inside.size()), outputs(), x.cols());
    if (dx.data()) given = dy;  // the layers may overwrite dy
    body_.backward(call, x, inside, dy, dx);
    if (dx.data()) dx += given;
  }

  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    body_.initialize(init, call, rng);
  }

  /// As Chain has it.
  template <Scalar S>
  void each_inside(const S* kept, const Eigen::Map<const Matrix<S>>& y, auto&& f) const {
    f("body", body_, kept, Eigen::Map<const Matrix<S>>(body_begin(kept, y.cols()), outputs(), y.cols()));
  }

  void write_code(auto& out) const {
    out.residual([&] { out.inner("body", body_); });
  }

  bool operator==(const Residual&) const = default;

 private:
  /// Where the outputs of the body stand.
  template <class T>
  T* body_begin(T* kept, Index n) const {
    return kept + detail::padded<std::remove_const_t<T>>(body_.template kept_of<std::remove_const_t<T>>(n));
  }
  template <Scalar S>
  detail::BatchMap<S> outputs_of_body(const Call<S>& call, Index n) const {
    return {body_begin(call.kept, n), outputs(), n};
  }

  Body body_;
};

/// A block of nothing but a block is one around it, and not its copy.
template <class... Layers>
Residual(const Residual<Layers...>&) -> Residual<Residual<Layers...>>;

}  // namespace espalier
