// SPDX-License-Identifier: MIT
// What tests of models share: random batches and gradients, and what must hold of a net.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "catch.hpp"
#include "espalier/data/dataset.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/sequential.hpp"

/// Standard normal numbers.
template <espalier::Scalar S>
espalier::Matrix<S> random_matrix(espalier::Index rows, espalier::Index cols, std::uint64_t seed) {
  espalier::Rng rng(seed);
  espalier::Matrix<S> result(rows, cols);
  for (espalier::Index i = 0; i < result.size(); ++i) result(i) = static_cast<S>(rng.normal());
  return result;
}

/// A net with all parameters far from where they start, those too that start at zero.
template <espalier::Scalar S, class... Layers>
espalier::Sequential<S, Layers...> stirred(std::uint64_t seed, const Layers&... layers) {
  auto net = espalier::sequential<S>(layers...);
  initialize(net, {.seed = seed});
  espalier::Rng rng{seed};
  edit(net, [&](std::span<S> all) {
    for (S& x : all) x += static_cast<S>(0.7 * rng.normal());
  });
  return net;
}

/// As if a loss had been differentiated.
template <espalier::Model M>
void random_gradients(M& net, espalier::Rng& rng) {
  net.for_each_parameter([&](const auto& p) {
    for (espalier::Index i = 0; i < p.size(); ++i)
      p.gradients[i] = static_cast<typename M::scalar_type>(rng.normal());
  });
}

/// `steps` steps of `optimizer` on random gradients.
template <espalier::Model M, class O>
void random_steps(M& net, O& optimizer, long steps, std::uint64_t seed) {
  espalier::Rng rng(seed);
  for (long k = 0; k < steps; ++k) {
    random_gradients(net, rng);
    optimizer.step(net);
  }
}

/// Is every parameter in every set of its pack, without tolerance?
template <espalier::Model M>
bool feasible(const M& net) {
  bool inside = true;
  net.for_each_parameter([&](const auto& p) { inside = inside && p.pack.contains(p.block()); });
  return inside;
}

/// Every number of a net, in the order of its parameters.
template <espalier::Model M>
std::vector<typename M::scalar_type> numbers_of(const M& net) {
  std::vector<typename M::scalar_type> numbers;
  net.for_each_parameter(
      [&](const auto& p) { numbers.insert(numbers.end(), p.values, p.values + p.size()); });
  return numbers;
}

/// And of its gradients.
template <class M>
std::vector<typename M::scalar_type> gradients_of(const M& net) {
  return {net.gradients().begin(), net.gradients().end()};
}

/// Sets the only weight's gradient (nets of one weight, `Dense(1, 1, NoBias{})`), steps, and returns the
/// weight.
template <espalier::Model M, class O>
double step_with(M& net, O& optimizer, double gradient) {
  net.gradients()[0] = static_cast<typename M::scalar_type>(gradient);
  optimizer.step(net);
  return static_cast<double>(net.values()[0]);
}

/// Points of the plane with the class of the half they lie in: x above y, or not. Easy to learn.
template <espalier::Scalar S = float>
espalier::BasicDataset<S> two_halves(espalier::Index samples, std::uint64_t seed = 1) {
  espalier::BasicDataset<S> data;
  data.inputs = random_matrix<S>(2, samples, seed);
  for (espalier::Index i = 0; i < samples; ++i)
    data.labels.push_back(data.inputs(0, i) > data.inputs(1, i) ? 1 : 0);
  return data;
}
