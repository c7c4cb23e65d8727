// SPDX-License-Identifier: MIT
// The passes through a layer without parameters: threads share a batch where it takes each sample apart.
#pragma once

#include <algorithm>

#include "espalier/core/threads.hpp"
#include "espalier/layer/layer.hpp"

namespace espalier::detail {

/// Numbers that are worth a thread, if a layer does little with each.
inline constexpr Index numbers_of_part = 8192;

/// f(first, n) on parts of `samples` of some width, at the same time if the layer L takes them apart.
template <class L, class F>
void in_samples(Index width, Index samples, F&& f) {
  if constexpr (requires { requires L::by_sample; })
    if (const Index parts = std::min(samples, parts_of(width * samples, numbers_of_part)); parts > 1)
      return in_ranges(samples, 1, parts, [&](Index, Index begin, Index end) { f(begin, end - begin); });
  f(0, samples);
}

/// n samples of a batch.
template <class Map>
Map some_samples(Map all, Index first, Index n) {
  return {all.data() + first * all.rows(), all.rows(), n};
}

template <class L, class X, class Y>
void forward(const L& layer, X x, Y y, const Pass& pass) {
  if constexpr (requires { layer.forward(x, y, pass); })
    layer.forward(x, y, pass);
  else
    in_samples<L>(x.rows(), x.cols(), [&](Index first, Index n) {
      layer.forward(some_samples(x, first, n), some_samples(y, first, n));
    });
}

template <class L, class X, class Y, class DY, class DX>
void backward(const L& layer, X x, Y y, DY dy, DX dx, const Pass& pass) {
  if constexpr (requires { layer.backward(x, y, dy, dx, pass); })
    layer.backward(x, y, dy, dx, pass);
  else
    in_samples<L>(x.rows(), x.cols(), [&](Index first, Index n) {
      layer.backward(some_samples(x, first, n), some_samples(y, first, n), some_samples(dy, first, n),
                     some_samples(dx, first, n));
    });
}

}  // namespace espalier::detail
