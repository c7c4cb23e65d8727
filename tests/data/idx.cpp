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

TEST_CASE("numbers of every type are read exactly, whatever the dimensions") {
  const TemporaryDirectory directory;
  const auto read = [&](std::string_view hex) {
    return read_idx<double>(directory.write("a", from_hex(hex)));
  };
  CHECK(read("0000080100000003"
             "00ff07") == Matrix<double>{{0, 255, 7}});
  CHECK(read("0000090100000003"
             "80ff07") == Matrix<double>{{-128, -1, 7}});
  CHECK(read("00000b0100000002"
             "80000102") == Matrix<double>{{-32768, 258}});
  CHECK(read("00000c0100000002"
             "8000000000010203") == Matrix<double>{{-2147483648.0, 66051}});
  CHECK(read("00000d0100000002"
             "c020000000800000") == Matrix<double>{{-2.5, 0x1p-126}});
  CHECK(read("00000e0100000002"
             "c0040000000000003fb999999999999a") == Matrix<double>{{-2.5, 0.1}});
  // 2 images of 2 rows, 1 column and 3 colors
  CHECK(read("00000804"
             "00000002"
             "00000002"
             "00000001"
             "00000003"
             "000102030405060708090a0b")
            .transpose() == Matrix<double>{{0, 1, 2, 3, 4, 5}, {6, 7, 8, 9, 10, 11}});
  CHECK(idx_shape(directory / "a") == std::vector<Index>{2, 2, 1, 3});
  CHECK(read_idx(directory / "a", {.divisor = 2})(1, 1) == 3.5);
}

TEST_CASE("bytes are divided by 255 where no divisor is given, and other types are not") {
  const TemporaryDirectory directory;
  const auto shorts = directory.write("a", from_hex("00000b02"
                                                    "00000001"
                                                    "00000002"
                                                    "00ff0001"));
  CHECK(read_idx_images(shorts) == (Matrix<float>(2, 1) << 255, 1).finished());
  CHECK(read_idx_images(shorts, {.divisor = 255})(0) == 1);
  const auto four = directory.write("b", from_hex("00000804"
                                                  "00000001"
                                                  "00000001"
                                                  "00000001"
                                                  "00000003"
                                                  "0033ff"));
  CHECK(read_idx_images(four) == (Matrix<float>(3, 1) << 0, 0.2F, 1).finished());
}

TEST_CASE("labels of any type are whole numbers from 0 on") {
  const TemporaryDirectory directory;
  const auto read = [&](std::string_view hex) {
    return read_idx_labels(directory.write("a", from_hex(hex)));
  };
  CHECK(read("00000c0100000002"
             "0000000700000102") == std::vector<int>{7, 258});
  CHECK(read("0000080200000002"
             "00000001"
             "0700") == std::vector<int>{7, 0});  // 2 x 1
  CHECK_THROWS_AS(read("0000090100000002"
                       "07ff"),
                  FileError);
  CHECK_THROWS_AS(read("00000d0100000001"
                       "3f000000"),
                  FileError);
}

TEST_CASE("a number that a float cannot hold is refused") {
  const TemporaryDirectory directory;
  const auto path = directory.write("a", from_hex("00000e0100000001"
                                                  "480782874f49c1d1"));  // 1e39 and a little
  CHECK(read_idx<double>(path)(0) > 9e38);
  CHECK_THROWS_AS(read_idx(path), FileError);
}

TEST_CASE("an IDX file of another type or other dimensions is refused") {
  const TemporaryDirectory directory;
  CHECK(message_of([&] { read_idx_images(directory.write("labels", labels)); })
            .ends_with(
                "expected images, of 2 dimensions or more, found 3 numbers in one dimension, as labels are"));
  CHECK(message_of([&] {
          read_idx_labels(directory.write("images", images));
        }).ends_with("expected labels, one number a sample, found 3 x 2 x 2 numbers, as images are"));
  CHECK(message_of([&] {
          read_idx_labels(directory.write("a.npy", "\x93NUMPY"));
        }).ends_with("0b to 0e, 1 dimension or more), found a NumPy array (.npy)"));
  CHECK_THROWS_AS(read_idx(directory.write("none", from_hex("0000080000000001"
                                                            "07"))),
                  FileError);
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
