// SPDX-License-Identifier: MIT
#include "espalier/layer/shape.hpp"

#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

namespace {

/// A layer of one's own whose outputs only the compiler knows.
struct HalfKnown {
  static constexpr int input_extent = Dynamic, output_extent = 3;
  Index inputs() const { return 2; }
  Index outputs() const { return 3; }
};

}  // namespace

TEST_CASE("Widths that do not fit are refused with both layers' numbers") {
  CHECK(message_of([] { Sequential(Dense(2, 3), Dense(4, 1)); }) ==
        "layer 1: expected 3 inputs, what layer 0 gives, found a layer with 4 inputs");
  CHECK(message_of([] { Sequential(Dense(2, 3), ReLU{}, Tanh{}, Dense(4, 1)); }) ==
        "layer 3: expected 3 inputs, what layer 2 gives, found a layer with 4 inputs");
  CHECK_THROWS_AS(Sequential(Dense<2, 3>{}, Dense(4, 1)), ShapeError);
  const detail::LayerWidths layers[]{{4, 3}, {0, 2}};  // no width is not any width
  Index widths[3];
  CHECK_THROWS_AS(detail::join_widths(layers, widths), ShapeError);
}

TEST_CASE("Layers without a width take that of their neighbors") {
  CHECK(detail::widths_of(ReLU{}, Tanh{}, Dense(4, 2), ReLU{}, Dense(2, 3), Tanh{}) ==
        std::array<Index, 7>{4, 4, 4, 2, 2, 3, 3});
  const Sequential net(ReLU{}, Dense(4, 2), Tanh{});
  CHECK(net.inputs() == 4);
  CHECK(net.outputs() == 2);
}

TEST_CASE("The compiler knows the widths on both sides of every layer") {
  using C = detail::StaticWidths<Dense<4, 2>, ReLU, HalfKnown, Tanh, Dense<>>;
  STATIC_REQUIRE(C::in(0) == 4);
  STATIC_REQUIRE(C::out(0) == 2);
  STATIC_REQUIRE(C::in(1) == 2);
  STATIC_REQUIRE(C::in(2) == 2);  // from the layer before
  STATIC_REQUIRE(C::out(3) == 3);
  STATIC_REQUIRE(C::in(4) == 3);
  STATIC_REQUIRE(C::out(4) == Dynamic);
}
