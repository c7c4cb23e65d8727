// SPDX-License-Identifier: MIT
// Small pictures with 16 colors as PNG files. They are stored without compression, so that a page needs no
// zlib: two pixels take a byte.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/data/crc32.hpp"

namespace espalier::detail {

struct Color {
  unsigned char red, green, blue;
};

/// `pixels` are places in the palette, row by row. The last color of the palette is transparent.
struct Picture {
  std::uint32_t width = 0, height = 0;
  std::vector<unsigned char> pixels{};
};

/// Four bytes, the highest first.
inline std::string big_endian(std::uint32_t x) {
  return {static_cast<char>(x >> 24), static_cast<char>(x >> 16), static_cast<char>(x >> 8),
          static_cast<char>(x)};
}

/// A chunk of a PNG file: its length, name, bytes and checksum.
inline std::string png_chunk(std::string_view name, std::string_view bytes) {
  const std::string named = std::string(name).append(bytes);
  return big_endian(static_cast<std::uint32_t>(bytes.size())) + named + big_endian(crc32(named));
}

/// A zlib stream (RFC 1950) of stored blocks.
inline std::string stored_zlib(std::string_view bytes) {
  constexpr std::size_t most = 65535;  // bytes of a stored block, whose length has 16 bits
  std::string stream = "\x78\x01";
  for (std::size_t at = 0; at == 0 || at < bytes.size(); at += most) {
    const std::string_view block = bytes.substr(at, most);
    const auto length = static_cast<std::uint32_t>(block.size()), inverse = ~length;
    stream += at + most >= bytes.size() ? '\1' : '\0';
    for (const std::uint32_t x : {length, inverse})
      stream.append({static_cast<char>(x), static_cast<char>(x >> 8)});
    stream += block;
  }
  std::uint32_t sum = 1, sums = 0;  // Adler-32
  for (const char c : bytes) {
    sum = (sum + static_cast<unsigned char>(c)) % 65521;
    sums = (sums + sum) % 65521;
  }
  return stream + big_endian(sums << 16 | sum);
}

/// The bytes of the file.
inline std::string png(const Picture& picture, const std::array<Color, 16>& palette) {
  std::string colors, lines;
  for (const Color& c : palette)
    for (const unsigned char part : {c.red, c.green, c.blue}) colors += static_cast<char>(part);
  for (std::size_t y = 0; y < picture.height; ++y) {
    lines += '\0';  // not filtered
    for (std::size_t x = 0; x < picture.width; x += 2) {
      const unsigned char* const pair = picture.pixels.data() + y * picture.width + x;
      lines += static_cast<char>(pair[0] << 4 | (x + 1 < picture.width ? pair[1] : 15));
    }
  }
  const std::string shape =
      big_endian(picture.width) + big_endian(picture.height) + std::string("\x04\x03\0\0\0", 5);
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", shape) + png_chunk("PLTE", colors) +
         png_chunk("tRNS", std::string(15, '\xff') + '\0') + png_chunk("IDAT", stored_zlib(lines)) +
         png_chunk("IEND", "");
}

}  // namespace espalier::detail
