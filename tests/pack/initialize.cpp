// SPDX-License-Identifier: MIT
#include "espalier/pack/initialize.hpp"

#include <vector>

#include "../catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/grid.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/pack/any_pack.hpp"

using namespace espalier;

namespace {

template <class... Ps>
std::vector<double> filled(const Ps&... policies) {
  std::vector<double> w(12);
  Rng rng(1);
  AnyPack<double>(Pack(policies...)).initialize({.weight = {w.data(), 3, 4}, .fan_in = 4, .fan_out = 3}, rng);
  return w;
}

}  // namespace

TEST_CASE("Of a pack whose sets name nothing there is no function, and it starts from HeNormal") {
  CHECK(detail::initialize_of<float, Pack<>>() == nullptr);
  CHECK(detail::initialize_of<float, Pack<Clip>>() == nullptr);
  CHECK(detail::initialize_of<float, Pack<NonNegative>>() != nullptr);
  CHECK(detail::initialize_of<float, Pack<Grid>>() != nullptr);
  std::vector<double> w(12);
  Eigen::Map<WeightMatrix<double>> matrix(w.data(), 3, 4);
  Rng rng(1);
  HeNormal{}(matrix, 4, 3, rng);
  CHECK(filled(Clip{-1, 1}) == w);
}

TEST_CASE("A pack of any type fills with what its sets name, columns as columns") {
  const std::vector<double> w = filled(PerInput{Simplex{3}});
  for (std::size_t i = 0; i < 4; ++i) CHECK(w[i] + w[4 + i] + w[8 + i] == Approx(3).epsilon(1e-12));
}
