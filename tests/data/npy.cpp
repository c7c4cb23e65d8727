// SPDX-License-Identifier: MIT
// The arrays in hexadecimal were written by NumPy 1.24.2: np.lib.format.write_array(file, array, version).
#include "espalier/data/npy.hpp"

#include <limits>

#include "data/files.hpp"

using namespace espalier;

namespace {

// (np.arange(6).reshape(2, 3) * 0.5).astype("<f4"), version (1, 0)
const std::string f4 = from_hex(
    "934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c"
    "20277368617065273a2028322c2033292c207d20202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020200a000000000000003f0000803f0000c03f000000400000"
    "2040");
// np.asfortranarray((np.arange(6).reshape(2, 3) * 0.5).astype("<f8")), version (1, 0)
const std::string f8_fortran = from_hex(
    "934e554d5059010076007b276465736372273a20273c6638272c2027666f727472616e5f6f72646572273a20547275652c20"
    "277368617065273a2028322c2033292c207d2020202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020200a0000000000000000000000000000f83f000000000000"
    "e03f0000000000000040000000000000f03f0000000000000440");
// np.arange(6).reshape(2, 3).astype(">i4"), version (2, 0)
const std::string big_endian_i4 = from_hex(
    "934e554d50590200740000007b276465736372273a20273e6934272c2027666f727472616e5f6f72646572273a2046616c73"
    "652c20277368617065273a2028322c2033292c207d2020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020200a00000000000000010000000200000003000000040000"
    "0005");
// np.array([0, 7, 255], "u1"), version (3, 0)
const std::string u1 = from_hex(
    "934e554d50590300740000007b276465736372273a20277c7531272c2027666f727472616e5f6f72646572273a2046616c73"
    "652c20277368617065273a2028332c292c207d20202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020200a0007ff");
// np.array([[-1], [3]], "<i8")
const std::string i8 = from_hex(
    "934e554d5059010076007b276465736372273a20273c6938272c2027666f727472616e5f6f72646572273a2046616c73652c"
    "20277368617065273a2028322c2031292c207d20202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020200affffffffffffffff0300000000000000");
// np.arange(12).reshape(2, 3, 2) % 3 == 0
const std::string booleans = from_hex(
    "934e554d5059010076007b276465736372273a20277c6231272c2027666f727472616e5f6f72646572273a2046616c73652c"
    "20277368617065273a2028322c20332c2032292c207d20202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020200a010000010000010000010000");

// np.asfortranarray(np.arange(24).reshape(2, 3, 4).astype("<f2"))
const std::string f2_fortran = from_hex(
    "934e554d5059010076007b276465736372273a20273c6632272c2027666f727472616e5f6f72646572273a20547275652c20"
    "277368617065273a2028322c20332c2034292c207d2020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020200a0000004a0044004c0048004d003c804a0045404c8048"
    "404d0040004b0046804c0049804d0042804b0047c04c8049c04d");
// np.float64(2.5)
const std::string no_dimensions = from_hex(
    "934e554d5059010076007b276465736372273a20273c6638272c2027666f727472616e5f6f72646572273a2046616c73652c"
    "20277368617065273a2028292c207d2020202020202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020200a0000000000000440");

struct Numbers {
  std::string type, hex;
  std::vector<double> values;
};
// np.array(values, type).tobytes().hex(): the smallest, the largest, and one whose bytes differ
const std::vector<Numbers> types{
    {"|b1", "010001", {1, 0, 1}},
    {"|i1", "807f03", {-128, 127, 3}},
    {"<i2", "0080ff7f0201", {-32768, 32767, 258}},
    {">i2", "80007fff0102", {-32768, 32767, 258}},
    {"<i4", "00000080ffffff7f03020100", {-2147483648.0, 2147483647, 66051}},
    {">i4", "800000007fffffff00010203", {-2147483648.0, 2147483647, 66051}},
    {"<i8", "000000000000e0ff00000000000020000007060504030201", {-0x1p53, 0x1p53, 72623859790382848.0}},
    {">i8", "ffe000000000000000200000000000000102030405060700", {-0x1p53, 0x1p53, 72623859790382848.0}},
    {"|u1", "00ff03", {0, 255, 3}},
    {"<u2", "0000ffff0201", {0, 65535, 258}},
    {">u2", "0000ffff0102", {0, 65535, 258}},
    {"<u4", "00000000ffffffff03020100", {0, 4294967295.0, 66051}},
    {">u4", "00000000ffffffff00010203", {0, 4294967295.0, 66051}},
    {"<u8", "000000000000000000000000000000800000000000002000", {0, 0x1p63, 0x1p53}},
    {">u8", "000000000000000080000000000000000020000000000000", {0, 0x1p63, 0x1p53}},
    {"<f2", "00c1ff7b0004", {-2.5, 65504, 0x1p-14}},
    {">f2", "c1007bff0400", {-2.5, 65504, 0x1p-14}},
    {"<f4", "000020c0ffff7f7f00008000", {-2.5, std::numeric_limits<float>::max(), 0x1p-126}},
    {">f4", "c02000007f7fffff00800000", {-2.5, std::numeric_limits<float>::max(), 0x1p-126}},
    {"<f8", "00000000000004c09a9999999999b93f9c7500883ce4377e", {-2.5, 0.1, 1e300}},
    {">f8", "c0040000000000003fb999999999999a7e37e43c8800759c", {-2.5, 0.1, 1e300}}};

/// A version 1 file as another program might write it.
std::string npy(std::string_view type, std::string_view order, std::string_view shape,
                std::string_view numbers) {
  const std::string dictionary =
      fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}}}\n", type, order, shape);
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(dictionary.size()) + '\0' + dictionary +
         std::string(numbers);
}

