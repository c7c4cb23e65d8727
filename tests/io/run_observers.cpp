// SPDX-License-Identifier: MIT
#include "espalier/io/run_observers.hpp"

#include "../support.hpp"

using namespace espalier;

namespace {

struct Counting {
  double sum = 0;
  long count = 0;
  std::vector<double> seen{};

  static void each_state(auto& self, auto&& f) {
    f("sum", self.sum);
    f("count", self.count);
    f("seen", self.seen);
  }
  bool operator==(const Counting&) const = default;
};
struct Silent {};

}  // namespace

TEST_CASE(
    "What observers keep goes to a file and back, each under its place among those that keep something") {
  const Counting first{0.1, 7, {1, 2.5}}, second{-0.0, -3, {}};
  Silent silent;
  TensorFile file;
  detail::each_with_state(
      [&](const std::string& name, const auto& o) { detail::put_observer(file, name, o); }, first, silent,
      second);
  CHECK(file.find("observer 1, Counting, seen"));
  CHECK(file.find("observer 2, Counting, seen"));
  CHECK(file.tensors.size() == 6);
  Counting one, two;
  detail::each_with_state([&](const std::string& name, auto& o) { detail::take_observer(file, name, o); },
                          silent, one, two);
  CHECK(one == first);
  CHECK(two == second);
}

TEST_CASE("An observer that the file does not know is refused") {
  TensorFile file;
  Counting one;
  CHECK(message_of([&] { detail::take_observer(file, "observer 1, Counting, ", one); }) ==
        "observer 1, Counting, sum: expected a tensor of this name, found none");
}
