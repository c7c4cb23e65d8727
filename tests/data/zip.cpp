// SPDX-License-Identifier: MIT
// What archives of NumPy have is in tests/data/npz.cpp.
#include "espalier/data/zip.hpp"

#include "data/two_files.hpp"

using namespace espalier;
using detail::ByteSource;

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
