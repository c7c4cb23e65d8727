// SPDX-License-Identifier: MIT
// After the first step nothing allocates: neither operator new nor Eigen, which calls malloc.
#include <atomic>
#include <cstdlib>

#include "../nets.hpp"
#include "espalier/constraint/cayley.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/min_max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/orthogonality.hpp"
#include "espalier/constraint/orthonormal.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/constraint/spectral_rescaled.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/constraint/symmetric.hpp"
#include "espalier/constraint/total_variation.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/layer/max_pool2d.hpp"
#include "espalier/layer/monotone_dense.hpp"
#include "espalier/layer/recurrent.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/sandwich.hpp"
#include "espalier/layer/softmax.hpp"
#include "espalier/loss/binary_cross_entropy.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/huber.hpp"
#include "espalier/loss/mean_absolute.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/muon.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/scion.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/batches.hpp"

namespace {

std::atomic<bool> armed{false};
std::atomic<long> allocations{0};

void count() {
  if (armed) ++allocations;
}

}  // namespace

#if defined(__GLIBC__)  // operator new calls these
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void* malloc(std::size_t size) noexcept { return count(), __libc_malloc(size); }
void* calloc(std::size_t n, std::size_t size) noexcept { return count(), __libc_calloc(n, size); }
void* realloc(void* block, std::size_t size) noexcept { return count(), __libc_realloc(block, size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return count(), __libc_memalign(alignment, size);
}
}
#else  // at least what is not Eigen's
void* operator new(std::size_t size) {
  count();
  if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
#endif

using namespace espalier;

namespace {

template <class F>
long allocations_in(F&& f) {
  allocations = 0;
  armed = true;
  f();
  armed = false;
  return allocations;
}

template <Scalar S, class... Layers>
auto initialized(const Layers&... layers) {
  auto net = sequential<S>(layers...);
  initialize(net, Rng{1});
  return net;
}

/// Every policy and activation, sizes known and not.
template <Scalar S>
auto every_policy() {
  return initialized<S>(
      Dense(6, 10, L1{1e-3}, MaxNorm{.radius = 0.5}), ReLU{}, Dense<10, 12, L2, Clip>{{1e-3}, {-0.5, 0.5}},
      Tanh{}, Dense(12, 9, WeightNorm{}, Gain{L2{1e-3}}), GELU{}, Dropout{0.2}, Dense(9, 9, UnitNormalized{}),
      SiLU{}, Dense(9, 9, NonNegative{}, UnitNorm{}, Bias{NonNegative{}}), ELU{},
      Dense(9, 9, UnitNorm{}, WeightDecay{0.1}), Softplus{},
      Dense(9, 9, Clip{-0.3, 0.3}, MaxNorm{.radius = 0.4}), Sigmoid{},
      Dense(9, 9, PerInput{GroupLasso{1e-3}}, L1{1e-3}, PerInput{MaxNorm{.radius = 0.5}}), ReLU{},
      Dense(9, 9, Whole{L1Ball{.radius = 5}}), ReLU{}, Dense(9, 9, Isotonic{}, NonNegative{}), ReLU{},
      Dense(9, 9, Simplex{}), ReLU{}, Dense(9, 9, PerInput{SumTo{0.5}}, Clip{-1, 1}), ReLU{},
      Dense(9, 9, PerInput{MaxNorm{1}}, Frozen{1, 0, 0, 0, 0, 0, 0, 0, 0}, L2ToStart{1e-3}), ReLU{},
      Dense(9, 9, Orthogonality{1e-3}, Orthonormal{}), ReLU{},
      Dense(9, 9, PerInput{TotalVariation{1e-3}}, L1{1e-3}, PerInput{MaxNorm{1}}), ReLU{},
      Dense(9, 9, Symmetric{}, Clip{-1, 1}), ReLU{}, Dense(9, 9, MinMaxNorm{0.1, 1}, GroupLasso{1e-3}),
      Dense(9, 9, SpectralRescaled{3}), ReLU{}, Sandwich(9, 5), Dense(5, 9, Cayley{}), MonotoneDense(9, 4),
      Softmax{});
}

/// In a pass of forward, loss, backward and step, after the first ones.
template <class Net, class L, class O>
long in_a_step(Net& net, const L& loss, O optimizer, Index samples) {
  using S = typename Net::scalar_type;
  const Matrix<S> x = random_matrix<S>(net.inputs(), samples, 2);
  const Matrix<S> wanted = Matrix<S>::Constant(net.outputs(), samples, S(1) / static_cast<S>(net.outputs()));
  Matrix<S> gradient;
  const auto step = [&] {
    loss(net.forward(x), Target<S>(wanted), gradient);
    net.backward(x, gradient);
    optimizer.step(net);
  };
  step();
  return allocations_in([&] { step(), step(); });
}

}  // namespace

TEST_CASE("The counter counts") {
  CHECK(allocations_in([] { std::vector<float> one(10); }) == 1);
  CHECK(allocations_in([] { detail::AlignedVector<float> one(10); }) == 1);
#if defined(__GLIBC__)
  CHECK(allocations_in([] { Matrix<float> one(10, 10); }) == 1);
#endif
}

TEST_CASE("No optimizer allocates after its first step, under any policy") {
  auto net = every_policy<float>();
  const auto check = [&](const auto& optimizer) { CHECK(in_a_step(net, MeanSquared{}, optimizer, 5) == 0); };
  check(Optimizer{SGD{.learning_rate = 1e-3, .momentum = 0.9, .at_bound = AtBound::displacement}});
  check(Optimizer{
      RMSProp{.learning_rate = 1e-3, .momentum = 0.9, .centered = true, .at_bound = AtBound::displacement}});
  check(Optimizer{Adagrad{}});
  check(Optimizer{AMSGrad{.at_bound = AtBound::zero}});
  check(Optimizer{Lion{}});
  check(Optimizer{Adam{}, ClipNorm{1}, ClipValue{1}, MaxNorm{.radius = 0.5}});
}

TEST_CASE("Neither do what looks at whole weights, sets in balls and transforms of the update") {
  Sequential net{Dense(12, 10, SpectralBall{0.3}), Tanh{}, Dense(10, 6, SumTo{0}, MaxNorm{0.1})};
  initialize(net, {.seed = 1});
  CHECK(in_a_step(net, MeanSquared{}, Optimizer{Adam{}, NormalizeUpdate{}}, 5) == 0);
  Sequential whole{Dense(12, 10, SpectralBall{0.3}), Tanh{}, Dense(10, 6)};
  initialize(whole, {.seed = 1});
  CHECK(in_a_step(whole, MeanSquared{}, Optimizer{Muon{}}, 5) == 0);
  Sequential free{Dense(12, 10), Tanh{}, Dense(10, 6)};
  initialize(free, {.seed = 1});
  CHECK(in_a_step(free, MeanSquared{}, Optimizer{Scion{}, Centralize{}, ClipNormPerLayer{1}}, 5) == 0);
}

TEST_CASE("No loss allocates after its first batch") {
  auto net = initialized<double>(Dense(3, 4), Tanh{}, Dense(4, 3));
  const auto check = [&](const auto& loss) { CHECK(in_a_step(net, loss, Optimizer{SGD{}}, 5) == 0); };
  check(MeanSquared{});
  check(MeanAbsolute{});
  check(Huber{});
  check(CrossEntropy{0.1, {1, 2, 3}});
  check(BinaryCrossEntropy{});
}

TEST_CASE("Layers too large for the stack do not allocate either") {
  auto net = initialized<float>(Dense(784, 256, MaxNorm{.radius = 3}), ReLU{}, Dense(256, 10, WeightNorm{}));
  for (const Index samples : {1, 2, 200})
    CHECK(in_a_step(net, CrossEntropy{}, Optimizer{Adam{}}, samples) == 0);
  auto doubles = initialized<double>(Dense(300, 200), Dense<200, 2>{});
  CHECK(in_a_step(doubles, MeanSquared{}, Optimizer{SGD{}}, 200) == 0);
  auto narrow = initialized<float>(Dense<8, 8>{}, Dense<8, 100>{});
  CHECK(in_a_step(narrow, MeanSquared{}, Optimizer{SGD{}}, 6000) == 0);
}

TEST_CASE("Nor do convolutions and poolings, whatever the number of threads") {
  const int before = threads();
  const Conv2D first(Image{20, 20, 2}, 12, Kernel{3, 3}, MaxNorm{.radius = 1});
  const MaxPool2D pool(first.output_image());
  const Conv2D second(pool.output_image(), 16, Kernel{3, 3}, {.stride = 2, .padding = 1}, WeightNorm{});
  for (const int n : {1, 2}) {
    set_threads(n);
    auto net = initialized<float>(first, ReLU{}, pool, second, ReLU{}, Dense(second.outputs(), 3));
    for (const Index samples : {1, 30})
      CHECK(in_a_step(net, CrossEntropy{}, Optimizer{Adam{}}, samples) == 0);
  }
  set_threads(before);
}

TEST_CASE("Neither do several threads") {
  const int before = threads();
  set_threads(2);
  auto net = initialized<float>(Dense(784, 256, MaxNorm{.radius = 3}), ReLU{}, Dense(256, 200, L1{1e-4}),
                                ReLU{}, Dense(200, 200, PerInput{MaxNorm{.radius = 1}}));
  for (const Index samples : {1, 200}) CHECK(in_a_step(net, CrossEntropy{}, Optimizer{Adam{}}, samples) == 0);
  set_threads(before);
}

TEST_CASE("Neither do layers that hold layers, nor those with a state") {
  const int before = threads();
  for (const int n : {1, 2}) {
    set_threads(n);
    auto net = initialized<float>(
        Residual(Concat(Chain(BatchNorm(60), Dense(60, 200, WeightNorm{}), Tanh{}), Dropout{0.2}),
                 Dense(260, 60)),
        BatchNorm(6, {.per = 10}),
        Concat(LSTM(20, 40, 3, {.last = true}, WeightNorm{}),
               Recurrent(20, 30, 3, {}, InputWeight{MaxNorm{1}})),
        Dense(130, 5));
    for (const Index samples : {2, 200})
      CHECK(in_a_step(net, MeanSquared{}, Optimizer{Adam{}}, samples) == 0);
    const Matrix<float> x = random_matrix<float>(60, 20, 1);
    Workspace<float> workspace;
    std::as_const(net).predict(x, workspace);
    CHECK(allocations_in([&] { std::as_const(net).predict(x, workspace); }) == 0);
  }
  set_threads(before);
}

TEST_CASE("A smaller batch needs no new memory") {
  auto net = initialized<float>(Dense(3, 4), Tanh{}, Dense(4, 3));
  const Matrix<float> x = random_matrix<float>(3, 9, 1), dy = random_matrix<float>(3, 9, 2);
  net.forward(x);
  CHECK(allocations_in([&] {
          net.forward(x.leftCols(4));
          net.backward(x.leftCols(4), dy.leftCols(4));
          net.forward(x);
        }) == 0);
}

TEST_CASE("Loading a batch does not allocate") {
  Dataset data = two_halves(50);
  data.weights.assign(50, 1.5F);
  Batches<float> batches(data, 8);
  CHECK(allocations_in([&] {
          batches.shuffle(1, 2);
          for (Index b = 0; b < batches.count(); ++b) batches.load(b), batches.inputs(), batches.target();
        }) == 0);
}

TEST_CASE("Predicting in a workspace does not allocate") {
  const auto net = every_policy<float>();
  const Matrix<float> x = random_matrix<float>(6, 20, 1);
  decltype(every_policy<float>())::workspace_type workspace;
  net.predict(x, workspace);
  CHECK(allocations_in([&] { net.predict(x, workspace), net.predict(x.leftCols(3), workspace); }) == 0);
}
