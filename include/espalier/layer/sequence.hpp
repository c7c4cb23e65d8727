// SPDX-License-Identifier: MIT
// The engine of recurrent layers: a cell that runs along a sequence, forward and backward in time.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "espalier/core/aligned.hpp"
#include "espalier/core/check.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/layer/sequence_policies.hpp"

namespace espalier::detail {

/// At each time step t the cell makes hidden states h_t, and states c_t of its own if it has such, of
/// z_t = W_ih x_t + W_hh h_(t-1) + b. h and c begin at 0. All of x_t are multiplied at once; a weight's
/// gradient is one product over all steps and samples (backpropagation through time, over the whole
/// sequence).
///
/// A batch is (inputs * steps) x samples, time step t in rows t * inputs ... (t + 1) * inputs - 1, and so are
/// the outputs, (hidden * steps) x samples; with `last` they are h of the last step, hidden x samples.
/// Inside, numbers are ordered by time first: those of a step are a matrix of one column a sample.
///
///   struct Cell {
///     static constexpr Index gates;           // z_t is (gates * hidden) x samples
///     static constexpr bool has_state;        // c, beside h
///     static constexpr std::string_view name;
///     void initialize_bias(S* bias, Index hidden) const;               // what it changes of a new bias
///     void forward(z, c_before, c, h) const;                           // activations a stand where z was
///     void backward(a, c_before, c, h, dh, dc, dz) const;              // dc: that of c, then of c_before
///   };
template <class Cell, class... Policies>
class Sequence {
  using InputPolicies = PoliciesFor<ForWeight<InputWeight>, Policies...>;
  using HiddenPolicies = PoliciesFor<ForWeight<RecurrentWeight>, Policies...>;
  using BiasPolicies = PoliciesFor<ForBias, Policies...>;
  using Ih = typename Under<InputPolicies>::WeightType;
  using Hh = typename Under<HiddenPolicies>::WeightType;
  using Roles = typename Under<BiasPolicies>::Roles;

 public:
  using cell_type = Cell;
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;
  static constexpr bool has_bias = Roles::has_bias;

  // Out of line like the constructor of Dense: inlined, it makes GCC 12 warn of empty packs.
  EIGEN_DONT_INLINE Sequence(Index inputs, Index hidden, Index steps, bool last, const Cell& cell,
                             const Policies&... policies)
      : steps_(steps),
        last_(last),
        cell_(cell),
        ih_(Under<InputPolicies>::weight(name(inputs, hidden, steps) + " input", inputs, Cell::gates * hidden,
                                         policies_for<ForWeight<InputWeight>>(policies...))),
        hh_(Under<HiddenPolicies>::weight(name(inputs, hidden, steps) + " recurrent", hidden,
                                          Cell::gates * hidden,
                                          policies_for<ForWeight<RecurrentWeight>>(policies...))),
        bias_(Under<BiasPolicies>::bias(policies_for<ForBias>(policies...))) {
    if constexpr (has_bias)
      bias_.pack.validate(name(inputs, hidden, steps) + " bias",
                          bias_.pack.group_size(Cell::gates * hidden, 1));
  }

  Index inputs() const { return ih_.inputs() * steps_; }
  Index outputs() const { return last_ ? hidden() : hidden() * steps_; }
  Index hidden() const { return hh_.inputs(); }
  Index steps() const { return steps_; }

  void declare(auto& d) const {
    ih_.declare(d, "weight_ih", "gain_ih");
    hh_.declare(d, "weight_hh", "gain_hh");
    if constexpr (has_bias) d.bias("bias", Cell::gates * hidden(), 1, bias_.pack);
  }

  /// As PyTorch has it, whose two biases are one here.
  void in_files(auto& d) const {
    d.rename("weight_ih", "weight_ih_l0");
    d.rename("weight_hh", "weight_hh_l0");
    if constexpr (has_bias) d.sum("bias", "bias_ih_l0", "bias_hh_l0");
  }
  void describe(auto&& f) const { f("steps", static_cast<double>(steps_)), f("last", last_ ? 1.0 : 0.0); }

