// SPDX-License-Identifier: MIT
#include "espalier/pack/shared_pack.hpp"

#include "catch.hpp"

using namespace espalier;

namespace {

/// Counts those that are alive.
struct Counted {
  static inline int alive = 0;
  int number = 0;
  explicit Counted(int n) : number(n) { ++alive; }
  Counted(const Counted& other) : number(other.number) { ++alive; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --alive; }
};

}  // namespace

TEST_CASE("A copy of a pack lives until the last who shares it is gone, and is destroyed as what it is") {
  const Counted original(3);
  std::shared_ptr<const void> first = detail::copy_pack<Counted>(&original);
  CHECK(Counted::alive == 2);
  CHECK(first.get() != &original);
  CHECK(static_cast<const Counted*>(first.get())->number == 3);
  const std::shared_ptr<const void> second = first;
  first.reset();
  CHECK(Counted::alive == 2);
  CHECK(static_cast<const Counted*>(second.get())->number == 3);
}

TEST_CASE("The copy is gone with the one that holds it") {
  const Counted original(3);
  { const auto copy = detail::copy_pack<Counted>(&original); }
  CHECK(Counted::alive == 1);
}
