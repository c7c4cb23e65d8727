// SPDX-License-Identifier: MIT
#include "espalier/core/description.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

struct Plain {};
struct Named {
  static constexpr std::string_view name = "Other";
  void describe(auto&& f) const { f("kind", "fast"); }
};
struct Two {
  double lo = -0.1;
  std::vector<double> levels{1, 2.5};
  void describe(auto&& f) const { f("lo", lo), f("levels", levels); }
};

std::string text_of(const auto& x) {
  detail::Description text;
  detail::describe(x, text);
  return text.with("X");
}

}  // namespace

TEST_CASE("what names its numbers is described by them, anything else by its name alone") {
  CHECK(text_of(Two{}) == "X{lo = -0.1, levels = [1, 2.5]}");
  CHECK(text_of(Plain{}) == "X");
}

TEST_CASE("of many numbers the first are said, and how many there are") {
  CHECK(text_of(Two{1e-5, std::vector<double>(100, 1)}) ==
        "X{lo = 1e-05, levels = [1, 1, 1, 1, 1, 1, 1, 1, ... 100 in all]}");
  CHECK(text_of(Two{0, {}}) == "X{lo = 0, levels = []}");
}

TEST_CASE("a text stands for itself, and names are those that types give themselves") {
  CHECK(detail::described(Named{}) == "Other{kind = fast}");
  CHECK(detail::described(Plain{}) == "Plain");
}

TEST_CASE("for comparison every one of many numbers counts, and so does their order") {
  std::vector<double> one(20, 1), other = one, swapped = one;
  other[19] = -1;
  swapped[10] = one[11] = 2;
  const auto text = [](const std::vector<double>& levels) { return detail::described(Two{0, levels}); };
  CHECK(text(one).starts_with("Two{lo = 0, levels = [1, 1, 1, 1, 1, 1, 1, 1, ... 20 in all, hash "));
  CHECK(text(one) == text(one));
  CHECK(text(one) != text(other));
  CHECK(text(one) != text(swapped));
}