  Index kept(Index samples) const { return kept_of<float>(samples); }
  template <Scalar S>
  Index kept_of(Index n) const {
    return plan<S>(n).end;
  }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    const Index n = x.cols();
    const Places at = plan<S>(n);
    const Call<S> ih = call.part(0, call.kept + at.ih), hh = call.part(hh_at, call.kept + at.hh);
    const Steps<S> h = states(call, at, n), c = cells(call, at, n), z = gates(call, at.gates, n);
    by_time(x.data(), {call.kept + at.inputs, ih_.inputs(), n});
    ih_.prepare(ih);
    hh_.prepare(hh);
    ih_.multiply(ih, steps_ * n, call.kept + at.inputs, has_bias ? call.value(bias_at) : nullptr, z.numbers);
    h[0].setZero();
    c[0].setZero();
    BatchMap<S> product(call.kept + at.product, z.rows, n);
    for (Index t = 0; t < steps_; ++t) {
      hh_.multiply(hh, n, h[t].data(), static_cast<const S*>(nullptr), product.data());
      BatchMap<S> sum = z[t], hidden = h[t + 1], cell = c[t + 1];
      sum += product;
      cell_.forward(sum, c[t], cell, hidden);
    }
    if (last_)
      y = h[steps_];
    else
      by_sample(h.after(1), y.data());
  }

