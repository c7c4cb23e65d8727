// SPDX-License-Identifier: MIT
#include "espalier/data/file.hpp"

#include "data/files.hpp"

using namespace espalier;

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

TEST_CASE("without the header for gzip, a compressed file says what to include and to link") {
  const TemporaryDirectory directory;
  // Python: gzip.compress(b"hello\n", mtime=0)
  const auto path =
      directory.write("hello", from_hex("1f8b0800000000000203cb48cdc9c9e7020020303a3606000000"));
  CHECK(message_of([&] { detail::read_file(path); }) ==
        path.string() + ": expected an unpacked file, or a program with #include <espalier/data/gzip.hpp>, " +
            "linked with zlib (-lz), found gzip data");
}

TEST_CASE("bytes that only begin as gzip does can be read as they are") {
  const TemporaryDirectory directory;
  CHECK(detail::read_bytes(directory.write("a", "\x1f\x8b and more")) == "\x1f\x8b and more");
}
