// SPDX-License-Identifier: MIT
// What the sets of a pack say of how weights start.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include "espalier/core/block.hpp"
#include "espalier/init/initializer.hpp"
#include "espalier/pack/canonical.hpp"
#include "espalier/pack/elements.hpp"
#include "espalier/pack/groups.hpp"

namespace espalier::detail {

/// Numbers that are to be filled: those of a weight, of its biases, or of both.
template <Scalar S>
struct NewNumbers {
  Block<S> weight{};
  S* bias = nullptr;
  Index biases = 0, fan_in = 0, fan_out = 0;
  bool reads_inputs = false;  ///< the inputs of the model, and not outputs of a layer
};

template <class P>
concept NamesInitializer = requires(const P& p) {
  p.initializer();
};

template <class P>
inline constexpr bool names_refinement = [] {
  if constexpr (NamesInitializer<P>)
    if constexpr (requires { decltype(std::declval<const P&>().initializer())::refines; }) return true;
  return false;
}();

/// Which policy of a pack is asked.
template <class PackType>
struct NamedInitializer;
template <template <class...> class PackOf, class... Ps>
struct NamedInitializer<PackOf<Ps...>> {
  template <class P>
  static constexpr int rank = !NamesInitializer<P> || names_refinement<P> ? 0
                              : ElementSet<P>                             ? 1
                                                                          : 2;
  /// Its place; that behind the last if there is none.
  static constexpr std::size_t place = [] {
    constexpr auto order = canonical_order<Ps...>;
    const std::array<int, sizeof...(Ps)> ranks{rank<Ungrouped<Ps>>...};
    std::size_t best = sizeof...(Ps);
    for (const std::size_t k : order)
      if (ranks[k] > 0 && (best == sizeof...(Ps) || ranks[k] > ranks[best])) best = k;
    return best;
  }();
  static constexpr bool names = place < sizeof...(Ps) || (false || ... || names_refinement<Ungrouped<Ps>>);
};

/// Fills w such that the vectors of the pack's policies are rows for `init`.
template <Grain grain, int block = 0, class Init, Scalar S>
void fill_grouped(const Init& init, Eigen::Map<WeightMatrix<S>>& w, Index fan_in, Index fan_out, Rng& rng) {
  if constexpr (grain == Grain::column) {
    WeightMatrix<S> turned = w.transpose();
    Eigen::Map<WeightMatrix<S>> rows(turned.data(), turned.rows(), turned.cols());
    init(rows, fan_in, fan_out, rng);
    w = turned.transpose();
  } else if constexpr (grain == Grain::whole) {
    Eigen::Map<WeightMatrix<S>> row(w.data(), 1, w.size());
    init(row, fan_in, fan_out, rng);
  } else if constexpr (grain == Grain::row && block > 0) {
    Eigen::Map<WeightMatrix<S>> rows(w.data(), w.size() / block, block);
    init(rows, fan_in, fan_out, rng);
  } else {
    init(w, fan_in, fan_out, rng);
  }
}

template <Scalar S>
void fill_all(const auto& init, const NewNumbers<S>& to, Rng& rng, auto&& fill) {
  Eigen::Map<WeightMatrix<S>> w(to.weight.data, to.weight.rows, to.weight.cols);
  if (to.weight.data) fill(init, w);
  if (to.bias) initialize_bias(init, to.bias, to.biases, to.fan_in, rng);
}

/// As HeNormal does it, where no set of a pack names anything.
template <Scalar S>
void initialize_freely(const NewNumbers<S>& to, Rng& rng) {
  fill_all<S>(HeNormal{}, to, rng, [&](const auto& init, auto& w) { init(w, to.fan_in, to.fan_out, rng); });
}

/// As the policy does it that is asked.
template <class PackType, Scalar S>
void initialize_as_named(const PackType& pack, const NewNumbers<S>& to, Rng& rng) {
  constexpr std::size_t place = NamedInitializer<PackType>::place;
  if constexpr (place < PackType::size) {
    const auto& policy = ungrouped(std::get<place>(pack.policies()));
    const auto fill = [&](const auto& init, auto& w) {
      constexpr Grain grain = ElementSet<std::decay_t<decltype(policy)>> ? Grain::element : PackType::grain;
      fill_grouped<grain, PackType::block>(init, w, to.fan_in, to.fan_out, rng);
    };
    const auto init = policy.initializer();
    if constexpr (requires { init.of_inputs(); }) {
      if (to.reads_inputs) return fill_all<S>(init.of_inputs(), to, rng, fill);
    }
    fill_all<S>(init, to, rng, fill);
  } else {
    initialize_freely(to, rng);
  }
}

template <Scalar S, class PackType>
[[gnu::cold]] void initialize_from(const void* any, const NewNumbers<S>& to, Rng& rng) {
  const PackType& pack = *static_cast<const PackType*>(any);
  initialize_as_named(pack, to, rng);
  if (!to.weight.data) return;
  pack.each([&]<class P>([[maybe_unused]] const P& p, std::size_t) {
    if constexpr (names_refinement<P>) {
      Eigen::Map<WeightMatrix<S>> w(to.weight.data, to.weight.rows, to.weight.cols);
      fill_grouped<ElementSet<P> ? Grain::element : PackType::grain, PackType::block>(
          p.initializer(), w, to.fan_in, to.fan_out, rng);
    }
  });
}

/// The function that fills numbers as a pack's sets name it; null where they name nothing.
template <Scalar S, class PackType>
constexpr auto initialize_of() -> void (*)(const void*, const NewNumbers<S>&, Rng&) {
  if constexpr (NamedInitializer<PackType>::names)
    return initialize_from<S, PackType>;
  else
    return nullptr;
}

}  // namespace espalier::detail
