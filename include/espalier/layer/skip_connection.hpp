// SPDX-License-Identifier: MIT
// Some inputs go through layers, and the others go past them to the outputs.
#pragma once

#include <type_traits>

#include "espalier/layer/chain.hpp"

namespace espalier {

/// y = f(first) + last, f the layers inside one behind the other, `last` as many of the inputs as f has
/// outputs, `first` those before. Behind a Dense whose last rows are linear weights from the inputs to the
/// outputs it is the network of LassoNet (Lemhadri et al. 2021, eq. 1), for 20 hidden units and 3 outputs
///
///   Sequential net{Dense(500, 20 + 3, LassoNet{.skips = 3}), SkipConnection{ReLU{}, Dense(20, 3)}};
///
/// Parameters have the paths of the layers inside, counted from 0: "1.later.1.weight" for the Dense above.
/// It keeps what they keep, their inputs and outputs, and the gradients of both.
template <class... Layers>
class SkipConnection {
  using Later = Chain<Layers...>;

 public:
  static constexpr int output_extent = Later::output_extent;
  static constexpr int input_extent = Later::input_extent == Dynamic || output_extent == Dynamic
                                          ? Dynamic
                                          : Later::input_extent + output_extent;

  /// Throws ShapeError where widths inside do not fit; ValueError for bad options of layers.
  explicit SkipConnection(const Layers&... layers) : later_(layers...) {}

  Index inputs() const { return later_.inputs() + later_.outputs(); }
  Index outputs() const { return later_.outputs(); }
  const Later& later() const { return later_; }

  void declare(auto& d) const { d.inner("later", later_); }

  Index least_samples() const { return later_.least_samples(); }

  Index kept(Index samples) const { return kept_of<float>(samples); }
  template <Scalar S>
  Index kept_of(Index n) const {
    return detail::padded<S>(later_.template kept_of<S>(n)) + 2 * detail::padded<S>(later_.inputs() * n) +
           2 * detail::padded<S>(outputs() * n);
  }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    const Memory<S> m = memory(call.kept, x.cols());
    detail::BatchMap<S> first(m.first, later_.inputs(), x.cols()), through(m.through, outputs(), x.cols());
    first = x.topRows(later_.inputs());
    later_.forward(call, first, through);
    y = through + x.bottomRows(outputs());
  }

  /// dx = [f'(first)^T dy; dy]
  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    const Index n = x.cols();
    const Memory<S> m = memory(call.kept, n);
    detail::BatchMap<S> first(m.first, later_.inputs(), n), through(m.through, outputs(), n),
        given(m.given, outputs(), n), back(dx.data() ? m.back : nullptr, later_.inputs(), n);
    if (dx.data()) given = dy;  // the layers may overwrite dy
    later_.backward(call, first, through, dy, back);
    if (dx.data()) dx.topRows(later_.inputs()) = back, dx.bottomRows(outputs()) = given;
  }

  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    later_.initialize(init, call, rng);
  }

  /// As Chain has it.
  template <Scalar S>
  void each_inside(const S* kept, const Eigen::Map<const Matrix<S>>& y, auto&& f) const {
    const Index n = y.cols();
    const S* const through =
        kept + detail::padded<S>(later_.template kept_of<S>(n)) + 2 * detail::padded<S>(later_.inputs() * n);
    f("later", later_, kept, Eigen::Map<const Matrix<S>>(through, outputs(), n));
  }

  /// y = [I I] (f([I 0] x), [0 I] x)
  void write_code(auto& out) const {
    using M = decltype(out.weight(""));
    const Index first = later_.inputs(), last = outputs();
    const M all = M::Identity(first + last, first + last);
    M sum(last, 2 * last);
    sum << M::Identity(last, last), M::Identity(last, last);
    out.concat([&] {
      out.branch([&] { out.dense(all.topRows(first), {}), out.inner("later", later_); });
      out.branch([&] { out.dense(all.bottomRows(last), {}); });
    });
    out.dense(sum, {});
  }

  bool operator==(const SkipConnection&) const = default;

 private:
  /// Inputs and outputs of the layers inside, and gradients of both.
  template <Scalar S>
  struct Memory {
    S *first, *back, *through, *given;
  };
  template <Scalar S>
  Memory<S> memory(S* kept, Index n) const {
    const Index in = detail::padded<S>(later_.inputs() * n), out = detail::padded<S>(outputs() * n);
    S* const first = kept + detail::padded<S>(later_.template kept_of<S>(n));
    return {first, first + in, first + 2 * in, first + 2 * in + out};
  }

  Later later_;
};

/// A block of nothing but a block is one around it, and not its copy.
template <class... Layers>
SkipConnection(const SkipConnection<Layers...>&) -> SkipConnection<SkipConnection<Layers...>>;

}  // namespace espalier
