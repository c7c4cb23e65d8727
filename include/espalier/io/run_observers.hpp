// SPDX-License-Identifier: MIT
// What observers of a run keep over epochs, as named numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "espalier/core/type_name.hpp"
#include "espalier/io/run_parameters.hpp"

namespace espalier::detail {

template <class O>
concept KeepsState = requires(O& observer) {
  O::each_state(observer, [](auto&&...) {});
};

/// "observer 2, EarlyStopping, " for the second one that keeps something; `place` counts these.
template <class O>
std::string observer_name(int& place) {
  if constexpr (!KeepsState<O>) return {};
  return format_message("observer {}, {}, ", {++place, short_name(type_name<O>())});
}

template <class T>
inline constexpr bool is_state_number =
    std::is_same_v<T, double> || std::is_same_v<T, long> || std::is_same_v<T, std::vector<double>>;

/// What an observer keeps, as tensors: a long as I64, others as F64.
template <class O>
void put_observer(TensorFile&, const std::string&, const O&) {}
template <KeepsState O>
void put_observer(TensorFile& file, const std::string& prefix, const O& observer) {
  O::each_state(observer, [&]<class T>(std::string_view name, const T& x) {
    static_assert(is_state_number<T>, "each_state of an observer: double, long or std::vector<double>");
    if constexpr (std::is_same_v<T, long>)
      file.tensors.push_back(row_tensor(prefix + std::string(name), std::vector<std::int64_t>{x}));
    else if constexpr (std::is_same_v<T, double>)
      file.tensors.push_back(row_tensor(prefix + std::string(name), std::vector<double>{x}));
    else
      file.tensors.push_back(row_tensor(prefix + std::string(name), x));
  });
}
template <class O>
void take_observer(const TensorFile& file, const std::string& prefix, O& observer) {
  O::each_state(observer, [&]<class T>(std::string_view name, T& x) {
    const std::string whole = prefix + std::string(name);
    if constexpr (std::is_same_v<T, long>)
      x = static_cast<long>(exactly<std::int64_t>(file, whole, 1)[0]);
    else if constexpr (std::is_same_v<T, double>)
      x = exactly<double>(file, whole, 1)[0];
    else
      x = exactly<double>(file, whole, file.at(whole).size());
  });
}

}  // namespace espalier::detail
