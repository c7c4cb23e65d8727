// SPDX-License-Identifier: MIT
// Numbers of any type that files have, converted to a model's precision as they are read.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "espalier/core/matrix.hpp"
#include "espalier/data/byte_source.hpp"
#include "espalier/data/half.hpp"

namespace espalier::detail {

/// The types of numbers, as NumPy calls them: by kind (i: with a sign, u: without, f: floating point) and
/// bytes.
enum class Dtype { boolean, i1, i2, i4, i8, u1, u2, u4, u8, f2, f4, f8 };

/// Numbers as a file has them. The reversed ones are of the other byte order than this machine's.
struct NumberFormat {
  Dtype type = Dtype::u1;
  bool reversed = false;
};

/// A byte that is 0, or else true.
struct Boolean {
  std::uint8_t byte = 0;
  explicit operator float() const { return byte != 0; }
  explicit operator double() const { return byte != 0; }
};

/// Calls `use` with a number of this type.
template <class Use>
auto with_type(Dtype type, Use use) {
  switch (type) {
    case Dtype::boolean:
      return use(Boolean{});
    case Dtype::i1:
      return use(std::int8_t{});
    case Dtype::i2:
      return use(std::int16_t{});
    case Dtype::i4:
      return use(std::int32_t{});
    case Dtype::i8:
      return use(std::int64_t{});
    case Dtype::u1:
      return use(std::uint8_t{});
    case Dtype::u2:
      return use(std::uint16_t{});
    case Dtype::u4:
      return use(std::uint32_t{});
    case Dtype::u8:
      return use(std::uint64_t{});
    case Dtype::f2:
      return use(Half{});
    case Dtype::f4:
      return use(float{});
    case Dtype::f8:
      break;
  }
  return use(double{});
}

inline std::size_t size_of(Dtype type) {
  return with_type(type, [](auto number) { return sizeof number; });
}

/// Turns the bytes of each of `count` numbers round.
inline void reverse_bytes(char* numbers, std::size_t count, std::size_t size) {
  for (std::size_t k = 0; k < count; ++k, numbers += size) std::reverse(numbers, numbers + size);
}

/// Converts `count` numbers of type T in this machine's byte order. The place of the first finite one that S
/// cannot hold, or `count`.
template <class T, Scalar S>
std::size_t convert(const char* from, std::size_t count, S* to) {
  std::size_t bad = count;
  for (std::size_t k = 0; k < count; ++k) {
    T number;
    std::memcpy(&number, from + k * sizeof(T), sizeof(T));
    to[k] = static_cast<S>(number);
    if constexpr (std::is_same_v<T, double> && std::is_same_v<S, float>)
      if (std::isinf(to[k]) && std::isfinite(number)) bad = std::min(bad, k);
  }
  return bad;
}

/// Number `k` of a file is finite, and too large for a float.
[[noreturn, gnu::cold]] inline void fail_too_large(std::string_view where, std::size_t k,
                                                   const char* number) {
  double value = 0;
  std::memcpy(&value, number, sizeof value);
  fail<FileError>(where, "numbers that a float can hold (or to be read as double)",
                  format_message("{}, number {} of the file, counted from 0", {value, k}));
}

/// Reads `count` numbers, and converts them a piece at a time: `take(k, numbers)` has those from the k-th on,
/// in the order of the file. NaN and infinity stay what they are; FileError for a finite number that S cannot
/// hold. Messages count the numbers of the file; the first one here is number `from` of it.
template <Scalar S, class Take>
void read_pieces(ByteSource& source, std::string_view where, NumberFormat format, std::size_t count,
                 Take take, std::size_t from = 0) {
  constexpr std::size_t piece = std::size_t{1} << 16;  // numbers, so that a piece stays in the cache
  const std::size_t size = size_of(format.type);
  std::vector<char> raw(std::min(piece, count) * size);
  std::vector<S> numbers(std::min(piece, count));
  for (std::size_t first = 0; first < count; first += piece) {
    const std::size_t now = std::min(piece, count - first);
    source.read(raw.data(), now * size);
    if (format.reversed) reverse_bytes(raw.data(), now, size);
    const std::size_t bad =
        with_type(format.type, [&]<class T>(T) { return convert<T>(raw.data(), now, numbers.data()); });
    if (bad < now) fail_too_large(where, from + first + bad, raw.data() + bad * size);
    take(first, std::span<const S>(numbers.data(), now));
  }
}

/// Reads `count` numbers into memory that follows one another: in one go where the file has the type S.
template <Scalar S>
void read_numbers(ByteSource& source, std::string_view where, NumberFormat format, std::size_t count, S* to,
                  std::size_t from = 0) {
  if (format.type == (std::is_same_v<S, float> ? Dtype::f4 : Dtype::f8)) {
    source.read(reinterpret_cast<char*>(to), count * sizeof(S));
    if (format.reversed) reverse_bytes(reinterpret_cast<char*>(to), count, sizeof(S));
    return;
  }
  read_pieces<S>(
      source, where, format, count,
      [&](std::size_t first, std::span<const S> numbers) {
        std::copy(numbers.begin(), numbers.end(), to + first);
      },
      from);
}

/// Reads `count` labels: whole numbers from 0 on, of any type. FileError for any other number.
inline std::vector<int> read_label_numbers(ByteSource& source, std::string_view where, NumberFormat format,
                                           std::size_t count) {
  std::vector<int> labels;
  labels.reserve(count);
  read_pieces<double>(source, where, format, count, [&](std::size_t first, std::span<const double> numbers) {
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const double x = numbers[k];
      if (!(x >= 0 && x <= std::numeric_limits<int>::max() && x == std::floor(x)))
        fail<FileError>(where, "labels that are whole numbers from 0 to 2147483647",
                        format_message("{} at sample {}, counted from 0", {x, first + k}));
      labels.push_back(static_cast<int>(x));
    }
  });
  return labels;
}

}  // namespace espalier::detail
