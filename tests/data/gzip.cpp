// SPDX-License-Identifier: MIT
#include "espalier/data/gzip.hpp"

#include "data/files.hpp"
#include "espalier/data/csv.hpp"
#include "espalier/data/mnist.hpp"

using namespace espalier;

namespace {

// Python: gzip.compress(b"hello\n", mtime=0)
const std::string hello = from_hex("1f8b0800000000000203cb48cdc9c9e7020020303a3606000000");

}  // namespace

TEST_CASE("gzip is known by its first bytes and not by its name") {
  const TemporaryDirectory directory;
  CHECK(detail::read_file(directory.write("packed.csv", hello)) == "hello\n");
  CHECK(detail::read_file(directory.write("plain.gz", "1,2\n")) == "1,2\n");
}

TEST_CASE("the members of a gzip file follow one another") {
  CHECK(detail::gunzip(hello + hello, "two.gz") == "hello\nhello\n");
}

TEST_CASE("a gzip file that is cut anywhere is refused") {
  for (std::size_t size = 2; size < hello.size(); ++size)
    CHECK_THROWS_AS(detail::gunzip(hello.substr(0, size), "cut.gz"), FileError);
  CHECK_THROWS_AS(detail::gunzip(hello + hello.substr(0, 12), "cut.gz"), FileError);
  CHECK(message_of([] { detail::gunzip(hello.substr(0, 20), "cut.gz"); }) ==
        "cut.gz: expected complete gzip data, found their end after 20 bytes");
}

TEST_CASE("a gzip file with other bytes in it or after it is refused") {
  for (const std::size_t at : {2U, 12U, 18U, 22U}) {  // method, data, checksum, length
    std::string corrupt = hello;
    corrupt[at] = static_cast<char>(corrupt[at] ^ 0x41);
    CHECK_THROWS_AS(detail::gunzip(corrupt, "corrupt.gz"), FileError);
  }
  CHECK(message_of([] { detail::gunzip(hello + "more", "long.gz"); }) ==
        "long.gz: expected nothing after the gzip data, found 4 bytes");
}

TEST_CASE("zeros may follow gzip data, as they fill a block of a tape, and nothing else") {
  CHECK(detail::gunzip(hello + std::string(512, '\0'), "padded.gz") == "hello\n");
  CHECK_THROWS_AS(detail::gunzip(hello + std::string(512, '\0') + "x", "long.gz"), FileError);
}

TEST_CASE("gzip data in gzip data are named") {
  const TemporaryDirectory directory;
  // Python: gzip.compress(gzip.compress(b"hello\n", mtime=0), mtime=0)
  const auto path = directory.write(
      "twice.gz",
      from_hex("1f8b080000000000020393efe660000126e6d31e674f9e7ccec4a0606065c606140100c68fbb421a000000"));
  CHECK(message_of([&] { detail::read_file(path); }) ==
        path.string() + ": expected data that are packed once, found gzip data in gzip data");
}

TEST_CASE("the data of a member of an archive are unpacked to their announced size, or refused") {
  // Python: zlib.compress(b"hello\n", wbits=-15)
  const std::string packed = from_hex("cb48cdc9c9e70200");
  CHECK(detail::inflate_raw(packed, 6, "a.npz") == "hello\n");
  CHECK(detail::inflate_raw(from_hex("0300"), 0, "a.npz").empty());
  for (const std::size_t wrong : {0U, 5U, 7U, 1000U})
    CHECK_THROWS_AS(detail::inflate_raw(packed, wrong, "a.npz"), FileError);
  for (std::size_t size = 0; size < packed.size(); ++size)
    CHECK_THROWS_AS(detail::inflate_raw(packed.substr(0, size), 6, "a.npz"), FileError);
  CHECK_THROWS_AS(detail::inflate_raw(packed + "x", 6, "a.npz"), FileError);
  CHECK_THROWS_AS(detail::inflate_raw("\xff" + packed.substr(1), 6, "a.npz"), FileError);
}

TEST_CASE("a packed file is read like a plain one") {
  const TemporaryDirectory directory;
  // Python: gzip.compress(b"1,2,a\n3,4,b\n", mtime=0)
  const auto path = directory.write(
      "a.csv.gz", from_hex("1f8b080000000000020333d431d249e432d631d149e2020082faf2b70c000000"));
  CHECK(read_csv(path, {.label = 2, .header = CsvHeader::no}).inputs ==
        (Matrix<float>(2, 2) << 1, 3, 2, 4).finished());
}

TEST_CASE("MNIST is found under names with .gz too") {
  const TemporaryDirectory directory;
  // Three images of 1 x 1.
  directory.write("t10k-images-idx3-ubyte", from_hex("00000803000000030000000100000001000000"));
  // Python: gzip.compress(bytes.fromhex("0000080100000003070009"), mtime=0)
  directory.write("t10k-labels-idx1-ubyte.gz",
                  from_hex("1f8b08000000000002036360e060646060606667e00400a512d3720b000000"));
  CHECK(read_mnist(directory / "", MnistPart::test).labels == std::vector<int>{7, 0, 9});
}
