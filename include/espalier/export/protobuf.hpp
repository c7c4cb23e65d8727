// SPDX-License-Identifier: MIT
// The wire format of Protocol Buffers, as far as files of ONNX need it: whole numbers, floats and bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace espalier::detail {

/// A message, field by field. A field's number and its wire type stand before it; a message inside is bytes.
class ProtoMessage {
 public:
  void whole(std::uint32_t field, std::int64_t x) {
    varint(field << 3U);
    varint(static_cast<std::uint64_t>(x));
  }
  void real(std::uint32_t field, float x) {
    constexpr std::uint32_t four_bytes = 5;
    varint(field << 3U | four_bytes);
    const auto bits = std::bit_cast<std::uint32_t>(x);
    for (unsigned k = 0; k < 4; ++k) bytes_ += static_cast<char>(bits >> (8 * k) & 255U);
  }
  void bytes(std::uint32_t field, std::string_view x) {
    constexpr std::uint32_t length_first = 2;
    varint(field << 3U | length_first);
    varint(x.size());
    bytes_ += x;
  }
  void message(std::uint32_t field, const ProtoMessage& x) { bytes(field, x.bytes_); }

  const std::string& bytes() const { return bytes_; }

 private:
  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  void varint(std::uint64_t x) {
    for (; x > 127; x >>= 7U) bytes_ += static_cast<char>((x & 127U) | 128U);
    bytes_ += static_cast<char>(x);
  }

  std::string bytes_{};
};

}  // namespace espalier::detail
