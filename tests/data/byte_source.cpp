// SPDX-License-Identifier: MIT
#include "espalier/data/byte_source.hpp"

#include "data/files.hpp"

using namespace espalier;
using detail::ByteSource;

namespace {

void reads_in_order(ByteSource source) {
  CHECK(source.size() == 10);
  CHECK(source.take(3) == "012");
  char two[2];
  source.read(two, 2);
  CHECK(std::string(two, 2) == "34");
  CHECK(source.left() == 5);
  source.seek(8);
  CHECK(source.take(2) == "89");
  CHECK(source.left() == 0);
  CHECK(source.take(0).empty());
  source.seek(0);
  CHECK(source.take(10) == "0123456789");
}

void refuses_more_than_there_is(ByteSource source) {
  source.seek(7);
  char unchanged[4] = "abc";
  CHECK(message_of([&] { source.read(unchanged, 4); }) ==
        source.where() + ": expected 4 bytes from byte 7 on, found 3");
  CHECK(std::string(unchanged) == "abc");
  CHECK_THROWS_AS(source.take(std::size_t{1} << 62), FileError);  // which is not asked for
  CHECK(source.take(3) == "789");
}

}  // namespace

TEST_CASE("bytes come in order from a file and from memory") {
  const TemporaryDirectory directory;
  reads_in_order(ByteSource(directory.write("a", "0123456789")));
  reads_in_order(ByteSource("0123456789", "memory"));
  CHECK(ByteSource(directory.write("b", "x")).take(1) == "x");
  CHECK(ByteSource(directory.write("c", "")).size() == 0);
}

TEST_CASE("more bytes than there are is refused, and nothing is read") {
  const TemporaryDirectory directory;
  refuses_more_than_there_is(ByteSource(directory.write("a", "0123456789")));
  refuses_more_than_there_is(ByteSource("0123456789", "memory"));
}

TEST_CASE("a file that becomes shorter while it is read is refused") {
  const TemporaryDirectory directory;
  ByteSource source(directory.write("a", std::string(100000, 'x')));
  std::filesystem::resize_file(directory / "a", 50000);
  CHECK_THROWS_AS(source.take(100000), FileError);
}

TEST_CASE("a file that cannot be read is refused with its path") {
  const TemporaryDirectory directory;
  CHECK(message_of([&] { ByteSource source(directory / "none"); }) ==
        (directory / "none").string() + ": expected a readable file, found none of that name");
}
