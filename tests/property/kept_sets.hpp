// SPDX-License-Identifier: MIT
// Do policies hold after initialization, after each step, of averages, and of what is loaded? Of one net,
// whose policies are chosen while the test runs, so that a policy costs its pack and nothing else.
#pragma once

#include <bit>
#include <cstdint>
#include <string>

#include "../data/files.hpp"
#include "../nets.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/io/load.hpp"
#include "espalier/io/save.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/train/average.hpp"

namespace test {

using KeptNet = espalier::Sequential<float, espalier::Dense<>>;

/// Do `a` and `b` have the same bits in the first column of the weight?
inline bool same_first_column(const KeptNet& a, const KeptNet& b) {
  bool same = true;
  for (espalier::Index j = 0; j < 6; ++j)
    same = same && std::bit_cast<std::uint32_t>(a.values()[static_cast<std::size_t>(6 * j)]) ==
                       std::bit_cast<std::uint32_t>(b.values()[static_cast<std::size_t>(6 * j)]);
  return same;
}

/// Thirty steps of Adam on random gradients. `frozen`: the policies hold the first column.
inline void check_kept(const espalier::AnyPack<float>& pack, bool frozen) {
  using namespace espalier;
  std::string text;
  for (std::size_t k = 0; k < pack.names().size(); ++k) text += pack.text(k) + " ";
  CAPTURE(text);
  KeptNet net{Dense<>(6, 6)};
  set_policies(net, "0.weight", pack);
  initialize(net, {.seed = 5});
  CHECK(feasible(net));
  const KeptNet start = net;
  Optimizer optimizer{Adam{.learning_rate = 0.05}};
  ExponentialAverage smooth{.decay = 0.9};
  WeightAverage mean;
  for (std::uint64_t step = 1; step <= 30; ++step) {
    ::random_steps(net, optimizer, 1, step);
    if (!feasible(net)) FAIL("infeasible after step " << step);
    smooth.add(net), mean.add(net);
  }
  const TemporaryDirectory folder;
  const auto path = folder / "net.safetensors";
  for (const KeptNet& each : {net, smooth.averaged(net), mean.averaged(net)}) {
    CHECK(feasible(each));
    KeptNet loaded = start;
    save(each, path), load(loaded, path);
    CHECK(loaded == each);
    CHECK(feasible(loaded));
    if (frozen) CHECK((same_first_column(each, start) && same_first_column(loaded, start)));
  }
}

template <class... Ps>
void kept(const Ps&... policies) {
  check_kept(espalier::AnyPack<float>(espalier::Pack(policies...)), false);
}
/// The same beside Frozen, which a policy of single weights is.
template <class... Ps>
void kept_with_frozen(const Ps&... policies) {
  const espalier::Frozen first_input{1, 0, 0, 0, 0, 0};
  check_kept(espalier::AnyPack<float>(espalier::Pack(policies..., first_input)), true);
}

}  // namespace test
