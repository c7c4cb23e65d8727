// SPDX-License-Identifier: MIT
// gzip: the bytes as a compressed file, and as the deflated data of a member of an archive, whose first two
// bytes say how many they should unpack to. Every input also goes through what names foreign formats.
#include "espalier/data/gzip.hpp"

#include "espalier/data/file_format.hpp"
#include "fuzz.hpp"

using namespace espalier;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = fuzz::text_of(data, size);
  fuzz::survives([&] { detail::unpacked(bytes, "fuzz.gz"); });
  fuzz::require(!detail::found_format(bytes).empty(), "a format that can be said");
  if (size < 2) return 0;
  const std::size_t announced = std::size_t{data[0]} << 8 | data[1];
  fuzz::survives([&] {
    const std::string unpacked = detail::inflate_raw(bytes.substr(2), announced, "fuzz.npz");
    fuzz::require(unpacked.size() == announced, "as many bytes as announced");
  });
  return 0;
}