template <Scalar S>
Matrix<S> half_steps() {
  return (Matrix<S>(3, 2) << 0, 1.5, 0.5, 2, 1, 2.5).finished();
}

}  // namespace

TEMPLATE_TEST_CASE("a C-ordered (samples, features) array becomes features x samples", "", float, double) {
  const TemporaryDirectory directory;
  CHECK(read_npy<TestType>(directory.write("a.npy", f4)) == half_steps<TestType>());
}

TEMPLATE_TEST_CASE("a Fortran-ordered array gives the same matrix", "", float, double) {
  const TemporaryDirectory directory;
  CHECK(read_npy<TestType>(directory.write("a.npy", f8_fortran)) == half_steps<TestType>());
}

TEST_CASE("every type of numbers, of either byte order, is read exactly") {
  const TemporaryDirectory directory;
  for (const Numbers& numbers : types) {
    INFO(numbers.type);
    const auto path = directory.write("a.npy", npy(numbers.type, "False", "(3, 1)", from_hex(numbers.hex)));
    CHECK(read_npy<double>(path) == Eigen::Map<const Matrix<double>>(numbers.values.data(), 1, 3));
    if (numbers.type.ends_with("f8")) continue;  // 1e300 is none of float
    CHECK(read_npy(path) == Eigen::Map<const Matrix<double>>(numbers.values.data(), 1, 3).cast<float>());
  }
  CHECK(read_npy<double>(directory.write("a.npy", big_endian_i4)) == half_steps<double>() * 2);
  CHECK(read_npy<double>(directory.write("a.npy", i8)) == (Matrix<double>(1, 2) << -1, 3).finished());
  CHECK(read_npy(directory.write("a.npy", npy("|b1", "False", "(1,)", "\x02"))) == Matrix<float>::Ones(1, 1));
}

TEST_CASE("a finite number that a float cannot hold is refused, and infinity is kept") {
  const TemporaryDirectory directory;
  // np.array([1, np.inf, 1e39, 1e40], "<f8")
  const auto numbers = from_hex("000000000000f03f000000000000f07f1d4a9cf487820748a55cc3f129633d48");
  const auto path = directory.write("a.npy", npy("<f8", "False", "(4,)", numbers));
  CHECK(message_of([&] { read_npy(path); }) ==
        (path.string() + ": expected numbers that a float can hold (or to be read as double), found 1e+39, "
                         "number 2 of the file, counted from 0"));
  CHECK(std::isinf(read_npy<double>(path)(1)));
  CHECK(
      std::isinf(read_npy(directory.write("b.npy", npy("<f8", "False", "(2,)", numbers.substr(0, 16))))(1)));
}

TEST_CASE("an array of many numbers is converted in pieces that fit together") {
  const TemporaryDirectory directory;
  std::string numbers;
  const int count = 3 << 16;
  for (int k = 0; k < count; ++k) numbers += {static_cast<char>(k >> 8 & 0xff), static_cast<char>(k & 0xff)};
  const Matrix<float> x = read_npy(directory.write("a.npy", npy(">u2", "False", "(3, 65536)", numbers)));
  const Matrix<float> y = read_npy(directory.write("a.npy", npy(">u2", "True", "(65536, 3)", numbers)));
  bool same = x.rows() == 65536 && y.cols() == 65536;
  for (int k = 0; k < count && same; ++k)
    same = x(k % 65536, k / 65536) == static_cast<float>(k & 0xffff) &&
           y(k / 65536, k % 65536) == static_cast<float>(k & 0xffff);
  CHECK(same);
}

TEST_CASE("one dimension becomes one row, also in Fortran order") {
  const TemporaryDirectory directory;
  CHECK(read_npy(directory.write("a.npy", u1)) == (Matrix<float>(1, 3) << 0, 7, 255).finished());
  CHECK(read_npy(directory.write("a.npy", npy("|u1", "True", "(3,)", "\1\2\3"))).cols() == 3);
}

