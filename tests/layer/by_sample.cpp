// SPDX-License-Identifier: MIT
#include "espalier/layer/by_sample.hpp"

#include "../nets.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/softmax.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

namespace {

struct Apart {
  static constexpr bool by_sample = true;
};
struct NotApart {
  static constexpr bool by_sample = false;
};
struct SaysNothing {};

template <class L>
Index parts(Index width, Index samples) {
  const int before = threads();
  set_threads(2);
  const Index result = detail::parts_of_batch<L>(Matrix<float>(width, samples));
  set_threads(before);
  return result;
}

}  // namespace

TEST_CASE("Threads share a large batch of a layer that takes samples apart") {
  const Index half = detail::numbers_of_part;
  CHECK(parts<Apart>(half / 8, 16) == 2);
  CHECK(parts<Apart>(half / 8, 15) == 1);
  CHECK(parts<Apart>(half * 8, 1) == 1);
  CHECK(parts<NotApart>(half, 16) == 1);
  CHECK(parts<SaysNothing>(half, 16) == 1);
}

TEST_CASE("Some samples of a batch are its columns") {
  Matrix<float> batch = random_matrix<float>(3, 5, 1);
  const auto part = detail::some_samples(Eigen::Map<Matrix<float>>(batch.data(), 3, 5), 1, 4);
  CHECK(part == batch.middleCols(1, 3));
}

TEMPLATE_TEST_CASE("The number of threads changes no activation by a bit", "", ReLU, LeakyReLU, GELU, Tanh,
                   Softmax) {
  const int before = threads();
  const Matrix<float> x = random_matrix<float>(7, 101, 2), dy = random_matrix<float>(2, 101, 3);
  Matrix<float> outputs;
  std::vector<float> gradients;
  for (const int n : {1, 2, 3}) {
    CAPTURE(n);
    set_threads(n);
    Sequential net{Dense(7, 301), TestType{}, Dense(301, 2)};
    initialise(net, Rng{1});
    const Matrix<float> y = net.forward(x);
    net.backward(x, dy);
    const std::vector<float> g(net.gradients().begin(), net.gradients().end());
    if (n == 1) outputs = y, gradients = g;
    CHECK(y == outputs);
    CHECK(g == gradients);
  }
  set_threads(before);
}
