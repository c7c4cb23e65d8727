// SPDX-License-Identifier: MIT
#include "espalier/core/aligned.hpp"

#include <cstdint>

#include "catch.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("an arena starts on a cache line, and so does what is padded into it", "", float, double) {
  using detail::AlignedVector, detail::cache_line, detail::padded;
  for (const Index n : {1, 3, 1000}) {
    const AlignedVector<TestType> arena(static_cast<std::size_t>(n), 1), copy = arena;
    CHECK(reinterpret_cast<std::uintptr_t>(arena.data()) % cache_line == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(copy.data()) % cache_line == 0);
    CHECK(copy == arena);
    const Index whole = padded<TestType>(n);
    CHECK(whole >= n);
    CHECK(static_cast<std::size_t>(whole - n) * sizeof(TestType) < cache_line);
    CHECK(static_cast<std::size_t>(whole) * sizeof(TestType) % cache_line == 0);
    CHECK(padded<TestType>(whole) == whole);
  }
  CHECK(padded<TestType>(0) == 0);
}

TEST_CASE("Scratch memory grows and is kept") {
  float* small = detail::scratch<float>(10);
  CHECK(detail::scratch<float>(10) == small);
  detail::scratch<float>(1000)[999] = 1;
  CHECK(detail::scratch<float>(10)[999] == 1);
}
