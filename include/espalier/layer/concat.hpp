// SPDX-License-Identifier: MIT
// Branches side by side: layers that all see the same inputs, with their outputs one under the other.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <string>
#include <tuple>
#include <utility>

#include "espalier/layer/chain.hpp"

namespace espalier {

/// y = [f_0(x); f_1(x); ...]: the features of a sample are those of branch 0, then those of branch 1, and so
/// on. A branch is a layer, or several as a Chain: `Concat{Chain{Dense(4, 8), ReLU{}}, Identity{}}` makes 8 +
/// 4 features of 4. Parameters have the number of their branch in their paths, and the names within:
/// "2.0.0.weight" for the Dense above and "2.1.weight" for a Dense that is branch 1 itself, if Concat is
/// layer 2 of a model.
///
/// It keeps what the branches keep, their outputs, and room for a gradient of the outputs of the widest and
/// of the inputs.
template <class... Branches>
class Concat {
 public:
  static constexpr std::size_t count = sizeof...(Branches);
  static_assert(count > 0, "Concat needs at least one branch: write Concat{Dense(4, 2), Identity{}}");
  static_assert(
      (true && ... && Layer<Branches>),
      "a branch of Concat lacks the members of the contract in espalier/layer/layer.hpp: forward and "
      "backward");
  static_assert((false || ... || Sized<Branches>),
                "Concat needs at least one branch with a width, a Dense for example");

 private:
  template <std::size_t b>
  using BranchAt = std::tuple_element_t<b, std::tuple<Branches...>>;

  /// The width of the inputs, from a branch whose type says it; Dynamic if none does.
  static constexpr int static_inputs() {
    int width = Dynamic;
    const auto look = [&](int extent) { width = width == Dynamic ? extent : width; };
    (look(extent_of<Branches>(true)), ...);
    return width;
  }
  static constexpr int static_outputs() {
    int sum = 0;
    const auto add = [&](int extent) { sum = sum == Dynamic || extent == Dynamic ? Dynamic : sum + extent; };
    (add(Sized<Branches> ? extent_of<Branches>(false) : static_inputs()), ...);
    return sum;
  }
  template <class B>
  static constexpr int extent_of(bool input) {
    if constexpr (Sized<B>) return input ? B::input_extent : B::output_extent;
    return Dynamic;
  }
  static constexpr bool fits =
      (true && ... && (extent_of<Branches>(true) == Dynamic || extent_of<Branches>(true) == static_inputs()));
  static_assert(fits, "the branches of Concat see the same inputs: all must have the same number of them");

 public:
  static constexpr int input_extent = static_inputs(), output_extent = static_outputs();

  /// Throws ShapeError where the branches differ in their inputs, ValueError for bad options of layers.
  explicit Concat(const Branches&... branches) : branches_(branches...) {
    each([&]<std::size_t b>(const auto& branch) {
      if constexpr (requires { branch.validate(); }) branch.validate();
      if constexpr (Sized<BranchAt<b>>) {
        if (inputs_ == 0) inputs_ = branch.inputs();
        if (branch.inputs() != inputs_)
          detail::fail<ShapeError>(detail::format_message("Concat, branch {}", {b}),
                                   {"{} inputs, those of the branches before it", {inputs_}},
                                   branch.inputs());
      }
    });
    Index next = 0;
    each([&]<std::size_t b>(const auto& branch) {
      widths_[b] = detail::widths_of_layer(branch).outputs;
      if (!Sized<BranchAt<b>>) widths_[b] = inputs_;
      outputs_ += widths_[b];
      first_[b] = next;
      next += detail::parameter_count(branch);
    });
  }

  Index inputs() const { return inputs_; }
  Index outputs() const { return outputs_; }
  const std::tuple<Branches...>& branches() const { return branches_; }

  void declare(auto& d) const {
    each([&]<std::size_t b>(const auto& branch) {
      if constexpr (Parametric<BranchAt<b>>)
        d.inner(std::to_string(b), branch);
      else if constexpr (requires { d.plain(std::to_string(b), branch); })
        d.plain(std::to_string(b), branch);
    });
  }

  Index least_samples() const {
    Index least = 1;
    each([&]<std::size_t b>(const auto& branch) { least = std::max(least, detail::least_samples(branch)); });
    return least;
  }

