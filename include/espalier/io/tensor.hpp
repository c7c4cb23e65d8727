// SPDX-License-Identifier: MIT
// A named array of numbers as it stands in a file: type, shape and bytes.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"
#include "espalier/data/half.hpp"

namespace espalier {

/// A value. `Tensor::of<float>("0.weight", {2, 3}, numbers)` makes one of numbers, `numbers<float>()` gives
/// them back.
struct Tensor {
  std::string name;
  std::string dtype;                 ///< as safetensors spells it: "F32"
  std::vector<std::uint64_t> shape;  ///< empty: a single number
  std::string bytes;                 ///< in C order, little-endian

  /// ShapeError unless there are as many numbers as the shape says.
  template <class T>
  static Tensor of(std::string name, std::vector<std::uint64_t> shape, std::span<const T> numbers);

  /// How many numbers there are.
  std::uint64_t size() const;

  /// As T: the same bits if that is their type; F16, BF16, F32 and F64 also as float or double. FileError for
  /// another type, and for a finite number that T does not have.
  template <class T>
  std::vector<T> numbers() const;

  bool operator==(const Tensor&) const = default;
};

namespace detail {

struct TensorType {
  std::string_view name;
  unsigned bits;
};
/// All that the format has.
inline constexpr TensorType tensor_types[] = {
    {"F64", 64}, {"F32", 32},    {"F16", 16},    {"BF16", 16},   {"I64", 64},    {"I32", 32},   {"I16", 16},
    {"I8", 8},   {"U64", 64},    {"U32", 32},    {"U16", 16},    {"U8", 8},      {"BOOL", 8},   {"C64", 64},
    {"F4", 4},   {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}};

/// How many bits a number of this type has; 0: there is no such type.
inline unsigned bits_of(std::string_view dtype) {
  for (const TensorType& type : tensor_types)
    if (type.name == dtype) return type.bits;
  return 0;
}

/// The product of the extents times `bits`, in bytes; false where that is no whole number or none below 2^64.
inline bool bytes_of_shape(std::span<const std::uint64_t> shape, unsigned bits, std::uint64_t& bytes) {
  std::uint64_t count = 1;
  for (const std::uint64_t extent : shape)
    if (__builtin_mul_overflow(count, extent, &count)) return false;
  if (__builtin_mul_overflow(count, std::uint64_t{bits}, &count)) return false;
  bytes = count / 8;
  return count % 8 == 0;
}

/// "2 x 3"; of a single number "1".
[[gnu::cold]] inline std::string shape_text(std::span<const std::uint64_t> shape) {
  std::string text;
  for (const std::uint64_t extent : shape) (text += text.empty() ? "" : " x ") += std::to_string(extent);
  return text.empty() ? "1" : text;
}

template <class T>
constexpr std::string_view dtype_of() {
  if constexpr (std::same_as<T, float>) return "F32";
  if constexpr (std::same_as<T, double>) return "F64";
  if constexpr (std::integral<T> && !std::same_as<T, bool>) {
    constexpr std::string_view of_signed[] = {"I8", "I16", "I32", "I64"},
                               of_unsigned[] = {"U8", "U16", "U32", "U64"};
    constexpr auto k = std::bit_width(sizeof(T)) - 1;
    return std::is_signed_v<T> ? of_signed[k] : of_unsigned[k];
  }
  return {};
}

/// The n-th number, from little-endian bytes.
template <class T>
T number_at(std::string_view bytes, std::size_t n) {
  char raw[sizeof(T)];
  std::memcpy(raw, bytes.data() + n * sizeof(T), sizeof(T));
  if constexpr (std::endian::native == std::endian::big) std::reverse(raw, raw + sizeof(T));
  T number;
  std::memcpy(&number, raw, sizeof(T));
  return number;
}

/// The upper half of a float.
inline float from_bfloat(std::uint16_t upper) { return std::bit_cast<float>(std::uint32_t{upper} << 16); }

[[noreturn]] inline void fail_number(std::string_view name, std::string_view precision, double found) {
  fail<FileError>(name, {"numbers that a {} has", {precision}}, found);
}

}  // namespace detail

template <class T>
Tensor Tensor::of(std::string name, std::vector<std::uint64_t> shape, std::span<const T> numbers) {
  std::uint64_t bytes = 0;
  if (!detail::bytes_of_shape(shape, 8 * sizeof(T), bytes) || bytes != numbers.size_bytes())
    detail::fail<ShapeError>(name, {"as many numbers as the shape {} has", {detail::shape_text(shape)}},
                             numbers.size());
  std::string own(numbers.size_bytes(), '\0');
  if (!numbers.empty()) std::memcpy(own.data(), numbers.data(), own.size());
  if constexpr (std::endian::native == std::endian::big)
    for (std::size_t k = 0; k < own.size(); k += sizeof(T))
      std::reverse(own.data() + k, own.data() + k + sizeof(T));
  return {std::move(name), std::string(detail::dtype_of<T>()), std::move(shape), std::move(own)};
}

inline std::uint64_t Tensor::size() const {
  std::uint64_t count = 1;
  for (const std::uint64_t extent : shape) count *= extent;
  return count;
}

template <class T>
std::vector<T> Tensor::numbers() const {
  const auto convert = [this]<class From>(From, auto&& f) {
    std::vector<T> result(bytes.size() / sizeof(From));
    for (std::size_t k = 0; k < result.size(); ++k) result[k] = f(detail::number_at<From>(bytes, k));
    return result;
  };
  if (dtype == detail::dtype_of<T>()) return convert(T{}, [](T x) { return x; });
  if constexpr (Scalar<T>) {
    if (dtype == "F16")
      return convert(std::uint16_t{}, [](std::uint16_t x) { return T{static_cast<float>(detail::Half{x})}; });
    if (dtype == "BF16")
      return convert(std::uint16_t{}, [](std::uint16_t x) { return T{detail::from_bfloat(x)}; });
    if (dtype == "F32") return convert(float{}, [](float x) { return T{x}; });
    if (dtype == "F64")
      return convert(double{}, [this](double x) {
        const T near = static_cast<T>(x);
        if (std::isinf(near) && !std::isinf(x)) detail::fail_number(name, "float", x);
        return near;
      });
  }
  detail::fail<FileError>(
      name, {"numbers of type {}{}", {detail::dtype_of<T>(), Scalar<T> ? ", or F16, BF16, F32, F64" : ""}},
      dtype);
}

}  // namespace espalier
