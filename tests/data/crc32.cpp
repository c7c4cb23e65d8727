// SPDX-License-Identifier: MIT
#include "espalier/data/crc32.hpp"

#include <string>

#include "catch.hpp"

using espalier::detail::crc32;

namespace {

/// The definition: division by the polynomial, a bit at a time.
std::uint32_t by_bits(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xedb88320U : crc >> 1;
  }
  return ~crc;
}

}  // namespace

TEST_CASE("the checksum is that of the standard's example") {
  CHECK(crc32("123456789") == 0xcbf43926);
  CHECK(crc32("") == 0);
}

TEST_CASE("bytes of every length and every cut have the checksum of the definition") {
  std::string bytes;
  for (int k = 0; k < 100; ++k) {
    CHECK(crc32(bytes) == by_bits(bytes));
    CHECK(crc32(std::string_view(bytes).substr(bytes.size() / 3),
                crc32(std::string_view(bytes).substr(0, bytes.size() / 3))) == by_bits(bytes));
    bytes += static_cast<char>(k * 73 + 200);
  }
}