TEST_CASE("dimensions from the third on join the features") {
  const TemporaryDirectory directory;
  const Matrix<float> x = read_npy(directory.write("a.npy", booleans));
  CHECK(x.transpose() == (Matrix<float>(2, 6) << 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0).finished());
  CHECK(npy_shape(directory / "a.npy") == std::vector<Index>{2, 3, 2});
}

TEST_CASE("they join in the same order from a Fortran-ordered array") {
  const TemporaryDirectory directory;
  const Matrix<float> x = read_npy(directory.write("a.npy", f2_fortran));
  REQUIRE(x.rows() == 12);
  REQUIRE(x.cols() == 2);
  for (Index k = 0; k < 24; ++k) CHECK(x.data()[k] == static_cast<float>(k));  // np.arange(24)
  CHECK(npy_shape(directory / "a.npy") == std::vector<Index>{2, 3, 4});
}

TEST_CASE("a Fortran-ordered array of many samples is read in blocks that fit together") {
  const TemporaryDirectory directory;
  const int samples = 5000, features = 200;  // more than one block, and the last one is shorter
  std::string numbers;
  for (int k = 0; k < samples * features; ++k) {
    const double x = k;
    numbers.append(reinterpret_cast<const char*>(&x), sizeof x);
  }
  const std::string header = npy("<f8", "True", "(5000, 200)", "");
  const Matrix<float> x = read_npy(directory.write("a.npy", header + numbers));
  bool same = x.rows() == features && x.cols() == samples;
  for (int k = 0; k < samples * features && same; ++k)
    same = x(k / samples, k % samples) == static_cast<float>(k);
  CHECK(same);
  CHECK(read_npy<double>(directory / "a.npy") == x.cast<double>());
  const double too_large = 1e39;
  numbers.replace(8 * 654321, 8, reinterpret_cast<const char*>(&too_large), 8);
  CHECK(message_of([&] {
          read_npy(directory.write("a.npy", header + numbers));
        }).ends_with("found 1e+39, number 654321 of the file, counted from 0"));
}

TEST_CASE("an array without dimensions is one number") {
  const TemporaryDirectory directory;
  CHECK(read_npy(directory.write("a.npy", no_dimensions)) == Matrix<float>{{2.5}});
  CHECK(npy_shape(directory / "a.npy").empty());
}

TEST_CASE("what Python 2 wrote is read") {
  const TemporaryDirectory directory;
  const Matrix<float> x = read_npy(directory.write("a.npy", npy("|u1", "False", "(2L, 3L)", "\1\2\3\4\5\6")));
  CHECK(x == (Matrix<float>(3, 2) << 1, 4, 2, 5, 3, 6).finished());
}

TEST_CASE("labels are whole numbers from 0 on, of any type") {
  const TemporaryDirectory directory;
  const auto labels = [&](std::string_view type, std::string_view shape, std::string_view hex) {
    return read_npy_labels(directory.write("y.npy", npy(type, "False", shape, from_hex(hex))));
  };
  const std::vector<int> right{3, 0, 9};
  CHECK(labels(">i8", "(3,)", "000000000000000300000000000000000000000000000009") == right);
  CHECK(labels("|u1", "(3, 1)", "030009") == right);
  CHECK(labels("<f4", "(3,)", "000040400000000000001041") == right);
  CHECK(labels("|b1", "(2,)", "0100") == std::vector<int>{1, 0});
  CHECK(labels("<i4", "(1,)", "ffffff7f") == std::vector<int>{2147483647});
  CHECK_THROWS_AS(labels("<u4", "(1,)", "00000080"), FileError);
  CHECK_THROWS_AS(labels("<f4", "(1,)", "0000003f"), FileError);  // 0.5
  CHECK_THROWS_AS(labels("<f4", "(1,)", "0000c07f"), FileError);  // NaN
  CHECK_THROWS_AS(labels("<i8", "(1,)", "0000000000000080"), FileError);
  CHECK(message_of([&] { labels("|i1", "(3,)", "01ff00"); })
            .ends_with("expected labels that are whole numbers from 0 to 2147483647, found -1 at sample 1, "
                       "counted from 0"));
  CHECK(
      message_of([&] {
        labels("|u1", "(1, 3)", "010001");
      }).ends_with("expected one label a sample, an array (samples) or (samples, 1), found the shape 1 x 3"));
}

