// SPDX-License-Identifier: MIT
// What a pack refuses when it meets a weight: values that make no sense, and sets that do not meet.
#pragma once

#include <cstddef>
#include <string_view>

#include "espalier/core/error.hpp"
#include "espalier/pack/common_point.hpp"
#include "espalier/pack/pace.hpp"

namespace espalier {

template <class... Ps>
class Pack;

namespace detail {

/// Pack::validate. It is no member, so that a library can hold it (compiled.hpp) for packs whose classes a
/// program never completes.
template <class... Ps>
void validate_pack(const Pack<Ps...>& pack, std::string_view where, Index n) {
  PackPace<Ps...>::validate(where, pack.policies());
  pack.each([&](const auto& p, std::size_t) {
    try {
      if constexpr (requires { p.validate(); }) p.validate();
    } catch (const ValueError& error) {
      throw ValueError(format_message("{}: {}", {where, error.what()}));
    }
    if constexpr (requires { p.validate(where, n); }) p.validate(where, n);
  });
  using P = Pack<Ps...>;
  if constexpr (P::cone_and_norm) {
    const float each = 1;
    if (pack.metric(Steps<float>{&each, 1}, 1.0F).each)
      fail(where,
           "Metric::euclidean of a set that selects weights, as TopK, or of the norm beside it, since in the "
           "metric of the step which weights are best depends on the multiplier of the norm (or L1Ball "
           "instead of TopK)",
           "Metric::step of both");
  }
  if constexpr (P::has_set && P::memories == 0)
    if (!have_common_point<float>(pack, n) || !have_common_point<double>(pack, n))
      fail_to_intersect(pack, where);
}

}  // namespace detail

}  // namespace espalier
