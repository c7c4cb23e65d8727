// SPDX-License-Identifier: MIT
#include "espalier/optimizer/gradients.hpp"

#include "../support.hpp"
#include "espalier/constraint/l2.hpp"

using namespace espalier;

namespace {

/// Three parameters of two numbers, which are 2 with gradients of 1; the first under L2{3}.
Parameters<double> some_parameters() {
  Parameters<double> parameters;
  parameters.add("a", ParameterKind::weight, 1, 2, AnyPack<double>(Pack(L2{3})));
  parameters.add("b", ParameterKind::weight, 1, 2);
  parameters.add("c", ParameterKind::bias, 2, 1);
  for (const auto& e : parameters.entries()) {
    std::fill_n(parameters.values_of(e).data, 2, 2.0);
    std::fill_n(parameters.gradients_of(e), 2, 1.0);
  }
  return parameters;
}

std::vector<double> gradients(const Parameters<double>& parameters) {
  std::vector<double> result;
  for (const auto& e : parameters.entries()) result.push_back(parameters.gradients_of(e)[1]);
  return result;
}

}  // namespace

TEST_CASE("What is frozen, tied or a buffer has no gradient") {
  auto parameters = some_parameters();
  parameters.freeze("c");
  detail::Change(parameters).at("b").kind = ParameterKind::buffer;
  detail::clear_untrained(parameters);
  CHECK(gradients(parameters) == std::vector<double>{1, 0, 0});
}

namespace {

/// (strength / 2) (sum of all numbers)^2.
struct SquaredSum {
  double strength = 1;
  template <Scalar S>
  S sum(Block<const S> w) const {
    return ConstArrayMap<S>(w.data, w.size()).sum();
  }
  template <Scalar S>
  S value(Block<const S> w) const {
    return static_cast<S>(strength) / 2 * sum(w) * sum(w);
  }
  template <Scalar S>
  bool add_gradient(Block<const S> w, Block<S> g) const {
    ArrayMap<S>(g.data, g.size()) += static_cast<S>(strength) * sum(w);
    return sum(w) != 0;
  }
};

}  // namespace

TEST_CASE("Penalties of whole weights add theirs before a step, unless the sum is too large") {
  auto parameters = some_parameters();
  detail::Change(parameters).at("b").pack = AnyPack<double>(Pack(L2{1}, SquaredSum{0.5}));
  std::vector<detail::PolicyCounts> active(3);
  detail::add_matrix_penalties(parameters, 1e9, active);
  CHECK(gradients(parameters) == std::vector<double>{1, 1 + 0.5 * 4, 1});
  CHECK(active[1][0] == 0);
  CHECK(active[1][1] == 1);
  CHECK(parameters.at("b").pack.penalty(parameters.values_of(parameters.at("b")), true) == 4 + 4);
  std::fill_n(parameters.values_of(parameters.at("b")).data, 2, 1e9);
  CHECK(message_of([&] { detail::add_matrix_penalties(parameters, 1e9, active); }).find("b: expected") == 0);
  parameters.freeze("b");
  CHECK_NOTHROW(detail::add_matrix_penalties(parameters, 1e9, active));
  detail::add_smooth_penalties(parameters, active);
  CHECK(active[1][1] == 2);
}

TEST_CASE("Smooth penalties add their gradients, and what they changed is counted") {
  auto parameters = some_parameters();
  std::vector<detail::PolicyCounts> active(3, detail::PolicyCounts{});
  detail::add_smooth_penalties(parameters, active);
  CHECK(gradients(parameters) == std::vector<double>{7, 1, 1});
  CHECK(active[0][0] == 2);
}

TEST_CASE("Transforms act in the order in which they are written, each on the parameters that it is for") {
  auto parameters = some_parameters();
  detail::AlignedVector<double> room;
  const std::tuple extras{On{"b", ClipValue{0.5}}, ClipValue{0.75}, On{"*", ClipValue{0.6}, RateFactor{2}}};
  detail::apply_transforms(extras, parameters, room);
  CHECK(gradients(parameters) == std::vector<double>{0.6, 0.5, 0.6});
  const double* const address = room.data();
  detail::apply_transforms(extras, parameters, room);
  CHECK(room.data() == address);  // room is made once
}

TEST_CASE("A pattern that fits nothing that is trained transforms nothing") {
  auto parameters = some_parameters();
  parameters.freeze("*");
  detail::AlignedVector<double> room;
  detail::apply_transforms(std::tuple{On{"a", ClipNorm{0.1}}}, parameters, room);
  CHECK(gradients(parameters) == std::vector<double>{1, 1, 1});
}