  Index kept(Index samples) const { return kept_of<float>(samples); }
  template <Scalar S>
  Index kept_of(Index n) const {
    return plan<S>(n).end;
  }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    const Index n = x.cols();
    const Places places = plan<S>(n);
    Index row = 0;
    each([&]<std::size_t b>(const auto& branch) {
      detail::BatchMap<S> own(call.kept + places.outputs[b], widths_[b], n);
      const Call<S> inner = call.inner(Index{b}, first_[b], call.kept + places.kept[b]);
      if constexpr (Parametric<BranchAt<b>>)
        branch.forward(inner, x, own);
      else
        detail::forward(branch, input_map<S>(x), own, inner.pass);
      y.middleRows(row, widths_[b]) = own;
      row += widths_[b];
    });
  }

  /// dx is the sum of what the branches make of their rows of dy.
  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    const Index n = x.cols();
    const Places places = plan<S>(n);
    Index row = 0;
    each([&]<std::size_t b>(const auto& branch) {
      const detail::BatchMap<S> own(call.kept + places.outputs[b], widths_[b], n);
      detail::BatchMap<S> given(call.kept + places.output_gradient, widths_[b], n);
      given = dy.middleRows(row, widths_[b]);
      row += widths_[b];
      S* const target = !dx.data() ? nullptr : b == 0 ? dx.data() : call.kept + places.input_gradient;
      detail::BatchMap<S> back(target, inputs_, n);
      const Call<S> inner = call.inner(Index{b}, first_[b], call.kept + places.kept[b]);
      if constexpr (Parametric<BranchAt<b>>)
        branch.backward(inner, x, own, given, back);
      else if (target)
        detail::backward(branch, input_map<S>(x), own, given, back, inner.pass);
      if (target && b > 0) dx += back;
    });
  }

  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    each([&]<std::size_t b>(const auto& branch) {
      if constexpr (Parametric<BranchAt<b>>)
        branch.initialize(init, call.inner(Index{b}, first_[b], nullptr), rng);
    });
  }

  /// As Chain has it.
  template <Scalar S>
  void each_inside(const S* kept, const Eigen::Map<const Matrix<S>>& y, auto&& f) const {
    const Places places = plan<S>(y.cols());
    each([&]<std::size_t b>(const auto& branch) {
      f(std::to_string(b), branch, kept + places.kept[b],
        Eigen::Map<const Matrix<S>>(kept + places.outputs[b], widths_[b], y.cols()));
    });
  }

  void write_code(auto& out) const {
    out.concat([&] {
      each([&]<std::size_t b>(const auto& branch) {
        out.branch([&] { out.inner(std::to_string(b), branch); });
      });
    });
  }

  bool operator==(const Concat&) const requires(true && ... && std::equality_comparable<Branches>) = default;

 private:
  /// Where numbers begin in the memory of a pass.
  struct Places {
    std::array<Index, count> outputs, kept;
    Index output_gradient, input_gradient, end;
  };

  template <Scalar S>
  Places plan(Index n) const {
    Places places;
    Index next = 0;
    const auto take = [&](Index size) { return std::exchange(next, next + detail::padded<S>(size)); };
    each([&]<std::size_t b>(const auto& branch) {
      places.outputs[b] = take(widths_[b] * n);
      places.kept[b] = take(detail::kept_of<S>(branch, n));
    });
    places.output_gradient = take(*std::max_element(widths_.begin(), widths_.end()) * n);
    places.input_gradient = take(count > 1 ? inputs_ * n : 0);
    places.end = next;
    return places;
  }

  template <Scalar S>
  static Eigen::Map<const Matrix<S>> input_map(const auto& x) {
    return {x.data(), x.rows(), x.cols()};
  }

  template <class F>
  void each(F&& f) const {
    [&]<std::size_t... b>(std::index_sequence<b...>) {
      (f.template operator()<b>(std::get<b>(branches_)), ...);
    }
    (std::index_sequence_for<Branches...>{});
  }

  std::tuple<Branches...> branches_;
  Index inputs_ = 0, outputs_ = 0;
  std::array<Index, count> widths_{};  // of the outputs of each branch
  std::array<Index, count> first_{};   // of each branch's parameters
};

/// A Concat of nothing but a Concat is one around it, and not its copy.
template <class... Branches>
Concat(const Concat<Branches...>&) -> Concat<Concat<Branches...>>;

}  // namespace espalier
