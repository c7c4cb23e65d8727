// SPDX-License-Identifier: MIT
// What archives of NumPy have is in tests/data/npz.cpp.
#include "espalier/data/zip.hpp"

#include "data/files.hpp"

using namespace espalier;
using detail::ByteSource;

namespace {

// Python 3.11: zipfile with "a.txt" of b"hello" and "empty" of b"", stored
const std::string two_files = from_hex(
    "504b03041400000000000000210086a61036050000000500000005000000612e74787468656c6c6f504b0304140000000000"
    "0000210000000000000000000000000005000000656d707479504b010214031400000000000000210086a610360500000005"
    "000000050000000000000000000000800100000000612e747874504b01021403140000000000000021000000000000000000"
    "00000000050000000000000000000000800128000000656d707479504b05060000000002000200660000004b0000000000");

}  // namespace

TEST_CASE("the data of each member are found") {
  ByteSource source(two_files, "two.zip");
  const auto members = detail::read_zip_directory(source);
  REQUIRE(members.size() == 2);
  detail::open_stored(source, members[0], "two.zip, a.txt");
  CHECK(source.take(5) == "hello");
  detail::open_stored(source, members[1], "two.zip, empty");
}

TEST_CASE("deflated data need the header for gzip, and the message says so") {
  ByteSource source(two_files, "two.zip");
  detail::ZipMember member = detail::read_zip_directory(source)[0];
  member.method = detail::ZipMember::deflated;
  CHECK(message_of([&] { detail::inflated(source, member, "two.zip, a.txt"); }) ==
        "two.zip, a.txt: expected stored data, or a program with #include <espalier/data/gzip.hpp>, linked "
        "with "
        "zlib (-lz), found deflated data");
}

TEST_CASE("other data than those of the checksum are refused") {
  std::string changed = two_files;
  changed[changed.find("hello")] = 'H';
  ByteSource source(changed, "two.zip");
  const auto members = detail::read_zip_directory(source);
  CHECK(message_of([&] { detail::open_stored(source, members[0], "two.zip, a.txt"); }) ==
        "two.zip, a.txt: expected intact data, of the checksum 3610a686, found the checksum f7d18982");
}