TEMPLATE_TEST_CASE("writing and reading gives the same bits", "", float, double) {
  using limits = std::numeric_limits<TestType>;
  Matrix<TestType> x(3, 2);
  x << TestType(0.1), -TestType(0), limits::denorm_min(), limits::max(), -limits::infinity(),
      limits::quiet_NaN();
  const TemporaryDirectory directory;
  write_npy(directory / "a.npy", x);
  const Matrix<TestType> y = read_npy<TestType>(directory / "a.npy");
  REQUIRE(y.rows() == 3);
  REQUIRE(y.cols() == 2);
  CHECK(std::memcmp(x.data(), y.data(), sizeof(TestType) * 6) == 0);
}

TEST_CASE("labels are written with one dimension") {
  const TemporaryDirectory directory;
  write_npy(directory / "y.npy", std::vector<int>{3, 0, 9});
  CHECK(read_npy_labels(directory / "y.npy") == std::vector<int>{3, 0, 9});
  CHECK(npy_shape(directory / "y.npy") == std::vector<Index>{3});
  CHECK_THROWS_AS(write_npy(directory / "none.npy", std::vector<int>{}), ShapeError);
}

TEST_CASE("another format is named") {
  const TemporaryDirectory directory;
  CHECK(message_of([&] {
          read_npy(directory.write("a.npy", "%PDF-1.7 and so on"));
        }).ends_with("expected an .npy file, found a PDF document"));
  CHECK(message_of([&] {
          read_npy(directory.write("a.npy", "<!DOCTYPE html><title>404</title>"));
        }).ends_with("expected an .npy file, found an HTML page"));
  const std::string npz = "PK\3\4" + std::string(22, '\0') + "\5" + std::string(3, '\0') + "x.npy and so on";
  CHECK(message_of([&] {
          read_npy(directory.write("a.npy", npz));
        }).ends_with("expected an .npy file, found NumPy arrays (.npz)"));
}

TEST_CASE("what is written is what NumPy writes") {
  const TemporaryDirectory directory;
  write_npy(directory / "a.npy", half_steps<float>());
  CHECK(detail::read_file(directory / "a.npy") == f4);
  for (Index rows = 1; rows < 70;
       ++rows) {  // headers of all lengths: NumPy maps the numbers, so they must be aligned
    write_npy(directory / "a.npy", Matrix<float>(Matrix<float>::Ones(1, rows * rows * rows)));
    CHECK((detail::read_file(directory / "a.npy").size() - static_cast<std::size_t>(rows * rows * rows) * 4) %
              64 ==
          0);
  }
}

TEST_CASE("an array that is cut anywhere or too long is refused") {
  const TemporaryDirectory directory;
  for (const std::string& bytes : {f4, u1}) {
    for (std::size_t size = 0; size < bytes.size(); ++size)
      CHECK_THROWS_AS(read_npy(directory.write("a.npy", bytes.substr(0, size))), FileError);
    CHECK_THROWS_AS(read_npy(directory.write("a.npy", bytes + '\0')), FileError);
  }
}

TEST_CASE("a type that is no number here is refused by name") {
  const TemporaryDirectory directory;
  for (const std::string type :
       {"", "<", "f4", "<f16", "<c8", "|O", "|S4", "<U1", "<M8[ns]", "=f4", "|V8", "<f4 ", "|f4", "|u2"}) {
    const auto path = directory.write("a.npy", npy(type, "False", "(1,)", "1234"));
    CHECK(message_of([&] { read_npy(path); }) ==
          path.string() + ": expected a dtype of integers, booleans, f2, f4 or f8, found '" + type + "'");
  }
}

TEST_CASE("a shape without numbers, of other numbers or too large is refused") {
  const TemporaryDirectory directory;
  const auto read = [&](std::string_view order, std::string_view shape, std::string_view numbers) {
    return read_npy(directory.write("a.npy", npy("|u1", order, shape, numbers)));
  };
  CHECK(read("False", "(1, 2, 2)", "1234").size() == 4);
  CHECK_THROWS_AS(read("False", "()", "12"), FileError);
  CHECK_THROWS_AS(read("False", "()", ""), FileError);
  CHECK_THROWS_AS(read("False", "(0,)", ""), FileError);
  CHECK_THROWS_AS(read("False", "(0, 3)", ""), FileError);
  CHECK_THROWS_AS(read("False", "(4294967296, 4294967296)", ""), FileError);
  CHECK_THROWS_AS(read("True", "(9223372036854775807, 2)", "12"), FileError);
}

TEST_CASE("an empty matrix is not written, and a path that cannot be written is refused") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(write_npy(directory / "a.npy", Matrix<float>(3, 0)), ShapeError);
  CHECK_FALSE(std::filesystem::exists(directory / "a.npy"));
  const auto missing = directory / "missing/a.npy";
  CHECK(message_of([&] { write_npy(missing, half_steps<float>()); }) ==
        missing.string() + ": expected a file that can be written, found No such file or directory");
}
