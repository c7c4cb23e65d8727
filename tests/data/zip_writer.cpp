// SPDX-License-Identifier: MIT
#include "espalier/data/zip_writer.hpp"

#include "data/files.hpp"
#include "espalier/data/zip.hpp"

using namespace espalier;
using detail::ByteSource;

namespace {

std::string bytes_of(detail::ZipWriter& zip) {
  std::string all;
  for (const std::string_view piece : zip.pieces()) all += piece;
  return all;
}

}  // namespace

TEST_CASE("an archive is written as the format says, which Python's zipfile reads") {
  detail::ZipWriter zip("two.zip");
  zip.add("a.txt", "he", "llo");
  zip.add("empty", "", "");
  const std::string out = bytes_of(zip);
  // As in tests/data/zip.cpp, but made by version 2.0 on no system, without its flags for a file's rights.
  CHECK(out == from_hex("504b03041400000000000000210086a61036050000000500000005000000612e74787468656c6c"
                        "6f504b0304140000000000"
                        "0000210000000000000000000000000005000000656d707479504b010214001400000000000000"
                        "210086a610360500000005"
                        "000000050000000000000000000000000000000000612e747874504b0102140014000000000000"
                        "0021000000000000000000"
                        "00000000050000000000000000000000000028000000656d707479504b05060000000002000200"
                        "660000004b0000000000"));
  ByteSource source(out, "two.zip");
  CHECK(detail::read_zip_directory(source).size() == 2);
}

TEST_CASE("a name that is empty, comes twice or is too long is refused") {
  detail::ZipWriter zip("a.zip");
  zip.add("a", "1", "");
  CHECK(message_of([&] { zip.add("a", "2", ""); }) ==
        "a.zip: expected names that differ, of 1 to 65535 bytes, found 'a'");
  CHECK_THROWS_AS(zip.add("", "2", ""), ValueError);
  CHECK_THROWS_AS(zip.add(std::string(65536, 'n'), "2", ""), ValueError);
  const std::string out = bytes_of(zip);
  CHECK(out.size() == 22 + 76 + 2 + 1);
}

TEST_CASE("an archive of 4 GiB is refused before anything is looked at") {
  detail::ZipWriter zip("large.zip");
  const std::string_view too_much(nullptr, std::size_t{1} << 32);  // not read
  CHECK_THROWS_AS(zip.add("a", "", too_much), ValueError);
}
