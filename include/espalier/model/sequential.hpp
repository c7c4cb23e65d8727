// SPDX-License-Identifier: MIT
// A chain of layers, one value: it owns the parameters, their gradients and the activations.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "espalier/core/check.hpp"
#include "espalier/core/flush.hpp"
#include "espalier/core/outputs.hpp"
#include "espalier/core/precision.hpp"
#include "espalier/core/resize.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/layer/chain.hpp"
#include "espalier/layer/from_sets.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/declare.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/model/workspace.hpp"

namespace espalier {

/// Which random numbers layers draw in the next training pass, Dropout for example.
struct Draws {
  std::uint64_t seed = 0, passes = 0;  ///< what `initialize` drew, and the passes since then
  bool operator==(const Draws&) const = default;
};

struct BackwardOptions {
  bool add = false;  ///< to the gradients that there are
};

/// Copy, move, compare and store it like an int. float, or double by `sequential<double>(layers...)`.
template <Scalar S, class... Layers>
class Sequential {
 public:
  using scalar_type = S;
  using workspace_type = Workspace<S>;
  using Outputs = Eigen::Map<const Matrix<S>>;
  /// The same, or a view that says that it comes from Softmax or Sigmoid: CrossEntropy and BinaryCrossEntropy
  /// refuse it, as they take logits.
  using ForwardOutputs =
      detail::ForwardOutputs<S, std::tuple_element_t<sizeof...(Layers), std::tuple<int, Layers...>>>;

  /// All parameters are zero until `initialize`. Throws ShapeError where widths do not fit, ValueError for
  /// bad options.
  explicit Sequential(const Layers&... layers) : chain_(layers...) {
    detail::Declaration<S> declaration(parameters_);
    chain_.declare(declaration);
    declaration.finish();
  }

  Index inputs() const { return chain_.inputs(); }
  Index outputs() const { return chain_.outputs(); }
  const std::tuple<Layers...>& layers() const { return chain_.layers(); }
  /// Layer k, counted from 0: `net.layer<0>().outputs()`.
  template <std::size_t k>
  const auto& layer() const {
    static_assert(k < sizeof...(Layers), "the model has no such layer: layers are counted from 0");
    return std::get<std::min(k, sizeof...(Layers) - 1)>(chain_.layers());
  }
  /// The widths between layers, which begin with inputs() and end with outputs().
  std::span<const Index> widths() const { return chain_.widths(); }

  /// What is trained, by path.
  Parameters<S>& parameters() { return parameters_; }
  const Parameters<S>& parameters() const { return parameters_; }

  /// All parameters one after another, each on a cache line, gaps zero; optimizers keep their state in the
  /// same layout. `assign(net, path, matrix)` and `edit(net, f)` change values.
  std::span<const S> values() const { return parameters_.values(); }
  std::span<S> gradients() { return parameters_.gradients(); }
  std::span<const S> gradients() const { return parameters_.gradients(); }

  /// Outputs (outputs x samples) for `x` (inputs x samples), as a view of the model's own memory: the next
  /// call writes over them, so after `auto p = net.forward(x); auto q = net.forward(z);` p shows the outputs
  /// of z too. `Matrix<float> p = net.forward(x)` keeps a copy, and so does `predict(x)`. This is a training
  /// pass: dropout drops. `backward` follows with the same `x`. Batches in another layout, by rows for
  /// example, are copied first.
  ForwardOutputs forward(ConstBatch<S> x) {
    Call<S> call = call_of({true, seed_ + ++passes_, 0});
    call.buffers = detail::arena(parameters_).data();
    const Outputs y = run(x, workspace_, call);
    return ForwardOutputs(y.data(), y.rows(), y.cols());
  }

  /// The same without dropout and without touching the model. The outputs stand in `workspace` until its next
  /// use; each thread brings its own. Not for destructors of static objects: the memory for products is gone
  /// by then.
  Outputs predict(ConstBatch<S> x, workspace_type& workspace) const { return run(x, workspace, call_of({})); }
  Matrix<S> predict(ConstBatch<S> x) const {
    workspace_type workspace;
    return predict(x, workspace);
  }

  /// Numbers in another precision are refused, in one sentence.
  template <detail::OfOtherPrecision<S> X>
  ForwardOutputs forward(const X&) {
    static_assert(detail::PrecisionOf<S, typename X::Scalar>::fits);
    return ForwardOutputs(nullptr, 0, 0);
  }
  template <detail::OfOtherPrecision<S> X>
  Matrix<S> predict(const X&, const auto&...) const {
    static_assert(detail::PrecisionOf<S, typename X::Scalar>::fits);
    return {};
  }
  template <class X, class Y>
  requires(detail::OfOtherPrecision<X, S> || detail::OfOtherPrecision<Y, S>) void backward(const X&, const Y&,
                                                                                           const auto&...) {
    static_assert(detail::PrecisionOf<S, typename X::Scalar>::fits);
    static_assert(detail::PrecisionOf<S, typename Y::Scalar>::fits);
  }

