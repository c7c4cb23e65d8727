// SPDX-License-Identifier: MIT
// A schedule of any type, as a value: what options of `fit` hold.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "espalier/optimizer/schedule.hpp"

namespace espalier {
namespace detail {

template <class T>
inline constexpr bool is_reference = false;
template <class T>
inline constexpr bool is_reference<std::reference_wrapper<T>> = true;

}  // namespace detail

/// Holds a copy, CosineDecay{} or a lambda; none if it is empty, as an empty std::function is. std::ref holds
/// a reference: then copies of this share one schedule.
class AnySchedule {
 public:
  AnySchedule() = default;
  template <class S>
  requires(!std::same_as<std::remove_cvref_t<S>, AnySchedule> &&
           std::is_constructible_v<std::function<double(const Progress&)>, S>)
      AnySchedule(S&& schedule)  // NOLINT
      : text_(detail::described(schedule)),
        by_reference_(detail::is_reference<std::remove_cvref_t<S>>),
        call_(std::forward<S>(schedule)) {}

  explicit operator bool() const { return static_cast<bool>(call_); }
  double operator()(const Progress& progress) const { return call_(progress); }

  bool by_reference() const { return by_reference_; }
  /// With its options: "CosineDecay{final_factor = 0}". Of a type without a name, as a lambda's, "unnamed".
  std::string text() const { return call_ ? text_ : "none"; }

 private:
  std::string text_;
  bool by_reference_ = false;
  std::function<double(const Progress&)> call_;
};

}  // namespace espalier
