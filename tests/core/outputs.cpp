// SPDX-License-Identifier: MIT
#include "espalier/core/outputs.hpp"

#include "../catch.hpp"

using namespace espalier;

TEST_CASE("Outputs of Softmax and Sigmoid are told from others, and are a view like them") {
  using Plain = Eigen::Map<const Matrix<float>>;
  STATIC_REQUIRE(std::is_same_v<detail::ForwardOutputs<float, int>, Plain>);
  STATIC_REQUIRE(detail::outputs_of<detail::ForwardOutputs<float, Softmax>, Softmax>);
  STATIC_REQUIRE(!detail::outputs_of<detail::ForwardOutputs<float, Sigmoid>, Softmax>);
  STATIC_REQUIRE(!detail::outputs_of<Plain, Softmax>);
  const Matrix<float> numbers{{1, 2}, {3, 4}};
  const detail::ForwardOutputs<float, Softmax> view(numbers.data(), 2, 2);
  const Matrix<float> copy = view, other(view);
  CHECK(copy == numbers);
  CHECK(other == numbers);
  CHECK(view == numbers);
  CHECK(ConstBatch<float>(view).data() == numbers.data());
}
