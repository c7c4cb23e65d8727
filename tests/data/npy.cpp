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

TEST_CASE("integers and booleans of either byte order become numbers") {
  const TemporaryDirectory directory;
  const auto read = [&](std::string_view bytes) { return read_npy<double>(directory.write("a.npy", bytes)); };
  CHECK(read(big_endian_i4) == half_steps<double>() * 2);
  CHECK(read(i8) == (Matrix<double>(1, 2) << -1, 3).finished());
  CHECK(read(npy("|i1", "False", "(2,)", "\xff\x01"))(0) == -1);
  CHECK(read(npy("<i2", "False", "(1,)", "\xfe\xff"))(0) == -2);
  CHECK(read(npy(">u2", "False", "(1,)", "\xff\xfe"))(0) == 65534);
  CHECK(read(npy("<u4", "False", "(1,)", "\xff\xff\xff\xff"))(0) == 4294967295.0);
  CHECK(read(npy(">u8", "False", "(1,)", from_hex("0000000100000000")))(0) == 4294967296.0);
  CHECK(read(npy(">f4", "False", "(1,)", from_hex("3fc00000")))(0) == 1.5);
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
  for (const std::string type : {"", "<", "f4", "<f2", "<f16", "<c8", "|O", "|S4", "<U1", "<M8[ns]", "=f4",
                                 "|V8", "<f4 ", "|f4", "|u2"}) {
    const auto path = directory.write("a.npy", npy(type, "False", "(1,)", "1234"));
    CHECK(message_of([&] { read_npy(path); }) ==
          path.string() + ": expected a dtype of integers, booleans, f4 or f8, found " + type);
  }
}

TEST_CASE("a shape without numbers, of no dimension or too large is refused") {
  const TemporaryDirectory directory;
  const auto read = [&](std::string_view order, std::string_view shape, std::string_view numbers) {
    return read_npy(directory.write("a.npy", npy("|u1", order, shape, numbers)));
  };
  CHECK(read("False", "(1, 2, 2)", "1234").size() == 4);
  CHECK_THROWS_AS(read("True", "(1, 2, 2)", "1234"), FileError);
  CHECK_THROWS_AS(read("False", "()", "1"), FileError);
  CHECK_THROWS_AS(read("False", "(0,)", ""), FileError);
  CHECK_THROWS_AS(read("False", "(0, 3)", ""), FileError);
  CHECK_THROWS_AS(read("False", "(4294967296, 4294967296)", ""), FileError);
  CHECK_THROWS_AS(read("True", "(9223372036854775807, 2)", "12"), FileError);
}

TEST_CASE("an empty matrix is not written, and a path that cannot be written is refused") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(write_npy(directory / "a.npy", Matrix<float>(3, 0)), ShapeError);
  CHECK_FALSE(std::filesystem::exists(directory / "a.npy"));
  CHECK_THROWS_AS(write_npy(directory / "missing/a.npy", half_steps<float>()), FileError);
}
