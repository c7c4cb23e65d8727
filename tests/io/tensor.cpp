// SPDX-License-Identifier: MIT
#include "espalier/io/tensor.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

std::string halves(std::initializer_list<unsigned> numbers) {
  std::string bytes;
  for (const unsigned x : numbers) (bytes += static_cast<char>(x & 0xFF)) += static_cast<char>(x >> 8);
  return bytes;
}

}  // namespace

TEST_CASE("numbers come back with the same bits") {
  const std::vector<float> f{1.5F, -0.0F, 1e-45F, std::numeric_limits<float>::infinity()};
  const Tensor t = Tensor::of<float>("t", {2, 2}, f);
  CHECK(t.dtype == "F32");
  CHECK(t.bytes.substr(0, 4) == std::string("\x00\x00\xC0\x3F", 4));
  const std::vector<float> back = t.numbers<float>();
  CHECK(std::memcmp(back.data(), f.data(), sizeof(float) * f.size()) == 0);
  const std::vector<std::uint64_t> u{0, UINT64_MAX, 1};
  CHECK(Tensor::of<std::uint64_t>("u", {3}, u).numbers<std::uint64_t>() == u);
  const std::vector<std::int64_t> single{-7};
  const Tensor scalar = Tensor::of<std::int64_t>("s", {}, single);
  CHECK(scalar.dtype == "I64");
  CHECK(scalar.numbers<std::int64_t>() == single);
  CHECK(scalar.size() == 1);
  CHECK(Tensor::of<double>("e", {0, 4}, std::vector<double>{}).numbers<double>().empty());
}

TEST_CASE("a shape of other numbers is refused") {
  CHECK(message_of([] {
          Tensor::of<float>("t", {2, 2}, std::vector<float>(3));
        }) == "t: expected as many numbers as the shape 2 x 2 has, found 3");
  CHECK_THROWS_AS(
      Tensor::of<float>("t", {std::uint64_t{1} << 32, std::uint64_t{1} << 32}, std::vector<float>{}),
      ShapeError);
}

TEST_CASE("half precision is read as IEEE 754 has it") {
  // The numbers are those of Python's struct.unpack("<e", ...).
  const Tensor t{
      "h", "F16", {9}, halves({0x3C00, 0xC000, 0x0001, 0x8400, 0x7BFF, 0x3555, 0x0000, 0x03FF, 0x7C00})};
  const std::vector<double> expected{1,
                                     -2,
                                     5.960464477539063e-08,
                                     -6.103515625e-05,
                                     65504,
                                     0.333251953125,
                                     0,
                                     6.097555160522461e-05,
                                     std::numeric_limits<double>::infinity()};
  CHECK(t.numbers<double>() == expected);
  const std::vector<float> nans = Tensor{"n", "F16", {2}, halves({0x7E00, 0xFC01})}.numbers<float>();
  CHECK(std::isnan(nans[0]));
  CHECK(std::isnan(nans[1]));
  CHECK(std::signbit(Tensor{"z", "F16", {1}, halves({0x8000})}.numbers<float>()[0]));
}

TEST_CASE("bfloat16 is the upper half of a float") {
  const Tensor t{"b", "BF16", {4}, halves({0x3F80, 0xC040, 0x7F7F, 0x0001})};
  CHECK(t.numbers<float>() == std::vector<float>{1, -3, 3.3895313892515355e38F, 9.183549615799121e-41F});
  CHECK(t.numbers<double>()[2] == 3.3895313892515355e38);
}

TEST_CASE("a double that a float does not have is refused with its value, others are rounded") {
  const std::vector<double> numbers{0.1, 1e300};
  const Tensor t = Tensor::of<double>("0.weight", {2}, numbers);
  CHECK(t.numbers<double>() == numbers);
  CHECK(message_of([&] { t.numbers<float>(); }) ==
        "0.weight: expected numbers that a float has, found 1e+300");
  CHECK(Tensor::of<double>("w", {1}, std::vector<double>{0.1}).numbers<float>() == std::vector<float>{0.1F});
  const std::vector<double> infinite{-std::numeric_limits<double>::infinity()};
  CHECK(Tensor::of<double>("w", {1}, infinite).numbers<float>()[0] ==
        -std::numeric_limits<float>::infinity());
}

TEST_CASE("numbers of another type are refused") {
  const Tensor t = Tensor::of<std::int64_t>("n", {1}, std::vector<std::int64_t>{1});
  CHECK(message_of([&] { t.numbers<float>(); }) ==
        "n: expected numbers of type F32, or F16, BF16, F32, F64, found I64");
  CHECK_THROWS_AS(t.numbers<std::uint64_t>(), FileError);
}

TEST_CASE("the size of a shape is computed without overflow") {
  std::uint64_t bytes = 0;
  CHECK(detail::bytes_of_shape(std::vector<std::uint64_t>{3, 5}, 32, bytes));
  CHECK(bytes == 60);
  CHECK(detail::bytes_of_shape({}, 64, bytes));
  CHECK(bytes == 8);
  CHECK_FALSE(detail::bytes_of_shape(std::vector<std::uint64_t>{1ULL << 32, 1ULL << 32}, 32, bytes));
  CHECK_FALSE(detail::bytes_of_shape(std::vector<std::uint64_t>{1ULL << 61}, 32, bytes));
  CHECK_FALSE(detail::bytes_of_shape(std::vector<std::uint64_t>{3}, 4, bytes));
  CHECK(detail::shape_text(std::vector<std::uint64_t>{2, 3}) == "2 x 3");
}