  /// Gradients of all parameters from d loss / d outputs of the latest `forward`, whose batch was `x`; they
  /// replace the old.
  void backward(ConstBatch<S> x, ConstBatch<S> output_gradient) { run_back(x, output_gradient, nullptr); }
  /// With `.add = true` they are added to the old: the gradients of several batches add up to one step.
  void backward(ConstBatch<S> x, ConstBatch<S> output_gradient, BackwardOptions options) {
    const std::span<S> gradients = parameters_.gradients();
    if (options.add) earlier_.assign(gradients.begin(), gradients.end());
    run_back(x, output_gradient, nullptr);
    if (!options.add) return;
    for (std::size_t i = 0; i < earlier_.size(); ++i) gradients[i] += earlier_[i];
  }
  /// Also sets `input_gradient` (inputs x samples) to d loss / d x.
  void backward(ConstBatch<S> x, ConstBatch<S> output_gradient, Matrix<S>& input_gradient) {
    detail::resize(input_gradient, inputs(), x.cols());
    run_back(x, output_gradient, input_gradient.data());
  }

  Draws draws() const { return {seed_, passes_}; }
  void set_draws(const Draws& draws) { seed_ = draws.seed, passes_ = draws.passes; }

  /// f(ParameterView) for each parameter.
  template <class F>
  void for_each_parameter(F&& f) {
    for (const ParameterEntry<S>& e : parameters_.entries())
      f(ParameterView<S>{e.path, e.kind, e.rows, e.cols, e.offset, e.pack, e.activity,
                         parameters_.values_of(e).data, parameters_.gradients_of(e), e.kept()});
  }
  template <class F>
  void for_each_parameter(F&& f) const {
    for (const ParameterEntry<S>& e : parameters_.entries())
      f(ParameterView<const S>{e.path, e.kind, e.rows, e.cols, e.offset, e.pack, e.activity,
                               parameters_.values_of(e).data, parameters_.gradients_of(e), e.kept()});
  }

  /// Fills every layer in turn from `rng`, then projects: the model is feasible before the first step.
  /// Throws, and changes nothing, for an initializer whose numbers are not finite.
  template <Initializer Init>
  void initialize(const Init& init, Rng& rng) {
    Parameters<S> filled = parameters_;
    Call<S> call = call_of({});
    call.values = call.buffers = detail::arena(filled).data();
    chain_.initialize(init, call, rng);
    detail::begin_anew(filled);
    parameters_.take(std::move(filled));
    seed_ = rng();
    passes_ = 0;
  }

  /// The fewest samples that a training batch may have: 2 where there is a BatchNorm, else 1.
  Index least_samples() const { return chain_.least_samples(); }

  /// Numbers that a pass of `samples` takes for activations and their gradients.
  Index activations(Index samples) const {
    return workspace_type::size(outputs(), chain_.template kept_of<S>(samples), samples);
  }

  /// The first layer, counted from 0, with outputs of the latest `forward` that are not finite.
  std::optional<Index> first_not_finite() const {
    if (workspace_.samples > 0)
      for (std::size_t k = 0; k < sizeof...(Layers); ++k)
        if (!activation(static_cast<Index>(k)).allFinite()) return static_cast<Index>(k);
    return {};
  }

  /// What layer k, counted from 0, gave in the latest `forward` (outputs of the layer x samples). ShapeError
  /// before it.
  Outputs activation(Index k) const {
    if (workspace_.samples == 0)
      detail::fail<ShapeError>("activation", "a forward pass before it", "none yet");
    if (k < 0 || k >= Index{sizeof...(Layers)})
      detail::fail<ShapeError>("activation",
                               detail::format_message("a layer from 0 to {}", {sizeof...(Layers) - 1}), k);
    return chain_.template activation<S>(static_cast<std::size_t>(k), workspace_.kept, workspace_.outputs,
                                         workspace_.samples);
  }

  /// f(name, layer, what it keeps, its outputs) for each layer, after a `predict` with this workspace.
  void each_inside(const workspace_type& w, auto&& f) const {
    chain_.each_inside(static_cast<const S*>(w.kept), Outputs(w.outputs, outputs(), w.samples), f);
  }

  /// Equal layers and equal parameters; activations and counters do not matter.
  bool operator==(const Sequential& other) const requires(true && ... && std::equality_comparable<Layers>) {
    return chain_ == other.chain_ && parameters_ == other.parameters_;
  }

