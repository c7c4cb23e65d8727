// SPDX-License-Identifier: MIT
#include "espalier/layer/by_sample.hpp"

#include "../nets.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/quantized_relu.hpp"
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
  CHECK(parts<NotApart>(half, 16) == 1);
  CHECK(parts<SaysNothing>(half, 16) == 1);
}

TEST_CASE("Parts of a batch begin on cache lines, and none is empty") {
  const auto sizes = [](Index width, Index samples) {
    const int before = threads();
    set_threads(1);  // one part after the other
    Matrix<float> batch(width, samples);
    std::vector<Index> result;
    detail::share_samples(
        4, samples, [&](const auto& part) { result.push_back(part.cols()); },
        Eigen::Map<Matrix<float>>(batch.data(), width, samples));
    set_threads(before);
    return result;
  };
  CHECK(sizes(16, 6) == std::vector<Index>{1, 2, 1, 2});
  CHECK(sizes(3, 31) == std::vector<Index>{31});
  CHECK(sizes(3, 40) == std::vector<Index>{16, 24});
  CHECK(sizes(3, 5) == std::vector<Index>{5});
  CHECK(sizes(1000, 1) == std::vector<Index>{1});
}

TEST_CASE("Some samples of a batch are its columns") {
  Matrix<float> batch = random_matrix<float>(3, 5, 1);
  const auto part = detail::some_samples(Eigen::Map<Matrix<float>>(batch.data(), 3, 5), 1, 4);
  CHECK(part == batch.middleCols(1, 3));
}

TEMPLATE_TEST_CASE("The number of threads changes no activation by a bit", "", ReLU, LeakyReLU, ELU, GELU,
                   SiLU, Tanh, Sigmoid, Softplus, Softmax, QuantizedReLU) {
  const int before = threads();
  const Index width = 301, samples = 101;  // no sample but the first begins on a cache line
  const auto arena = [](const Matrix<float>& batch) {
    return detail::AlignedVector<float>(batch.data(), batch.data() + batch.size());
  };
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    CAPTURE(seed);
    const auto x_arena = arena(random_matrix<float>(width, samples, seed)),
               dy_arena = arena(random_matrix<float>(width, samples, seed + 5));
    const Eigen::Map<const Matrix<float>> x(x_arena.data(), width, samples),
        dy(dy_arena.data(), width, samples);
    Matrix<float> expected_y, expected_dx;
    for (const int n : {1, 2, 3}) {
      set_threads(n);
      detail::AlignedVector<float> y(x_arena.size()), dx = y;
      const Eigen::Map<Matrix<float>> to(y.data(), width, samples), back(dx.data(), width, samples);
      detail::forward(TestType{}, x, to, Pass{});
      detail::backward(TestType{}, x, to, dy, back, Pass{});
      if (n == 1) expected_y = to, expected_dx = back;
      CHECK(to == expected_y);
      CHECK(back == expected_dx);
    }
  }
  set_threads(before);
}
