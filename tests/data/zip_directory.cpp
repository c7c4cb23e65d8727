// SPDX-License-Identifier: MIT
// What archives of NumPy have is in tests/data/npz.cpp.
#include "espalier/data/zip_directory.hpp"

#include "data/two_files.hpp"
#include "espalier/data/zip.hpp"

using namespace espalier;
using namespace std::string_literals;
using detail::ByteSource;

namespace {

std::string number(std::size_t value, int bytes) {
  std::string text;
  for (; bytes > 0; --bytes, value >>= 8) text += static_cast<char>(value & 0xff);
  return text;
}

/// zip64's end parts and the usual one, all of whose numbers are all ones.
std::string zip64_end(std::size_t count, std::size_t size, std::size_t start, std::size_t at) {
  return "PK\6\6" + number(44, 8) + number(45, 4) + number(0, 8) + number(count, 8) + number(count, 8) +
         number(size, 8) + number(start, 8) + "PK\6\7" + number(0, 4) + number(at, 8) + number(1, 4) +
         "PK\5\6" + number(0, 4) + std::string(12, '\xff') + number(0, 2);
}

/// The directory of two_files, with zip64's end.
std::string two_files_zip64() {
  const std::size_t start = two_files.find("PK\1\2"), end = two_files.find("PK\5\6");
  return two_files.substr(0, end) + zip64_end(2, end - start, start, end);
}

}  // namespace

TEST_CASE("numbers have their lowest byte first") {
  CHECK(detail::little_endian("\xff\1\2\3", 1, 3) == 0x030201);
  CHECK(detail::little_endian("\xff\xff\xff\xff\xff\xff\xff\x7f", 0, 8) == 0x7fffffffffffffff);
}

TEST_CASE("the directory tells names, sizes, checksums and places") {
  ByteSource source(two_files, "two.zip");
  const auto members = detail::read_zip_directory(source);
  REQUIRE(members.size() == 2);
  CHECK(members[0].name == "a.txt");
  CHECK(members[0].size == 5);
  CHECK(members[0].checksum == detail::crc32("hello"));
  CHECK(members[1].name == "empty");
  CHECK(members[0].at == 0);
  CHECK(members[1].size == 0);
  CHECK(members[1].at == two_files.find("PK\3\4", 1));
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

TEST_CASE("a directory of zip64 is read, whatever the usual end says") {
  ByteSource source(two_files_zip64(), "two.zip");
  CHECK(detail::read_zip_directory(source).size() == 2);
  std::string some = two_files_zip64();  // of 2 to 4 GiB Python writes both
  some.replace(some.size() - 14, 4, "\2\0\2\0"s);
  ByteSource both(some, "two.zip");
  CHECK(detail::read_zip_directory(both).size() == 2);
}

TEST_CASE(
    "no bit changed in zip64's end parts makes more of the archive than there is, and no large number does") {
  const std::string bytes = two_files_zip64();
  const std::size_t end = bytes.find("PK\6\6");
  const auto survives = [&](std::string changed) {
    ByteSource source(std::move(changed), "two.zip");
    try {
      return detail::read_zip_directory(source).size() <= 2;
    } catch (const FileError&) {
      return true;
    }
  };
  for (std::size_t at = end; at < bytes.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      CHECK(survives(changed));
    }
  const std::size_t largest = ~std::size_t{0};
  for (const std::size_t field : {end + 4, end + 32, end + 40, end + 48, end + 56 + 8})
    for (const std::size_t value : {largest, largest - 11, largest / 2 + 1, std::size_t{1} << 32}) {
      ByteSource source(std::string(bytes).replace(field, 8, number(value, 8)), "two.zip");
      CHECK_THROWS_AS(detail::read_zip_directory(source), FileError);
    }
}

TEST_CASE(
    "numbers of a member come from its field of zip64, in the order of the format, behind other fields") {
  const std::string other = number(0x5455, 2) + number(2, 2) + "ab";
  const auto field = [](std::string numbers) { return number(1, 2) + number(numbers.size(), 2) + numbers; };
  detail::ZipMember member{
      .name = "", .packed = detail::in_zip64, .size = detail::in_zip64, .at = detail::in_zip64};
  detail::ZipMember all = member;
  REQUIRE(detail::take_zip64(all, other + field(number(7, 8) + number(6, 8) + number(5, 8))));
  CHECK(all.size == 7);
  CHECK(all.packed == 6);
  CHECK(all.at == 5);
  detail::ZipMember place{.name = "", .packed = 3, .size = 4, .at = detail::in_zip64};
  REQUIRE(detail::take_zip64(place, field(number(std::size_t{5} << 32, 8))));
  CHECK(place.size == 4);
  CHECK(place.packed == 3);
  CHECK(place.at == std::size_t{5} << 32);
  for (const std::string& few : {other, ""s, field(number(7, 8) + number(6, 8)), field("abc"),
                                 number(1, 2) + number(24, 2) + number(7, 8)}) {
    detail::ZipMember again = member;
    CHECK_FALSE(detail::take_zip64(again, few));
  }
}

TEST_CASE("a member that begins beyond 4 GiB is read") {
  const TemporaryDirectory directory;
  const auto path = directory.write("large.zip", "");
  constexpr std::size_t at = (std::size_t{5} << 30) + 3;
  std::error_code none;
  std::filesystem::resize_file(path, at, none);  // a hole: no space on the disk
  if (none) {
    WARN("no file of 5 GiB: " << none.message());
    return;
  }
  const std::size_t entry = two_files.find("PK\1\2");
  std::string tail = two_files.substr(0, 40);  // the header and data of a.txt
  const std::size_t start = at + tail.size();
  std::string listed = two_files.substr(entry, 46 + 5);
  listed.replace(30, 2, number(12, 2)).replace(42, 4, number(detail::in_zip64, 4));
  listed += number(1, 2) + number(8, 2) + number(at, 8);
  tail += listed + zip64_end(1, listed.size(), start, start + listed.size());
  std::ofstream(path, std::ios::binary | std::ios::app) << tail;
  ByteSource source(path);
  const auto members = detail::read_zip_directory(source);
  REQUIRE(members.size() == 1);
  detail::open_stored(source, members[0], "large.zip, a.txt");
  CHECK(source.take(5) == "hello");
}
