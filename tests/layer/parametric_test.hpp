// SPDX-License-Identifier: MIT
// What the tests of layers with parameters share.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "../central_difference.hpp"
#include "../nets.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/testing/gradient_check.hpp"

namespace test {

using espalier::Index, espalier::Matrix, espalier::Scalar;

template <espalier::Model M>
std::vector<std::string> paths_of(const M& net) {
  std::vector<std::string> paths;
  for (const auto& e : net.parameters().entries()) paths.push_back(e.path);
  return paths;
}

/// Standard normal parameters times `scale`: gains and biases too, so that no gradient is right by chance.
template <espalier::Model M>
void fill_parameters(M& net, std::uint64_t seed, double scale = 1) {
  espalier::Rng rng(seed);
  net.for_each_parameter([&](const auto& p) {
    for (Index i = 0; i < p.size(); ++i)
      espalier::detail::arena(net)[static_cast<std::size_t>(p.offset + i)] =
          static_cast<typename M::scalar_type>(scale * rng.normal());
  });
}

/// Gradients of all parameters and of the inputs are central differences of the loss.
template <espalier::Model M>
void check_gradients(M net, Index samples) {
  const Matrix<double> x = random_matrix<double>(net.inputs(), samples, 2),
                       weights = random_matrix<double>(net.outputs(), samples, 3);
  for (const auto& error : gradient_check(net, espalier::MeanSquared{}, x, weights)) {
    CAPTURE(error.parameter, error.relative);
    CHECK(error.relative < 1e-7);
  }
  const Matrix<double> numeric = central_difference(
      [&](const Matrix<double>& at) { return net.forward(at).cwiseProduct(weights).sum(); }, x);
  const Matrix<double> found = input_gradient(net, x, [&](const auto&) { return weights; });
  CHECK((found - numeric).norm() <= 1e-8 * numeric.norm());
}

/// What a layer says that it keeps is enough, to the last number; and a backward pass may be repeated.
template <Scalar S, class L>
void check_kept(const L& layer) {
  espalier::Parameters<S> parameters;
  espalier::detail::Declaration<S> declaration(parameters);
  layer.declare(declaration);
  espalier::Rng rng(5);
  for (S& w : espalier::detail::arena(parameters)) w = static_cast<S>(rng.normal());
  for (const Index samples : {2, 3, 16, 33})
    for (const std::size_t guard : {0U, 64U}) {  // without guards the sanitizer watches
      const auto kept = static_cast<std::size_t>(espalier::detail::kept_of<S>(layer, samples));
      if constexpr (requires { layer.kept(samples); })
        CHECK(kept <= static_cast<std::size_t>(layer.kept(samples)));
      const S untouched = 12345;
      espalier::detail::AlignedVector<S> memory(kept + guard, untouched);
      const Matrix<S> x = random_matrix<S>(layer.inputs(), samples, 6);
      Matrix<S> y(layer.outputs(), samples), dx(layer.inputs(), samples), dx_again = dx;
      Matrix<S> dy = random_matrix<S>(layer.outputs(), samples, 7), dy_again = dy;
      const espalier::Call<S> call{parameters.values().data(),
                                   parameters.gradients().data(),
                                   espalier::detail::arena(parameters).data(),
                                   parameters.offsets(),
                                   memory.data(),
                                   espalier::Pass{true, 9, 0}};
      layer.forward(call, x, y);
      layer.backward(call, x, y, dy, dx);
      const auto gradients = gradients_of(parameters);
      layer.backward(call, x, y, dy_again, dx_again);
      CHECK(y.allFinite());
      CHECK(dx.allFinite());
      CHECK((dx.array() != 0).any());
      CHECK(dx == dx_again);
      CHECK(gradients == gradients_of(parameters));
      CHECK(std::all_of(memory.begin() + static_cast<std::ptrdiff_t>(kept), memory.end(),
                        [&](S number) { return number == untouched; }));
    }
}

}  // namespace test
