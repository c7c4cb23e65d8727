// SPDX-License-Identifier: MIT
// A value that is as new when it has been moved from.
#pragma once

#include <utility>

namespace espalier::detail {

/// For what says something about the other members of a class: once these are gone, it says it no more.
template <class T>
struct Moving {
  T value{};

  Moving() = default;
  Moving(const Moving&) = default;
  Moving(Moving&& other) noexcept : value(std::exchange(other.value, T{})) {}
  Moving& operator=(const Moving&) = default;
  Moving& operator=(Moving&& other) noexcept {
    value = std::exchange(other.value, T{});
    return *this;
  }
  Moving& operator=(const T& other) noexcept {
    value = other;
    return *this;
  }
};

}  // namespace espalier::detail
