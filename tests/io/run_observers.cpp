// SPDX-License-Identifier: MIT
#include "espalier/io/run_observers.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/augmented_lagrangian.hpp"
#include "espalier/layer/dense.hpp"

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

namespace {

struct SumOfWeights {
  double value(const auto& parameters) const {
    double sum = 0;
    for (const auto w : parameters.values()) sum += static_cast<double>(w);
    return sum;
  }
  void add_gradient(auto&, double) const {}
};

}  // namespace

TEST_CASE("The multiplier of an augmented Lagrangian goes to a file and back") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  detail::arena(net)[0] = 0.1;
  AugmentedLagrangian first{SumOfWeights{}, {.rate = 3, .every = 2}}, second{SumOfWeights{}, {.rate = 3}};
  for (int k = 0; k < 5; ++k) first.batch(net, nullptr);
  REQUIRE(first.multiplier() == 3 * 0.1 + 3 * 0.1);
  TensorFile file;
  int place = 0;
  const std::string name = detail::observer_name<decltype(first)>(place);
  CHECK(name.starts_with("observer 1, AugmentedLagrangian"));
  detail::put_observer(file, name, first);
  detail::take_observer(file, name, second);
  CHECK(second.multiplier() == first.multiplier());
  CHECK(file.find(name + "steps"));
}