 private:
  Call<S> call_of(const Pass& pass) const {
    const auto packs = detail::packs_of(parameters_.entries());
    return {parameters_.values().data(), nullptr, nullptr, parameters_.offsets(), nullptr, pass, packs};
  }

  /// Is it a block of rows of a larger matrix? Layers read samples one after another: then a copy.
  static bool has_gaps(const ConstBatch<S>& x) { return x.outerStride() != x.rows() && x.cols() > 1; }

  Outputs run(const ConstBatch<S>& x, workspace_type& w, Call<S> call) const {
    const Index n = x.cols();
    if (x.rows() != inputs() || n == 0)
      detail::fail<ShapeError>(
          "forward",
          detail::format_message("a batch of {} inputs x at least 1 sample{}",
                                 {inputs(), x.cols() == inputs() ? detail::transpose_hint : ""}),
          detail::format_message("{} x {}", {x.rows(), n}));
    if (has_gaps(x)) return run(Matrix<S>(x), w, call);
    const detail::FlushDenormals flush;
    w.plan(outputs(), chain_.template kept_of<S>(n), n);
    call.kept = w.kept;
    chain_.forward(call, Outputs(x.data(), inputs(), n), detail::BatchMap<S>(w.outputs, outputs(), n));
    return {w.outputs, outputs(), n};
  }

  void run_back(const ConstBatch<S>& x, const ConstBatch<S>& output_gradient, S* input_gradient) {
    const Index n = workspace_.samples;
    if (n == 0) detail::fail<ShapeError>("backward", "a forward pass before it", "none yet");
    detail::check_shape("backward", "the batch of the latest forward, {} x {}", inputs(), n, x.rows(),
                        x.cols());
    detail::check_shape("backward", "an output gradient of {} x {}", outputs(), n, output_gradient.rows(),
                        output_gradient.cols());
    if (has_gaps(x)) return run_back(Matrix<S>(x), output_gradient, input_gradient);
    const detail::FlushDenormals flush;
    detail::BatchMap<S> given(workspace_.gradients, outputs(), n);
    Call<S> call = call_of({true, seed_ + passes_, 0});
    given = output_gradient, call.kept = workspace_.kept;
    call.gradients = parameters_.gradients().data(), call.buffers = detail::arena(parameters_).data();
    chain_.backward(call, Outputs(x.data(), inputs(), n), Outputs(workspace_.outputs, outputs(), n), given,
                    detail::BatchMap<S>(input_gradient, inputs(), n));
    parameters_.add_tied_gradients();
  }

  Chain<Layers...> chain_;
  Parameters<S> parameters_;
  workspace_type workspace_;
  detail::AlignedVector<S> earlier_;  // gradients that others are added to
  std::uint64_t seed_ = 0, passes_ = 0;
};

template <class... Layers>
Sequential(const Layers&...) -> Sequential<float, Layers...>;

/// A chain in the precision of your choice: `auto net = sequential<double>(Dense(2, 8), Tanh{}, Dense(8,
/// 1));`
template <Scalar S, class... Layers>
Sequential<S, Layers...> sequential(const Layers&... layers) {
  return Sequential<S, Layers...>(layers...);
}

template <class T>
inline constexpr bool is_model = false;
template <Scalar S, class... Layers>
inline constexpr bool is_model<Sequential<S, Layers...>> = true;

template <class T>
concept Model = is_model<T>;

/// Initializes all parameters of a model, feasible from the start: `initialize(net, {.seed = 42})`, where
/// sets may say how weights start (layer/from_sets.hpp), else HeNormal does; or with an initializer of
/// init/initializer.hpp as the third argument. A generator is advanced: two models from one
/// differ.
template <Model M, Initializer Init = FromSets>
void initialize(M& model, Rng& rng, const Init& init = {}) {
  model.initialize(init, rng);
}
template <Model M, Initializer Init = FromSets>
void initialize(M& model, Rng&& rng, const Init& init = {}) {
  model.initialize(init, rng);
}
template <Model M, Initializer Init = FromSets>
void initialize(M& model, Seed seed, const Init& init = {}) {
  initialize(model, seed.rng(), init);
}

/// d loss / d inputs (inputs x samples) of a model for the batch `x`, from d loss / d outputs as
/// `output_gradient` makes it of the outputs: `input_gradient(net, x, [](const auto& y) { return y; })`.
/// Training passes and gradients of the model are those of the call.
template <Model M, class F>
Matrix<typename M::scalar_type> input_gradient(M& model, const Matrix<typename M::scalar_type>& x,
                                               F&& output_gradient) {
  Matrix<typename M::scalar_type> result;
  const Matrix<typename M::scalar_type> dy = output_gradient(model.forward(x));
  model.backward(x, dy, result);
  return result;
}

}  // namespace espalier