  /// Sets gradients of the z of all steps, from the last one back, and with them everything else.
  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    const Index n = x.cols(), all = steps_ * n;
    const Places at = plan<S>(n);
    const Call<S> ih = call.part(0, call.kept + at.ih), hh = call.part(hh_at, call.kept + at.hh);
    const Steps<S> h = states(call, at, n), dz = gates(call, at.gate_gradients, n);
    const Steps<S> inputs{call.kept + at.inputs, ih_.inputs(), n};
    back_in_time(call, hh, at, n, dy.data());
    if constexpr (has_bias)
      ArrayMap<S>(call.gradient(bias_at), dz.rows) =
          BatchMap<S>(dz.numbers, dz.rows, all).rowwise().sum().array();
    by_time(x.data(), inputs);  // again: of the pass before, gradients may stand there
    ih_.set_gradient(ih, all, dz.numbers, inputs.numbers);
    hh_.set_gradient(hh, all, dz.numbers, h.numbers);  // h of the step before each
    ih_.pull_back(ih);
    hh_.pull_back(hh);
    if (!dx.data()) return;
    ih_.input_gradient(ih, all, dz.numbers, inputs.numbers);
    by_sample(inputs, dx.data());
  }

  /// Both weights are what the initializer makes of inputs + hidden incoming numbers and `hidden` outgoing
  /// ones, since z is a sum over all of them.
  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    const Index fan_in = ih_.inputs() + hidden();
    ih_.initialize(init, call.part(0, nullptr), fan_in, hidden(), rng);
    hh_.initialize(init, call.part(hh_at, nullptr), fan_in, hidden(), rng);
    if constexpr (has_bias) {
      initialize_bias(init, call.buffer(bias_at), Cell::gates * hidden(), fan_in, rng);
      cell_.initialize_bias(call.buffer(bias_at), hidden());
    }
  }

  void write_code(auto& out) const { out.sequence(steps_, last_, Cell::has_state, has_bias ? "bias" : ""); }

  bool operator==(const Sequence&) const = default;

 private:
  static constexpr Index hh_at = Ih::parameters, bias_at = hh_at + Hh::parameters;

  /// Matrices of one column a sample, one after another.
  template <Scalar S>
  struct Steps {
    S* numbers;
    Index rows, samples;

    BatchMap<S> operator[](Index t) const { return {numbers + t * rows * samples, rows, samples}; }
    Steps after(Index t) const { return {numbers + t * rows * samples, rows, samples}; }
  };

  /// Where numbers begin in the memory of a pass of n samples. `inputs` are x by time, and then their
  /// gradients; `states` and `cells` begin with those before the first step; `product` is W_hh h, and a copy
  /// of dz, which a scaled weight overwrites.
  struct Places {
    Index ih, hh, inputs, gates, states, cells, product, gate_gradients, dh, dc, end;
  };

  template <Scalar S>
  Places plan(Index n) const {
    Index next = 0;
    const auto take = [&](Index size) { return std::exchange(next, next + padded<S>(size)); };
    const Index state = hidden() * n, z = Cell::gates * state;
    const Index cell_states = Cell::has_state ? (steps_ + 1) * state : 0;
    return {take(ih_.kept()),
            take(hh_.kept()),
            take(inputs() * n),
            take(steps_ * z),
            take((steps_ + 1) * state),
            take(cell_states),
            take(z),
            take(steps_ * z),
            take(state),
            take(Cell::has_state ? state : 0),
            next};
  }

  template <Scalar S>
  Steps<S> states(const Call<S>& call, const Places& at, Index n) const {
    return {call.kept + at.states, hidden(), n};
  }
  /// The cell states; without rows if the cell has none.
  template <Scalar S>
  Steps<S> cells(const Call<S>& call, const Places& at, Index n) const {
    return {call.kept + at.cells, Cell::has_state ? hidden() : 0, n};
  }
  template <Scalar S>
  Steps<S> gates(const Call<S>& call, Index place, Index n) const {
    return {call.kept + place, Cell::gates * hidden(), n};
  }

  /// From samples of all their steps to steps of all their samples, and back.
  template <Scalar S>
  void by_time(const S* samples, const Steps<S>& steps) const {
    for (Index t = 0; t < steps_; ++t) steps[t] = step_of<const S>(samples, steps.rows, steps.samples, t);
  }
  template <Scalar S>
  void by_sample(const Steps<S>& steps, S* samples) const {
    for (Index t = 0; t < steps_; ++t) step_of<S>(samples, steps.rows, steps.samples, t) = steps[t];
  }

  /// Step t of samples of all their steps; T is const where they are.
  template <class T>
  auto step_of(T* samples, Index rows, Index n, Index t) const {
    using Plain = Matrix<std::remove_const_t<T>>;
    using Of = std::conditional_t<std::is_const_v<T>, const Plain, Plain>;
    return Eigen::Map<Of, 0, Eigen::OuterStride<>>(samples + t * rows, rows, n,
                                                   Eigen::OuterStride<>(rows * steps_));
  }

  /// Sets d loss / d z of all steps: h_t acts on the output of its step and on the z of the next.
  template <Scalar S>
  void back_in_time(const Call<S>& call, const Call<S>& hh, const Places& at, Index n, const S* dy) const {
    const Steps<S> h = states(call, at, n), c = cells(call, at, n), z = gates(call, at.gates, n);
    const Steps<S> dz = gates(call, at.gate_gradients, n);
    BatchMap<S> dh(call.kept + at.dh, hidden(), n), dc(call.kept + at.dc, c.rows, n);
    BatchMap<S> copy(call.kept + at.product, z.rows, n);
    dh.setZero();
    dc.setZero();
    for (Index t = steps_ - 1; t >= 0; --t) {
      if (!last_)
        dh += step_of<const S>(dy, hidden(), n, t);
      else if (t == steps_ - 1)
        dh = Eigen::Map<const Matrix<S>>(dy, hidden(), n);
      BatchMap<S> gradient = dz[t];
      cell_.backward(z[t], c[t], c[t + 1], h[t + 1], dh, dc, gradient);
      if (t == 0) return;
      if constexpr (Hh::row_scaled) copy = gradient;
      hh_.input_gradient(hh, n, Hh::row_scaled ? copy.data() : gradient.data(), dh.data());
    }
  }

  /// The name of the layer in messages. Throws unless its sizes make sense.
  static std::string name(Index inputs, Index hidden, Index steps) {
    if (inputs < 1 || hidden < 1 || steps < 1)
      fail<ShapeError>(Cell::name, "at least 1 input, 1 hidden unit and 1 step",
                       format_message("{}, {} and {}", {inputs, hidden, steps}));
    return format_message("{}({}, {}, {})", {Cell::name, inputs, hidden, steps});
  }

  Index steps_;
  bool last_;
  Cell cell_;
  Ih ih_;
  Hh hh_;
  typename Roles::BiasPolicies bias_;
};

}  // namespace espalier::detail
