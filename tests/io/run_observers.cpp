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
  TensorFile file;
  int place = 0;
  detail::put_observer(file, detail::observer_name<Counting>(place), first);
  detail::put_observer(file, detail::observer_name<Silent>(place), Silent{});
  detail::put_observer(file, detail::observer_name<Counting>(place), second);
  CHECK(file.find("observer 1, Counting, seen"));
  CHECK(file.find("observer 2, Counting, seen"));
  CHECK(file.tensors.size() == 6);
  Counting one, two;
  detail::take_observer(file, "observer 1, Counting, ", one);
  detail::take_observer(file, "observer 2, Counting, ", two);
  CHECK(one == first);
  CHECK(two == second);
}

TEST_CASE("An observer that the file does not know is refused") {
  TensorFile file;
  Counting one;
  CHECK(message_of([&] { detail::take_observer(file, "observer 1, Counting, ", one); }) ==
        "observer 1, Counting, sum: expected a tensor of this name, found a file without any");
}
