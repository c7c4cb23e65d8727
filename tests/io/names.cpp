// SPDX-License-Identifier: MIT
#include "espalier/io/names.hpp"

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/io/tensor.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/lstm.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

std::string text_of(const auto& net) {
  std::string text;
  for (const detail::StoredNumbers& numbers : detail::stored_numbers(net.parameters(), detail::stored(net))) {
    for (const std::string& name : numbers.names) text += name + " ";
    text += detail::shape_text(numbers.shape) +
            (numbers.effective.empty() ? "" : " of " + numbers.effective) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a normalized weight is weight_v and weight_g, as torch.nn.utils.weight_norm has them") {
  const Sequential net{Conv2D(Image{3, 3, 2}, 4, Kernel{3, 3}, WeightNorm{}),
                       Dense(4, 5, WeightNorm{}, NoBias{}), Dense(5, 2, UnitNormalized{}, NoBias{})};
  CHECK(text_of(net) ==
        "0.weight_v 0.parametrizations.weight.original1 4 x 2 x 3 x 3 of 0.weight\n"
        "0.weight_g 0.parametrizations.weight.original0 4 x 1 x 1 x 1\n0.bias 4\n"
        "1.weight_v 1.parametrizations.weight.original1 5 x 4 of 1.weight\n"
        "1.weight_g 1.parametrizations.weight.original0 5 x 1\n"
        "2.weight_v 2 x 5\n");
  const Sequential recurrent{LSTM(2, 3, 4, {}, RecurrentWeight{WeightNorm{}}, NoBias{})};
  CHECK(text_of(recurrent) ==
        "0.weight_ih_l0 12 x 2\n"
        "0.weight_hh_l0_v 0.parametrizations.weight_hh_l0.original1 12 x 3 of 0.weight_hh_l0\n"
        "0.weight_hh_l0_g 0.parametrizations.weight_hh_l0.original0 12 x 1\n");
}

TEST_CASE("what is stored for a weight that is a function of it has PyTorch's name for that") {
  const Sequential net{Dense(2, 3, SoftplusWeight{})};
  CHECK(text_of(net) == "0.parametrizations.weight.original 3 x 2 of 0.weight\n0.bias 3\n");
  CHECK(detail::parametrized("weight", ".original") == "parametrizations.weight.original");
}

TEST_CASE("policies that keep numbers of the start are told from those that keep numbers of places") {
  const Sequential net{Dense(2, 1, Clip{-1, 1}, Mask{1, 0}, L2ToStart{0.1}, Bias{Frozen{1}}), Dense(1, 1)};
  const auto entries = net.parameters().entries();
  const auto weight = detail::starting_numbers(entries[0]);
  REQUIRE(weight.size() == 1);
  CHECK(weight[0].name == "0.weight.L2ToStart");
  CHECK(weight[0].place == 1);  // behind those of the mask
  REQUIRE(detail::starting_numbers(entries[1]).size() == 1);
  CHECK(detail::starting_numbers(entries[1])[0].name == "0.bias.Frozen");
  CHECK(detail::starting_numbers(entries[2]).empty());
}
