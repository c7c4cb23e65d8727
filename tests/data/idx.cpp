// SPDX-License-Identifier: MIT
#include "espalier/data/idx.hpp"

#include "data/files.hpp"

using namespace espalier;

namespace {

// Three images of 2 rows and 2 columns, and their labels.
const std::string images = from_hex(
    "00000803000000030000000200000002"
    "00ff33010203040506070809");
const std::string labels = from_hex(
    "0000080100000003"
    "070009");

}  // namespace

TEMPLATE_TEST_CASE("images are one column each, from 0 to 1", "", float, double) {
  const TemporaryDirectory directory;
  const Matrix<TestType> x = read_idx_images<TestType>(directory.write("images", images));
  CHECK(x.rows() == 4);
  CHECK(x.cols() == 3);
  CHECK(x(0, 0) == 0);
  CHECK(x(1, 0) == 1);
  CHECK(x(2, 0) == TestType(0.2));
  CHECK(x(3, 2) == static_cast<TestType>(9.0 / 255));
}

TEST_CASE("with the divisor 1 images keep their bytes") {
  const TemporaryDirectory directory;
  const Matrix<float> x = read_idx_images(directory.write("images", images), {.divisor = 1});
  CHECK(x == (Matrix<float>(4, 3) << 0, 2, 6, 255, 3, 7, 51, 4, 8, 1, 5, 9).finished());
  CHECK_THROWS_AS(read_idx_images(directory / "images", {.divisor = 0}), ValueError);
}

TEST_CASE("labels are numbers") {
  const TemporaryDirectory directory;
  CHECK(read_idx_labels(directory.write("labels", labels)) == std::vector<int>{7, 0, 9});
}

TEST_CASE("an IDX file that is cut anywhere or too long is refused") {
  const TemporaryDirectory directory;
  for (std::size_t size = 0; size < images.size(); ++size)
    CHECK_THROWS_AS(read_idx_images(directory.write("images", images.substr(0, size))), FileError);
  for (std::size_t size = 0; size < labels.size(); ++size)
    CHECK_THROWS_AS(read_idx_labels(directory.write("labels", labels.substr(0, size))), FileError);
  CHECK_THROWS_AS(read_idx_images(directory.write("images", images + '\0')), FileError);
  CHECK_THROWS_AS(read_idx_labels(directory.write("labels", labels + '\0')), FileError);
}

TEST_CASE("an IDX file of another type or other dimensions is refused") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(read_idx_images(directory.write("labels", labels)), FileError);
  CHECK_THROWS_AS(read_idx_labels(directory.write("images", images)), FileError);
  CHECK(message_of([&] {
          read_idx_labels(directory / "images");
        }).find("expected the IDX magic 00 00 08 01") != std::string::npos);
  for (const std::size_t at : {0U, 1U, 2U, 3U}) {
    std::string other = images;
    other[at] = '\x0d';
    CHECK_THROWS_AS(read_idx_images(directory.write("images", other)), FileError);
  }
}

TEST_CASE("an absurd size is refused before memory is asked for") {
  const TemporaryDirectory directory;
  const std::string header = from_hex("00000803ffffffffffffffffffffffff");
  CHECK_THROWS_AS(read_idx_images(directory.write("images", header + "four")), FileError);
  CHECK_THROWS_AS(read_idx_images(directory.write("images", from_hex("00000803000000000000001c0000001c"))),
                  FileError);
  CHECK_THROWS_AS(read_idx_labels(directory.write("labels", from_hex("0000080100000000"))), FileError);
}

TEST_CASE("MNIST is found by its file names") {
  const TemporaryDirectory directory;
  directory.write("train-images-idx3-ubyte", images);
  directory.write("train-labels-idx1-ubyte", labels);
  const std::filesystem::path root = directory / "";
  const Dataset data = read_mnist(root, MnistPart::train);
  data.validate();
  CHECK(data.samples() == 3);
  CHECK(data.features() == 4);
  CHECK(data.labels == std::vector<int>{7, 0, 9});
  CHECK(data.classes() == 10);
  CHECK(read_mnist<double>(root, MnistPart::train, {.divisor = 1}).inputs(1, 0) == 255);

  const std::string message = message_of([&] { read_mnist(root, MnistPart::test); });
  CHECK(message.find("t10k-images-idx3-ubyte: expected this file, or the same with .gz") !=
        std::string::npos);
}

TEST_CASE("MNIST with another number of labels than images, or a label above 9, is refused") {
  const TemporaryDirectory directory;
  directory.write("train-images-idx3-ubyte", images);
  directory.write("train-labels-idx1-ubyte", from_hex("00000801000000020700"));
  CHECK(message_of([&] { read_mnist(directory / "", MnistPart::train); }).find("expected 3 labels") !=
        std::string::npos);
  directory.write("train-labels-idx1-ubyte", from_hex("000008010000000307000a"));
  CHECK(message_of([&] { read_mnist(directory / "", MnistPart::train); }).find("found 10 at byte 10") !=
        std::string::npos);
}
