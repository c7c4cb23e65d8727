// SPDX-License-Identifier: MIT
// The passes through a layer without parameters: threads share a batch where it takes each sample apart.
#pragma once

#include <algorithm>
#include <numeric>

#include "espalier/core/aligned.hpp"
#include "espalier/core/inline.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/layer/layer.hpp"

namespace espalier::detail {

/// Least number of activations for each thread.
inline constexpr Index numbers_of_part = 8192;

/// Parts begin at multiples of so many samples, on a cache line as the batch does: so the same numbers fill
/// registers, and the same ones are left over, however many parts there are.
inline Index samples_of_part(Index width) {
  constexpr Index line = cache_line / sizeof(float);
  return line / std::gcd(line, width);
}

/// Into how many parts the layer L lets a batch be divided at most.
template <class L, class X>
Index parts_of_batch(const X& x) {
  if constexpr (requires { requires L::by_sample; }) return parts_of(x.size(), numbers_of_part);
  return 1;
}

/// Samples begin ... end - 1 of a batch.
template <class Map>
Map some_samples(Map all, Index begin, Index end) {
  return {all.data() + begin * all.rows(), all.rows(), end - begin};
}

/// f(the samples of some batches), at the same time for parts of them. Kept out of line: what is small stays
/// as fast as without.
template <class F, class... Maps>
EIGEN_DONT_INLINE void share_samples(Index parts, Index samples, F f, Maps... maps) {
  const Index unit = std::max({samples_of_part(maps.rows())...});
  parallel_for_ranges(samples, unit, std::clamp(samples / unit, Index{1}, parts),
                      [&](Index, Index begin, Index end) { f(some_samples(maps, begin, end)...); });
}

template <class L, class X, class Y>
ESPALIER_INLINE void forward(const L& layer, X x, Y y, const Pass& pass) {
  if constexpr (requires { layer.forward(x, y, pass); })
    layer.forward(x, y, pass);
  else if (const Index parts = parts_of_batch<L>(x); parts > 1)
    share_samples(
        parts, x.cols(), [&layer](auto... maps) { layer.forward(maps...); }, x, y);
  else
    layer.forward(x, y);
}

template <class L, class X, class Y, class DY, class DX>
ESPALIER_INLINE void backward(const L& layer, X x, Y y, DY dy, DX dx, const Pass& pass) {
  if constexpr (requires { layer.backward(x, y, dy, dx, pass); })
    layer.backward(x, y, dy, dx, pass);
  else if (const Index parts = parts_of_batch<L>(x); parts > 1)
    share_samples(
        parts, x.cols(), [&layer](auto... maps) { layer.backward(maps...); }, x, y, dy, dx);
  else
    layer.backward(x, y, dy, dx);
}

}  // namespace espalier::detail
