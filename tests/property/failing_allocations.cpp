// SPDX-License-Identifier: MIT
// The n-th allocation fails, for every n: a model that is loaded then is as it was, and so is a file that is
// saved.
#include <atomic>
#include <cstdlib>
#include <new>

#include "data/files.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/io/load.hpp"
#include "espalier/io/save.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
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
