// SPDX-License-Identifier: MIT
// Policies of single weights and transforms of gradients against PyTorch, Keras and optax (make_peers.py).
#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/symmetric.hpp"
#include "espalier/optimizer/transform.hpp"
#include "peers.hpp"

using namespace espalier;
using Catch::Approx;
using namespace peers;

namespace {

template <Scalar S>
Numbers<S> block(const std::string& name) {
  return row_of<S>(name, static_cast<Index>(expected()[name].size()), 0);
}

/// The gradient of 17 numbers of make_peers.py.
template <Scalar S>
Numbers<S> gradient(double size) {
  Numbers<S> g;
  for (std::uint64_t k = 0; k < 17; ++k) g.push_back(static_cast<S>(size * number(700000 + k)));
  return g;
}
template <Scalar S>
Numbers<S> transformed(const auto& transform, Numbers<S> g) {
  ArrayMap<S> all(g.data(), static_cast<Index>(g.size()));
  transform.apply(all);
  return g;
}

}  // namespace

TEMPLATE_TEST_CASE("Intervals are theirs, number by number", "", float, double) {
  const Numbers<TestType> w = block<TestType>("numbers");
  const auto ours = [&](const auto& policy) { return test::projected(Pack(policy), w); };
  CHECK(ours(NonNegative{}) == block<TestType>("keras_non_neg"));
  CHECK(ours(NonNegative{}) == block<TestType>("optax_non_negative"));
  CHECK(ours(Clip{-0.5, 0.75}) == block<TestType>("optax_box"));
  CHECK(ours(Clip{0, 0.75}) == block<TestType>("optax_hypercube"));
  CHECK(ours(Clip{-0.75, 0.75}) == block<TestType>("optax_linf_ball"));
}

TEST_CASE("A bound that is no float is rounded inwards; optax' and PyTorch's results are above it") {
  const Numbers<float> w = block<float>("numbers");
  const Numbers<float> ours = test::projected(Pack(Clip{-0.1, 0.1}), w);
  for (const std::string peer : {"optax_box_tenth_float32", "torch_clamp_tenth_float32"}) {
    const Numbers<double> theirs = block<double>(peer);
    CHECK(largest(theirs) - 0.1 == Approx(1.49e-9).epsilon(1e-3));
    CHECK(apart(ours, theirs) == 0x1p-27);  // one unit in the last place
  }
  CHECK(largest(ours) < 0.1);
}

TEST_CASE("What a step makes negative is zero, as after optax.keep_params_nonnegative") {
  const Numbers<double> w = block<double>("numbers");
  Numbers<double> moved;
  for (std::size_t i = 0; i < w.size(); ++i)
    moved.push_back(std::abs(w[i]) + w[(i + w.size() - 1) % w.size()]);
  CHECK(test::projected(Pack(NonNegative{}), moved) == block<double>("optax_keep_params_nonnegative"));
}

TEMPLATE_TEST_CASE(
    "geotorch's symmetric is the same set; it copies a triangle, which is twice as far, in squares", "",
    float, double) {
  const auto projected = [](const Numbers<TestType>& y) { return test::projected(Pack(Symmetric{}), y); };
  for (const Case& at : {cases[0], cases[1], cases[2]})
    for (const std::string shape : {"3x3", "6x6"}) {
      CAPTURE(at.name, shape);
      Numbers<TestType> y = block<TestType>("matrix/" + shape);
      for (TestType& x : y) x *= static_cast<TestType>(at.size);
      const Numbers<TestType> theirs =
          block<TestType>(std::string("geotorch_symmetric/") + at.name + "/" + shape);
      CHECK(projected(theirs) == theirs);
      const Numbers<double> from(y.begin(), y.end()), even(y.size(), 1);
      CHECK(cost(theirs, from, even) ==
            Approx(2 * cost(projected(y), from, even)).epsilon(8 * unit<TestType>));
    }
}

TEMPLATE_TEST_CASE("Keras' l1(s) is L1{s}, and l2(s) is L2{2 s}", "", float, double) {
  const Numbers<TestType> w = block<TestType>("numbers");
  const auto penalty = [&](const auto&... policies) {
    return Pack(policies...).penalty(w.data(), static_cast<Index>(w.size()));
  };
  const auto is = [](const std::string& peer) {
    return Approx(expected()[peer].at(0)).epsilon(100 * unit<TestType>);
  };
  CHECK(penalty(L1{0.3}) == is("keras_l1"));
  CHECK(penalty(L2{0.6}) == is("keras_l2"));
  CHECK(penalty(L1{0.3}, L2{0.4}) == is("keras_l1_l2"));
}

TEST_CASE("SGD with the gradient of Keras' l1 ends beside the optimum, which is zero; with L1 on it") {
  // (w - 0.1)^2 / 2 + 0.3 |w|: the slope at 0 is between -0.4 and 0.2.
  CHECK(std::abs(expected()["keras_l1_rest"].at(0)) == Approx(0.0076854217));
  Numbers<double> w{1};
  for (int k = 0; k < 200; ++k)
    w = test::constrained(Pack(L1{0.3}), Numbers<double>{w.front() - 0.05 * (w.front() - 0.1)}, {}, 0.05);
  CHECK(w.front() == 0);
}

TEMPLATE_TEST_CASE("ClipNorm is clip_grad_norm_ without the 1e-6 that makes it shorter", "", float, double) {
  double most = 1;
  for (const Case& at : cases) {
    CAPTURE(at.name);
    const Numbers<TestType> g = gradient<TestType>(at.size), ours = transformed(ClipNorm{at.radius}, g);
    const Numbers<double> theirs = block<double>(std::string("torch_clip_grad_norm/") + at.name);
    const double length = test::length(g);
    // PyTorch shortens, too, where limit / (norm + 1e-6) is less than 1: slightly below the limit.
    const bool longer = length > at.radius;
    REQUIRE(longer == (at.name != std::string("inside")));
    const double left = std::min(at.radius / (length + 1e-6), 1.0) * std::max(length / at.radius, 1.0);
    CHECK(apart(ours, theirs, longer ? 1 / left : 1) <= 8 * unit<TestType> * largest(ours));
    most = std::max(most, test::length(ours) / test::length(theirs));
  }
  CHECK(most == Approx(29.7195).epsilon(1e-5));  // of a gradient whose norm is 3.5e-8
}

TEMPLATE_TEST_CASE("ClipValue is clip_grad_value_", "", float, double) {
  for (const Case& at : cases) {
    CAPTURE(at.name);
    CHECK(transformed(ClipValue{at.radius}, gradient<TestType>(at.size)) ==
          block<TestType>(std::string("torch_clip_grad_value/") + at.name));
  }
}

TEST_CASE(
    "Of 1,000 gradients in float none of ours is above the limit; 418 of PyTorch's are, 500 of optax'") {
  CHECK(theirs_outside("torch_clip_grad_norm") == 418);
  CHECK(theirs_outside("optax_clip_by_global_norm") == 500);
  const auto ours = [](Numbers<float> y) {
    for (float& x : y) x *= 16;
    return transformed(ClipNorm{1}, y);
  };
  CHECK(ours_outside(ours, [](const Numbers<float>& row) {
          long double sum = 0;
          for (const float x : row) sum += static_cast<long double>(x) * static_cast<long double>(x);
          return sum <= 1 + 0x1p-60L;
        }) == 0);
}
