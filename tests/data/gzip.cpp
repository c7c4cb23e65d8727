// SPDX-License-Identifier: MIT
#include "espalier/data/gzip.hpp"

#include "data/files.hpp"

using namespace espalier;

namespace {

// Python: gzip.compress(b"hello\n", mtime=0)
const std::string hello = from_hex("1f8b0800000000000203cb48cdc9c9e7020020303a3606000000");

}  // namespace

TEST_CASE("a file is read to the byte") {
  const TemporaryDirectory directory;
  const std::string bytes("a\r\nb\0\xff\n\x1a c", 10);
  CHECK(detail::read_file(directory.write("plain", bytes)) == bytes);
  CHECK(detail::read_file(directory.write("empty", "")).empty());
  const std::string large(1 << 20, 'x');
  CHECK(detail::read_file(directory.write("large", large + "y")) == large + "y");
}

TEST_CASE("what cannot be read as a file is refused with its path") {
  const TemporaryDirectory directory;
  CHECK(message_of([&] {
          detail::read_file(directory / "missing");
        }).ends_with("missing: expected a readable file, found none of that name"));
  CHECK(message_of([&] {
          detail::read_file(directory / "missing");
        }).find((directory / "missing").string()) == 0);
  CHECK(message_of([&] { detail::read_file(directory / ""); }).find("expected a file, found a directory") !=
        std::string::npos);
}

TEST_CASE("without zlib a gzip file says what to install") {
  const TemporaryDirectory directory;
  if (detail::has_zlib)
    CHECK(detail::read_file(directory.write("hello", hello)) == "hello\n");
  else
    CHECK(message_of([&] { detail::read_file(directory.write("hello", hello)); }).find("zlib1g-dev") !=
          std::string::npos);
}

TEST_CASE("gzip is known by its first bytes and not by its name") {
  if (!detail::has_zlib) {
    SUCCEED("built without zlib");
    return;
  }
  const TemporaryDirectory directory;
  CHECK(detail::read_file(directory.write("packed.csv", hello)) == "hello\n");
  CHECK(detail::read_file(directory.write("plain.gz", "1,2\n")) == "1,2\n");
}

TEST_CASE("the members of a gzip file follow one another") {
  if (!detail::has_zlib) {
    SUCCEED("built without zlib");
    return;
  }
  CHECK(detail::gunzip(hello + hello, "two.gz") == "hello\nhello\n");
}

TEST_CASE("a gzip file that is cut anywhere is refused") {
  if (!detail::has_zlib) {
    SUCCEED("built without zlib");
    return;
  }
  for (std::size_t size = 2; size < hello.size(); ++size)
    CHECK_THROWS_AS(detail::gunzip(hello.substr(0, size), "cut.gz"), FileError);
  CHECK_THROWS_AS(detail::gunzip(hello + hello.substr(0, 12), "cut.gz"), FileError);
  CHECK(message_of([] { detail::gunzip(hello.substr(0, 20), "cut.gz"); }) ==
        "cut.gz: expected complete gzip data, found their end after 20 bytes");
}

TEST_CASE("a gzip file with other bytes in it or after it is refused") {
  if (!detail::has_zlib) {
    SUCCEED("built without zlib");
    return;
  }
  for (const std::size_t at : {2U, 12U, 18U, 22U}) {  // method, data, checksum, length
    std::string corrupt = hello;
    corrupt[at] = static_cast<char>(corrupt[at] ^ 0x41);
    CHECK_THROWS_AS(detail::gunzip(corrupt, "corrupt.gz"), FileError);
  }
  CHECK(message_of([] { detail::gunzip(hello + "more", "long.gz"); }) ==
        "long.gz: expected nothing after the gzip data, found 4 bytes");
}
