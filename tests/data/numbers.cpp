// SPDX-License-Identifier: MIT
// The types one by one are in tests/data/npy.cpp, which has them as NumPy writes them.
#include "espalier/data/numbers.hpp"

#include "data/files.hpp"

using namespace espalier;
using detail::ByteSource;
using detail::Dtype;
using detail::NumberFormat;

TEST_CASE("the bytes of each number are turned round") {
  std::string bytes = "abcdefgh";
  detail::reverse_bytes(bytes.data(), 2, 4);
  CHECK(bytes == "dcbahgfe");
  detail::reverse_bytes(bytes.data(), 8, 1);
  CHECK(bytes == "dcbahgfe");
}

TEST_CASE("the size of a number is in the name of its type") {
  CHECK(detail::size_of(Dtype::boolean) == 1);
  CHECK(detail::size_of(Dtype::u1) == 1);
  CHECK(detail::size_of(Dtype::f2) == 2);
  CHECK(detail::size_of(Dtype::i4) == 4);
  CHECK(detail::size_of(Dtype::u8) == 8);
  CHECK(detail::size_of(Dtype::f8) == 8);
}

TEST_CASE("numbers of the wanted type are read into place, and others are converted") {
  const double numbers[]{1.5, -2, 3e38};
  const std::string bytes(reinterpret_cast<const char*>(numbers), sizeof numbers);
  const NumberFormat format{Dtype::f8};
  double wide[3]{};
  ByteSource source(bytes, "memory");
  detail::read_numbers(source, "memory", format, 3, wide);
  CHECK(std::equal(wide, wide + 3, numbers));
  float narrow[3]{};
  source.seek(0);
  detail::read_numbers(source, "memory", format, 3, narrow);
  CHECK(narrow[1] == -2);
  CHECK(narrow[2] == 3e38F);
}

TEST_CASE("what rounds to the largest float is held, and what rounds beyond it is refused with its place") {
  const double largest = std::numeric_limits<float>::max(), next = std::ldexp(1, 104);  // the spacing there
  const double numbers[]{largest + next / 2 * 0.999, -largest - next / 2};
  float narrow[2]{};
  CHECK(detail::convert<double>(reinterpret_cast<const char*>(numbers), 2, narrow) == 1);
  CHECK(narrow[0] == std::numeric_limits<float>::max());
  ByteSource source(std::string(reinterpret_cast<const char*>(numbers), sizeof numbers), "memory");
  CHECK(message_of([&] {
          detail::read_numbers(source, "memory", {Dtype::f8}, 2, narrow);
        }).ends_with("number 1 of the file, counted from 0"));
}

TEST_CASE("fewer numbers than are announced is an error") {
  ByteSource source("12345678", "memory");
  float numbers[3];
  CHECK_THROWS_AS(detail::read_numbers(source, "memory", {Dtype::f4}, 3, numbers), FileError);
  CHECK_THROWS_AS(detail::read_numbers(source, "memory", {Dtype::i4}, 3, numbers), FileError);
}
