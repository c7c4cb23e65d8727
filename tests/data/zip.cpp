// SPDX-License-Identifier: MIT
// What archives of NumPy have is in tests/data/npz.cpp.
#include "espalier/data/zip.hpp"

#include "data/files.hpp"

using namespace espalier;
using namespace std::string_literals;
using detail::ByteSource;

namespace {

// Python 3.11: zipfile with "a.txt" of b"hello" and "empty" of b"", stored
const std::string two_files = from_hex(
    "504b03041400000000000000210086a61036050000000500000005000000612e74787468656c6c6f504b0304140000000000"
    "0000210000000000000000000000000005000000656d707479504b010214031400000000000000210086a610360500000005"
    "000000050000000000000000000000800100000000612e747874504b01021403140000000000000021000000000000000000"
    "00000000050000000000000000000000800128000000656d707479504b05060000000002000200660000004b0000000000");

}  // namespace

TEST_CASE("numbers have their lowest byte first") {
  CHECK(detail::little_endian("\xff\1\2\3", 1, 3) == 0x030201);
  CHECK(detail::little_endian("\xff\xff\xff\xff\xff\xff\xff\x7f", 0, 8) == 0x7fffffffffffffff);
}

TEST_CASE("the directory tells names, sizes and places, and the data are there") {
  ByteSource source(two_files, "two.zip");
  const auto members = detail::read_zip_directory(source);
  REQUIRE(members.size() == 2);
  CHECK(members[0].name == "a.txt");
  CHECK(members[0].size == 5);
  CHECK(members[0].checksum == detail::crc32("hello"));
  CHECK(members[1].name == "empty");
  CHECK(members[1].size == 0);
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

TEST_CASE("a directory that is cut or counts wrongly is refused") {
  const auto refused = [](std::size_t from_end, std::string_view bytes) {
    std::string changed = two_files;
    changed.replace(changed.size() - from_end, bytes.size(), bytes);
    ByteSource source(changed, "two.zip");
    CHECK_THROWS_AS(detail::read_zip_directory(source), FileError);
  };
  refused(12, "\3\0"s);                     // members
  refused(10, "\x67");                      // bytes of the directory
  refused(6, "\x4a");                       // its place
  refused(2, "\1");                         // bytes of the comment
  refused(22 + 0x66, "PK\3\4");             // its first entry
  refused(22 + 0x66 + 0 - 28, "\xff\xff");  // length of the first name
  refused(22 + 0x33 - 30, "\xff\xff");      // extra part of the second entry
}
