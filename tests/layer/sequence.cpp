// SPDX-License-Identifier: MIT
#include "espalier/layer/sequence.hpp"

#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "parametric_test.hpp"

using namespace espalier;

namespace {

/// c = c_before + z_0 and h = c + z_1: what it comes to can be said in whole numbers.
struct SumCell {
  static constexpr Index gates = 2;
  static constexpr bool has_state = true;
  static constexpr std::string_view name = "Sum";

  void initialize_bias(auto* bias, Index hidden) const { bias[2 * hidden - 1] = 7; }
  void forward(auto& z, const auto& c_before, auto& c, auto& h) const {
    c = c_before + z.topRows(h.rows());
    h = c + z.bottomRows(h.rows());
  }
  void backward(const auto&, const auto&, const auto&, const auto& h, const auto& dh, auto& dc,
                auto& dz) const {
    dc += dh;
    dz.topRows(h.rows()) = dc;
    dz.bottomRows(h.rows()) = dh;
  }
  bool operator==(const SumCell&) const = default;
};

template <class... Policies>
using Sum = detail::Sequence<SumCell, Policies...>;

}  // namespace

TEMPLATE_TEST_CASE("A cell runs along the steps of each sample, from states that are 0", "", float, double) {
  auto net = sequential<TestType>(Sum<>(1, 1, 3, false, {}));
  assign(net, "0.weight_ih", Matrix<TestType>{{1}, {10}});
  assign(net, "0.weight_hh", Matrix<TestType>{{0}, {1}});
  assign(net, "0.bias", Matrix<TestType>{{100}, {0}});
  const Matrix<TestType> x{{1, 0}, {2, 0}, {3, 1}};
  // Sample 0: c = 101, 203, 306; h_t = c_t + 10 x_t + h_(t-1): 111, 203 + 20 + 111 = 334, 306 + 30 + 334 =
  // 670. Sample 1: c = 100, 200, 301; h = 100, 300, 301 + 10 + 300 = 611.
  CHECK(net.forward(x) == Matrix<TestType>{{111, 100}, {334, 300}, {670, 611}});
  Matrix<TestType> dx;
  net.backward(x, Matrix<TestType>{{0, 1}, {0, 0}, {1, 0}}, dx);
  // Sample 0: dh is 1 at all steps, by the recurrent weight, and dc counts them back: 1, 2, 3 from the last.
  // Sample 1: only step 0 has dh = dc = 1. dx = dc + 10 dh.
  CHECK(dx == Matrix<TestType>{{13, 11}, {12, 0}, {11, 0}});
  CHECK(gradient(net, "0.bias") == Matrix<TestType>{{6 + 1}, {3 + 1}});
  CHECK(gradient(net, "0.weight_ih") == Matrix<TestType>{{3 * 1 + 2 * 2 + 1 * 3 + 0}, {1 + 2 + 3 + 0}});
  CHECK(gradient(net, "0.weight_hh") == Matrix<TestType>{{2 * 111 + 1 * 334}, {111 + 334}});
}

TEST_CASE("With `last` only the last step has outputs and is given a gradient") {
  auto all = sequential<double>(Sum<>(2, 3, 4, false, {}));
  auto last = sequential<double>(Sum<>(2, 3, 4, true, {}));
  test::fill_parameters(all, 1, 0.5);
  std::ranges::copy(all.values(), detail::arena(last).begin());
  const Matrix<double> x = random_matrix<double>(8, 5, 2), dy = random_matrix<double>(3, 5, 3);
  CHECK(last.forward(x) == all.forward(x).bottomRows(3));
  Matrix<double> dx, expected, all_dy = Matrix<double>::Zero(12, 5);
  all_dy.bottomRows(3) = dy;
  last.backward(x, dy, dx);
  all.backward(x, all_dy, expected);
  CHECK(dx == expected);
  CHECK(gradients_of(last) == gradients_of(all));
}

TEST_CASE("The cell has the last word on a new bias") {
  auto net = sequential<float>(Sum<>(2, 3, 4, false, {}));
  initialize(net, Rng{1});
  CHECK(parameter(net, "0.bias") == Matrix<float>{{0}, {0}, {0}, {0}, {0}, {7}});
  CHECK(test::paths_of(sequential<float>(Sum<NoBias>(2, 3, 4, false, {}, NoBias{}))) ==
        std::vector<std::string>{"0.weight_ih", "0.weight_hh"});
}

TEST_CASE("The order of steps and samples is turned round and back, whichever is 1") {
  for (const Index steps : {1, 3})
    for (const Index samples : {1, 4}) {
      auto net = sequential<double>(Sum<>(2, 2, steps, false, {}));
      assign(net, "0.weight_ih", Matrix<double>{{0, 0}, {0, 0}, {1, 0}, {0, 1}});
      const Matrix<double> x = random_matrix<double>(2 * steps, samples, 2);  // h_t = x_t
      CHECK(net.forward(x) == x);
      Matrix<double> dx;
      net.backward(x, 3 * x, dx);
      CHECK(dx == 3 * x);
    }
}

TEMPLATE_TEST_CASE("A sequence keeps as much as it says", "", float, double) {
  test::check_kept<TestType>(Sum<>(3, 5, 4, false, {}));
}

TEST_CASE("Messages of a sequence name the layer and the weight") {
  CHECK(message_of([] { Sum<>(0, 1, 1, false, {}); }) ==
        "Sum: expected at least 1 input, 1 hidden unit and 1 step, found 0, 1 and 1");
  using Bad = Bias<Clip>;
  CHECK(message_of([] {
          Sum<Bad>(1, 2, 3, false, {}, Bad{Clip{1, 0}});
        }).starts_with("Sum(1, 2, 3) bias: Clip: expected lo <= hi"));
}
