// SPDX-License-Identifier: MIT
#include "espalier/report/png.hpp"

#include "../data/files.hpp"
#include "../support.hpp"

using namespace espalier::detail;

namespace {

std::array<Color, 16> greys() {
  std::array<Color, 16> palette{};
  for (unsigned k = 0; k < 16; ++k) palette[k] = {static_cast<unsigned char>(k), 0, 255};
  return palette;
}

}  // namespace

TEST_CASE("a picture of 3 x 2 pixels has the bytes that Python's zlib and struct give it") {
  // import struct, zlib
  // c = lambda n, d: struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d))
  // raw = bytes([0, 0x12, 0x3f, 0, 0xef, 0x0f])
  // z = b"\x78\x01\x01" + struct.pack("<HH", 6, 0xfff9) + raw + struct.pack(">I", zlib.adler32(raw))
  // assert zlib.decompress(z) == raw
  // print((c(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 4, 3, 0, 0, 0)) + c(b"IDAT", z) + c(b"IEND", b"")).hex())
  const std::string bytes = png({3, 2, {1, 2, 3, 14, 15, 0}}, greys());
  CHECK(
      bytes.starts_with(from_hex("89504e470d0a1a0a"
                                 "0000000d49484452000000030000000204030000006f5a7b29")));
  CHECK(bytes.ends_with(
      from_hex("00000011494441547801010600f9ff00123f00ef0f034901507b49756a0000000049454e44ae4260"
               "82")));
  CHECK(bytes.find("PLTE" + from_hex("0000ff0100ff0200ff")) != bytes.npos);
  CHECK(bytes.find("tRNS" + std::string(15, '\xff') + '\0') != bytes.npos);
}

TEST_CASE("more than 65535 bytes are stored in several blocks") {
  const std::string bytes(65535 + 2, 'x');
  const std::string stream = stored_zlib(bytes);
  CHECK(stream.size() == 2 + 5 + 65535 + 5 + 2 + 4);
  CHECK(stream.substr(2, 5) == std::string("\0\xff\xff\0\0", 5));
  CHECK(stream.substr(7 + 65535, 7) == std::string("\1\2\0\xfd\xffxx", 7));
  CHECK(stored_zlib("") == std::string("\x78\x01\x01\0\0\xff\xff\0\0\0\1", 11));
}
