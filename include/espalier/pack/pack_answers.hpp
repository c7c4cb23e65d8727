// SPDX-License-Identifier: MIT
// What a pack says in either precision, as functions in which its type is gone. They are compiled once for a
// pack, and not for each precision.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include "espalier/core/description.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/pack/matrix_maps.hpp"
#include "espalier/pack/pack.hpp"
#include "espalier/pack/schedules.hpp"

namespace espalier::detail {

/// The address of a variable that stands for a type, unique in a program.
template <class T>
inline constexpr char type_tag = 0;

/// `pack` is the address of a pack of this type.
template <class PackType>
struct PackAnswers {
  static const PackType& pack_of(const void* pack) { return *static_cast<const PackType*>(pack); }

  static const void* find(const void* pack, const void* tag) {
    const void* found = nullptr;
    pack_of(pack).for_each_policy([&]<class P>(const P& p) {
      if (tag == &type_tag<P>) found = &p;
      if (tag == &type_tag<Ungrouped<P>>) found = &ungrouped(p);
    });
    return found;
  }

  static bool cautious(const void* pack) { return pack_of(pack).cautious(); }
  static double shrink(const void* pack, double rate, double base) {
    return pack_of(pack).shrink(rate, base);
  }
  static double slope_bound(const void* pack) { return pack_of(pack).slope_bound(); }
  static double ball_radius(const void* pack) { return pack_of(pack).ball_radius(); }

  static void record(const void* pack, std::span<Activity> activity, const Index* active, Index rows,
                     Index cols, double shrink) {
    pack_of(pack).record(activity, active, rows, cols, shrink);
  }

  static Index beside(const void* pack, Index rows, Index cols) {
    Index n = 0;
    if constexpr (PackType::has_beside)
      pack_of(pack).for_each_policy([&](const auto& p) { n += beside_of(p, rows, cols); });
    return n;
  }

  static void describe(const void* pack, std::size_t policy, Description& text) {
    std::size_t k = 0;
    pack_of(pack).for_each_policy([&]<class P>(const P& p) {
      if (k++ == policy) describe_written(p, text);
    });
  }

  static bool equal(const void* pack, const void* other) {
    if constexpr (std::equality_comparable<PackType>)
      return pack_of(pack) == pack_of(other);
    else
      return pack == other;
  }
};

}  // namespace espalier::detail
