// SPDX-License-Identifier: MIT
// The initializer that `initialize(net)` uses: what the sets of each weight name.
#pragma once

#include <cstddef>
#include <tuple>

#include "espalier/init/initializer.hpp"
#include "espalier/pack/canonical.hpp"
#include "espalier/pack/pack.hpp"

namespace espalier {

/// Each weight starts as its sets name it (`initializer()` of a policy, core/policy.hpp), and as with
/// HeNormal where they name nothing; then it is projected. Of several sets the one is asked that sees the
/// most of a weight at once, and of equals the first by the name of its type. Sets whose initializers refine
/// what is there, as Grid and NofM, come after that, all of them. The sets are those that the layer was made
/// with: those of `set_policies`, of an optimizer or of `constrain` are not asked, only projected onto.
struct FromSets : HeNormal {};

namespace detail {

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
template <class... Ps>
struct NamedInitializer<Pack<Ps...>> {
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
};

/// f(initializer), of a layer that reads the inputs of the model or of others.
template <class PackType, class F>
void with_named_initializer(const PackType& pack, [[maybe_unused]] bool reads_inputs, F&& f) {
  constexpr std::size_t place = NamedInitializer<PackType>::place;
  if constexpr (place < PackType::size) {
    const auto init = ungrouped(std::get<place>(pack.policies())).initializer();
    if constexpr (requires { init.of_inputs(); }) {
      if (reads_inputs) return f(init.of_inputs());
    }
    f(init);
  } else {
    f(HeNormal{});
  }
}

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

template <class P, class PackType>
inline constexpr Grain grain_of_policy = ElementSet<P> ? Grain::element : PackType::grain;

template <class PackType, Scalar S>
void fill_from_sets(const PackType& pack, Eigen::Map<WeightMatrix<S>>& w, Index fan_in, Index fan_out,
                    Rng& rng, bool reads_inputs) {
  constexpr std::size_t place = NamedInitializer<PackType>::place;
  with_named_initializer(pack, reads_inputs, [&](const auto& init) {
    if constexpr (place < PackType::size) {
      using P = std::decay_t<decltype(ungrouped(std::get<place>(pack.policies())))>;
      fill_grouped<grain_of_policy<P, PackType>, PackType::block>(init, w, fan_in, fan_out, rng);
    } else {
      init(w, fan_in, fan_out, rng);
    }
  });
  pack.each([&]<class P>([[maybe_unused]] const P& p, std::size_t) {
    if constexpr (names_refinement<P>)
      fill_grouped<grain_of_policy<P, PackType>, PackType::block>(p.initializer(), w, fan_in, fan_out, rng);
  });
}

}  // namespace detail
}  // namespace espalier
