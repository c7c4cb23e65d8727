// SPDX-License-Identifier: MIT
// Models that are monotone in named inputs: the sets of all weights are chosen at once, and checked.
#pragma once

#include <initializer_list>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/core/error.hpp"
#include "espalier/layer/chain.hpp"
#include "espalier/layer/slopes.hpp"
#include "espalier/model/change.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/model/settle.hpp"
#include "espalier/pack/pack.hpp"

namespace espalier {

/// `Monotone{+1, 0, -1}`, a sign for each input of a model: no output falls when input 0 rises, none rises
/// when input 2 does, and input 1 is free.
struct Monotone {
  std::vector<int> signs;

  Monotone(std::initializer_list<int> of_inputs) : signs(of_inputs) {}
  explicit Monotone(std::vector<int> of_inputs) : signs(std::move(of_inputs)) {}

  bool operator==(const Monotone&) const = default;
};

namespace detail {

/// What the weights of the first layer are in: those that an input feeds have its sign, or are zero.
inline SignPattern sign_pattern(const Monotone& monotone) { return SignPattern(Pattern(monotone.signs)); }

/// f(path of a layer's parameters, is it the first?) for each layer with weights, in the order of the model.
/// Throws ValueError for a layer that may fall though no weight is negative.
class MonotoneWalk {
 public:
  template <class L, class F>
  void visit(const std::string& path, const L& layer, F&& f) {
    if constexpr (is_chain<L>) {
      std::apply(
          [&, k = 0](const auto&... layers) mutable {
            (visit(path + std::to_string(k++) + ".", layers, f), ...);
          },
          layer.layers());
    } else if constexpr (HasSlopes<L>) {
      if (!layer.slopes().monotone())
        fail(name(path), "an activation that never falls, as ReLU or Tanh", activation_name<L>());
    } else if constexpr (requires {
                           requires L::affine && !requires { L::bias_in_weight; };
                         }) {
      f(path + "weight", std::exchange(first_, false), layer);
    } else if constexpr (requires { layer.body(); }) {
      if (first_)
        fail(name(path), "a layer with weights first: Residual adds inputs of all signs", "Residual");
      visit(path + "body.", layer.body(), f);
    } else if constexpr (requires { layer.later(); }) {
      if (first_)
        fail(name(path), "a layer with weights first: SkipConnection adds inputs of all signs",
             "SkipConnection");
      visit(path + "later.", layer.later(), f);
    } else if constexpr (requires { layer.switched(); }) {
      if (first_)
        fail(name(path), "a Dense first, whose weights get the signs of the inputs", "MonotoneDense");
    } else if constexpr (requires { requires L::monotone; }) {
      if (first_) fail(name(path), "a layer with weights or an activation first", "another");
    } else {
      fail(name(path),
           "a layer that never falls where its weights are not negative, as Dense, Conv2D or MaxPool2D",
           "another");
    }
  }
  bool found() const { return !first_; }

 private:
  static std::string name(const std::string& path) {
    return "Monotone, layer " + path.substr(0, path.size() - 1);
  }

  bool first_ = true;
};

/// f(entry, is it the first?) for each weight of a model, whose layers and inputs are checked.
template <class M, class P, class F>
void each_monotone_weight(const M& model, P& parameters, const Monotone& monotone, F&& f) {
  if (static_cast<Index>(monotone.signs.size()) != model.inputs())
    fail("Monotone", {"{} signs, one for each input", {model.inputs()}}, monotone.signs.size());
  for (const int sign : monotone.signs)
    if (sign < -1 || sign > 1) fail("Monotone", "signs +1, 0 or -1", sign);
  MonotoneWalk walk;
  std::apply(
      [&, k = 0](const auto&... layers) mutable {
        (walk.visit(std::to_string(k++) + ".", layers,
                    [&](const std::string& path, bool first, const auto& layer) {
                      auto& e = parameters.at(path);
                      if (first && (e.cols != model.inputs() || e.rows != layer.outputs()))
                        fail(path,
                             {"a first weight with a column for each of {} inputs, as that of Dense",
                              {model.inputs()}},
                             format_message("{} x {}", {e.rows, e.cols}));
                      f(e, first);
                    }),
         ...);
      },
      model.layers());
  if (!walk.found()) fail("Monotone", "a model with weights", "none");
}

/// Puts a pack that is chosen for all of a model on a weight.
template <Scalar S>
void choose_pack(Parameters<S>& parameters, ParameterEntry<S>& e, const AnyPack<S>& pack) {
  if (!e.pack.empty() && !e.lent)
    fail(e.path, "no policies of its own: give them to constrain(net, Monotone{...}, ...) for all weights",
         e.pack.names().front());
  pack.validate(e.path, e.rows, e.cols);
  const Block<const S> before = parameters.values_of(e);
  Settled<S> settled(before, AlignedVector<S>{});
  settled.settle(e.path, pack, Remember::started);
  if (e.frozen && !settled.equals(before))
    fail(e.path, "frozen weights inside the sets that are chosen", "weights outside: unfreeze them first");
  e.pack = pack, e.lent = e.edited = false;
  e.activity.assign(pack.names().size(), {});
  settled.write(parameters, e);
}

}  // namespace detail

/// Makes a model monotone from here on: `constrain(net, Monotone{+1, 0, -1})`. The weights of the first layer
/// get the signs of the inputs that they read (SignPattern), all others are not negative (NonNegative);
/// biases are free, and so are the weights of a MonotoneDense behind the first layer, which is monotone
/// anyway and keeps its own policies. Further policies are put on every other weight: `constrain(net,
/// Monotone{+1, 0, -1}, L1{1e-4})`. Throws, and changes nothing, for layers or activations that may fall
/// (GELU, SiLU), and where a layer has policies of its own.
template <class M, class... Ps>
void constrain(M& model, const Monotone& monotone, const Ps&... further) {
  using S = typename M::scalar_type;
  Parameters<S> changed = model.parameters();
  detail::require_finite(changed, "weights", changed.values());
  const AnyPack<S> signs(Pack(detail::sign_pattern(monotone), further...)),
      others(Pack(NonNegative{}, further...));
  const detail::Change<S> change(changed);
  detail::each_monotone_weight(model, change, monotone, [&](ParameterEntry<S>& e, bool first) {
    detail::choose_pack(changed, e, first ? signs : others);
  });
  for (const ParameterEntry<S>& e : changed.entries())
    if (e.tied >= 0 && !(e.pack == changed.entries()[static_cast<std::size_t>(e.tied)].pack))
      detail::fail(e.path, "tied weights that are both behind the first layer", "one that reads the inputs");
  model.parameters().take(std::move(changed));
}

/// Do the weights prove that the model is monotone? True is a proof, for whatever policies there are. False
/// is none of the contrary: signs that cancel between layers are not looked for, and reparametrized weights
/// are not looked at. Throws ValueError as `constrain` does for layers that may fall.
template <class M>
bool is_monotone(const M& model, const Monotone& monotone) {
  using S = typename M::scalar_type;
  bool proved = true;
  const SignPattern signs = detail::sign_pattern(monotone);
  detail::each_monotone_weight(
      model, model.parameters(), monotone, [&](const ParameterEntry<S>& e, bool first) {
        const auto w = model.parameters().values_of(e);
        if (e.pack.traits().maps || e.pack.traits().scales_rows) proved = false;
        for (Index j = 0; j < w.rows; ++j)
          for (Index i = 0; i < w.cols; ++i)
            proved = proved && signs.contains(w.row(j)[i], first ? signs.at<S>({j, i}) : S(1));
      });
  return proved;
}

}  // namespace espalier
