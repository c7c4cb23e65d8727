// SPDX-License-Identifier: MIT
// The n-th allocation fails, for every n: a model that is loaded then is as it was, so is a file that is
// saved, and so are all parts of a run that is taken up. One that is trained is as after some whole step.
#include <atomic>
#include <cstdlib>
#include <new>

#include "data/files.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/io/checkpoint.hpp"
#include "espalier/io/load.hpp"
#include "espalier/io/save.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/train/early_stopping.hpp"
#include "espalier/train/fit.hpp"
#include "nets.hpp"

namespace {

std::atomic<long> until_failure{0};  // 0: none fails
std::atomic<long> failures{0};

bool fails() {
  if (until_failure == 0 || --until_failure > 0) return false;
  ++failures;
  return true;
}

}  // namespace

#if defined(__GLIBC__)  // operator new calls these, and so does Eigen
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void* malloc(std::size_t size) noexcept { return fails() ? nullptr : __libc_malloc(size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return fails() ? nullptr : __libc_memalign(alignment, size);
}
}
#else
void* operator new(std::size_t size) {
  void* const block = fails() ? nullptr : std::malloc(size);
  if (!block) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
#endif

using namespace espalier;
namespace fs = std::filesystem;

namespace {

auto net_of(std::uint64_t seed) {
  Sequential net{Dense(3, 4, MaxNorm{1}, Frozen{1, 0, 0}), Tanh{}, Dense(4, 2, WeightNorm{})};
  initialize(net, {.seed = seed});
  return net;
}

/// The weights after each step.
struct WeightLog {
  std::vector<std::vector<float>> seen;

  void batch(const auto& model, const BatchReport&) { seen.push_back(numbers_of(model)); }
};

/// Does f() throw if its n-th allocation fails? There are less than n: false.
template <class F>
bool throws_without(long n, F&& f) {
  failures = 0;
  bool threw = false;
  until_failure = n;
  try {
    f();
  } catch (const std::exception&) {
    threw = true;
  }
  until_failure = 0;
  return threw;
}

}  // namespace

TEST_CASE("A model that cannot be loaded for want of memory is as it was") {
  const TemporaryDirectory directory;
  const auto net = net_of(1), before = net_of(2);
  const fs::path path = directory / "net";
  save(net, path);
  auto loaded = before;
  long n = 0, refused = 0;
  do {
    ++n;
    loaded = before;
    if (throws_without(n, [&] { load(loaded, path); })) {
      ++refused;
      REQUIRE(loaded == before);
    } else {
      REQUIRE(loaded == net);  // a failure of which something else is made
    }
  } while (failures > 0);
  CHECK(refused > 50);
}

TEST_CASE("A file that cannot be saved for want of memory is as it was, and nothing is left beside it") {
  const TemporaryDirectory directory;
  const auto net = net_of(1), before = net_of(2);
  const fs::path path = directory / "net";
  save(net, directory / "other");
  const std::string after_bytes = detail::read_file(directory / "other");
  save(before, path);
  const std::string before_bytes = detail::read_file(path);
  long n = 0, refused = 0;
  do {
    ++n;
    detail::write_file(path, before_bytes);
    const bool threw = throws_without(n, [&] { save(net, path); });
    refused += threw;
    REQUIRE(detail::read_file(path) == (threw ? before_bytes : after_bytes));
    REQUIRE(std::distance(fs::directory_iterator(directory / ""), fs::directory_iterator()) == 2);
  } while (failures > 0);
  CHECK(refused > 50);
}

TEST_CASE("A run that cannot be taken up for want of memory leaves all of its parts as they were") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  const Dataset data = two_halves(20);
  const auto make = [] {
    Sequential net{Dense(2, 3, MaxNorm{1}), Tanh{}, Dense(3, 2)};
    initialize(net, {.seed = 1});
    return net;
  };
  auto trained = make();
  Optimizer optimizer{Adam{}};
  EarlyStopping stopping;
  TrainState state;
  fit(trained, data, CrossEntropy{}, optimizer, {.epochs = 2, .state = &state}, stopping,
      Checkpoint(path, {.keep = 1}));
  auto net = make();
  const auto before = net;
  long n = 0, refused = 0;
  do {
    ++n;
    net = before;
    Optimizer fresh{Adam{}};
    EarlyStopping fresh_stopping;
    TrainState fresh_state;
    if (throws_without(n, [&] { resume(path, net, fresh, fresh_state, fresh_stopping); })) {
      ++refused;
      REQUIRE(net == before);
      REQUIRE(fresh.steps() == 0);
      REQUIRE(fresh_stopping.best_epoch() == 0);
      REQUIRE(fresh_state.epoch() == 0);
    } else {
      REQUIRE(net == trained);
      REQUIRE(fresh_stopping.best_epoch() == stopping.best_epoch());
    }
  } while (failures > 0);
  CHECK(refused > 100);
}

TEST_CASE("A model whose training ends for want of memory is as after a whole step") {
  const Dataset data = two_halves(20);
  Sequential net{Dense(2, 3), Tanh{}, Dense(3, 2)};
  initialize(net, {.seed = 1});
  const auto start = net;
  const auto train = [&](auto&... observers) {
    net = start;
    Optimizer optimizer{Adam{}, MaxNorm{.radius = 1}};
    fit(net, data, CrossEntropy{}, optimizer, {.epochs = 2, .batch = 7}, observers...);
  };
  WeightLog steps;
  train(steps);
  auto feasible = start;  // as the optimizer's policies have it before the first step
  Optimizer<Adam, MaxNorm>{Adam{}, MaxNorm{.radius = 1}}.prepare(feasible);
  steps.seen.push_back(numbers_of(feasible));
  steps.seen.push_back(numbers_of(start));
  long n = 0, refused = 0;
  do {
    ++n;
    refused += throws_without(n, [&] { train(); });
    REQUIRE(std::find(steps.seen.begin(), steps.seen.end(), numbers_of(net)) != steps.seen.end());
  } while (failures > 0);
  CHECK(refused > 30);
}
