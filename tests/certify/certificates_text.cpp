// SPDX-License-Identifier: MIT
#include "espalier/certify/certificates_text.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/recurrent.hpp"

using namespace espalier;

TEST_CASE("Certificates read as lines: the model, its inputs, its recurrent layers, its weights") {
  Certificates all;
  all.lipschitz = LipschitzBounds{2, 3, 4, 5, 3, {{"0", "Dense", {1, 0.5, 0.25}}}};
  all.unknown = "layer 2, LSTM";
  all.input_signs.emplace(1, 3);
  all.input_signs->at(0, 0) = InputSigns::rise;
  all.recurrent = {{"1", {2, 0.5, 3}}, {"4", {1, 1, 1}}};
  all.integers = {{"0", IntegerRange::unsigned_bits(1, 32), {-480, 511}}, {"2", {0, 127}, {-5, 16000}}};
  all.weights = {{"0.weight", 2, 3, 4, 1, true, false, 0.5, {3, 0, 0.5, 0.25}, 10, true}};
  CHECK(text_of(all) ==
        "Lipschitz 1-norm 2, 2-norm 3, infinity-norm 4; 2-norm by layers 5, of layers together 3\n"
        "  layer 0, Dense: 1-norm 1, 2-norm 0.5, infinity-norm 0.25\n"
        "Lipschitz: no bound is known, layer 2, LSTM\n"
        "inputs 3: 2 never read, 1 with which no output falls, 0 with which none rises\n"
        "layer 1, a step contracts: 1-norm 2, 2-norm 0.5, infinity-norm 3\n"
        "layer 4, a step may stretch: 1-norm 1, 2-norm 1, infinity-norm 1\n"
        "layer 0, integers from 0 to 1, of which at most 32 are not 0: partial sums from -480 to 511, "
        "accumulators of 10 bits\n"
        "layer 2, integers from 0 to 127: partial sums from -5 to 16000, accumulators of 15 bits\n"
        "0.weight 2 x 3: 4 zeros, largest 0.5, 1 columns never read, not negative, 3 levels from 0 to 0.5 in "
        "steps "
        "of 0.25, in the box 10 of its decay\n");
}

TEST_CASE("Bounds are written with all digits, so that what is read is one too") {
  const double bound = 1.0000000000000002;
  CHECK(text_of(LipschitzBounds{bound, 0, 0, 0, 0, {}}).find("1-norm 1.0000000000000002,") !=
        std::string::npos);
}
