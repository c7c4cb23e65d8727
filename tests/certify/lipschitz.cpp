// SPDX-License-Identifier: MIT
#include "espalier/certify/lipschitz.hpp"

#include "../searched_norms.hpp"
#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/layer/residual.hpp"

using namespace espalier;

TEST_CASE("The bounds of one Dense are the norms of its matrix, from above and to 1e-12") {
  for (const auto& [out, in] : {std::pair{7, 5}, {5, 7}, {1, 6}, {6, 1}, {1, 1}, {40, 40}}) {
    auto net = sequential<double>(Dense(in, out));
    initialize(net, {.seed = 3});
    const Matrix<double> w = parameter(net, "0.weight");
    const LipschitzBounds bounds = lipschitz(net);
    const double one = w.cwiseAbs().colwise().sum().maxCoeff(), two = two_norm(w),
                 infinity = w.cwiseAbs().rowwise().sum().maxCoeff();
    CAPTURE(out, in);
    CHECK((bounds.one >= one * (1 - 1e-15) && bounds.one <= one * (1 + 1e-13)));
    CHECK((bounds.two >= two * (1 - 1e-15) && bounds.two <= two * (1 + 1e-12)));
    CHECK((bounds.infinity >= infinity * (1 - 1e-15) && bounds.infinity <= infinity * (1 + 1e-13)));
    CHECK(bounds.layers.size() == 1);
    CHECK(bounds.layers[0].path == "0");
    CHECK(bounds.layers[0].layer == "Dense");
  }
}

TEST_CASE("Layers without a known bound are named, also inside others, and weights must be finite") {
  const Sequential net{Dense(4, 4), Residual{Dense(4, 4), Chain{LSTM(2, 2, 2)}}, ReLU{}};
  CHECK(message_of([&] { lipschitz(net); }) ==
        "lipschitz: expected layers with a known bound, as Dense, Conv2D, BatchNorm or Recurrent, or with "
        "slopes() or norm_bounds(), found layer 1.body.1.0, LSTM");
  Sequential broken{Dense(1, 1)};
  assign(broken, "0.bias", Matrix<float>{{1}});
  CHECK(lipschitz(broken).two == 0);
}

TEST_CASE("Zero layers stretch nothing, and sizes of any order are bounded from above") {
  auto zero = sequential<double>(Dense(3, 4), ReLU{}, Dense(4, 4), ReLU{}, Dense(4, 2));
  initialize(zero, {.seed = 1});
  assign(zero, "2.weight", Matrix<double>(Matrix<double>::Zero(4, 4)));
  const LipschitzBounds none = lipschitz(zero);
  CHECK((none.one == 0 && none.two == 0 && none.infinity == 0 && none.composed == 0 && none.product == 0));
  auto net = sequential<double>(Dense(3, 4), ReLU{}, Dense(4, 4), ReLU{}, Dense(4, 2));
  initialize(net, {.seed = 1});
  const LipschitzBounds plain = lipschitz(net);
  const Matrix<double> first = parameter(net, "0.weight"), second = parameter(net, "2.weight"),
                       third = parameter(net, "4.weight");
  for (const double scale : {0x1p-900, 0x1p-300, 0x1p-30, 0x1p30, 0x1p300, 0x1p900}) {
    assign(net, "0.weight", Matrix<double>(first * scale));
    assign(net, "2.weight", Matrix<double>(second / scale));
    CAPTURE(scale);
    CHECK(lipschitz(net).two == Approx(plain.two).epsilon(1e-12));
    CHECK(lipschitz(net).composed >= plain.composed * (1 - 1e-12));
  }
  for (const char* path : {"0.weight", "2.weight", "4.weight"}) {
    Matrix<double> w = parameter(net, path);
    assign(net, path, Matrix<double>(w.setConstant(1e-200)));
  }
  CHECK((lipschitz(net).two > 0 && lipschitz(net).two < 1e-300));
  for (const char* path : {"0.weight", "2.weight", "4.weight"}) {
    Matrix<double> w = parameter(net, path);
    assign(net, path, Matrix<double>(w.setConstant(1e200)));
  }
  CHECK(lipschitz(net).two == HUGE_VAL);
  Sequential small{Dense(1, 1), ReLU{}, Dense(1, 1)};
  assign(small, "0.weight", Matrix<float>{{3e-38F}});
  assign(small, "2.weight", Matrix<float>{{-3e38F}});
  CHECK(lipschitz(small).two == Approx(9).epsilon(1e-6));
}
