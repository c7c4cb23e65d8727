// SPDX-License-Identifier: MIT
// Headers that are written with `same_order` give the bits of predict.
#include <cstring>

#include "espalier/espalier.hpp"
#include "generated.hpp"

using namespace espalier;

namespace {

template <class Net>
void check_bits(Generated& programs, int k, const Net& net) {
  using S = typename Net::scalar_type;
  const Matrix<S> x = 2 * Matrix<S>::Random(net.inputs(), 20);
  for (const std::string language : {"cpp", "c"}) {
    const Matrix<S> y = programs.run(language, k, x, net.outputs());
    for (Index j = 0; j < x.cols(); ++j) {
      const Matrix<S> expected = net.predict(x.col(j));
      for (Index i = 0; i < y.rows(); ++i) {
        INFO(language << ", net " << k << ", sample " << j << ", output " << i << ": " << y(i, j) << " and "
                      << expected(i, 0));
        CHECK(std::memcmp(&y(i, j), &expected(i, 0), sizeof(S)) == 0);
      }
    }
  }
}

}  // namespace

TEST_CASE("headers with the order of predict give its bits") {
  Generated programs;
  const HeaderOptions same{.same_order = true};
  Sequential tanh{Dense(4, 16), Tanh{}, Dense(16, 16, WeightNorm{}), Tanh{}, Dense(16, 1)};
  initialize(tanh, {.seed = 1});
  programs.add(tanh, "smooth", same);

  // Rows of more numbers than predict sums at a time, a rest of every kind, and zeros left out.
  Sequential wide{Dense(2500, 37), ReLU{}, Dense(37, 70, L1{1e-3}), LeakyReLU{}, Dense(70, 3, NoBias{})};
  initialize(wide, {.seed = 2});
  Matrix<float> weight = effective_weight(wide, "2.weight");
  for (Index i = 0; i < weight.size(); i += 2) weight(i) = 0;
  assign(wide, "2.weight", weight);
  programs.add(wide, "wide", same);

  const auto twice = [] {
    auto net = sequential<double>(Dense(9, 11), ReLU{}, Dense(11, 5), Tanh{}, Dense(5, 2));
    initialize(net, {.seed = 3});
    return net;
  }();
  programs.add(twice, "twice", same);

  Sequential conv{Conv2D(Image{11, 9, 3}, 31, Kernel{3, 3}, {.padding = 1}),
                  ReLU{},
                  MaxPool2D(Image{11, 9, 31}),
                  Conv2D(Image{5, 4, 31}, 5, Kernel{3, 2}, {.stride = 2}),
                  Residual{Dense(20, 20)},
                  SkipConnection{ReLU{}, Dense(17, 3)}};
  initialize(conv, {.seed = 4});
  programs.add(conv, "conv", same);

  Sequential recurrent{Recurrent(3, 16, 4), Dense(64, 2)};
  initialize(recurrent, {.seed = 5});
  programs.add(recurrent, "recurrent", same);

  REQUIRE(programs.build("-O2"));
  check_bits(programs, 0, tanh);
  check_bits(programs, 1, wide);
  check_bits(programs, 2, twice);
  check_bits(programs, 3, conv);
  check_bits(programs, 4, recurrent);
}
