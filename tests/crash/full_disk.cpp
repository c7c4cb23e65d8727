// SPDX-License-Identifier: MIT
// The disk is full when a run is to be written.
#if __has_include(<sys/resource.h>)
#include <filesystem>

#include "../limits.hpp"
#include "../nets.hpp"
#include "espalier/io/checkpoint.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;
namespace fs = std::filesystem;

namespace {

struct Program {
  fs::path path;
  Sequential<float, Dense<>> net{Dense(2, 2)};
  Optimizer<Adam> optimizer{Adam{}};
  TrainState state{};

  void run(long epochs) {
    initialize(net, {.seed = 1});
    resume(path, net, optimizer, state);
    fit(net, two_halves(40), CrossEntropy{}, optimizer, {.epochs = epochs, .state = &state},
        Checkpoint(path));
  }
};

}  // namespace

TEST_CASE("Where the disk is full a run stops with an error, and the files before are as they were") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "run";
  Program{path}.run(3);
  const std::string newest = detail::read_bytes(path), before = detail::read_bytes(directory / "run.1");
  for (const rlim_t limit : {rlim_t{0}, rlim_t{1}, rlim_t{1000}, static_cast<rlim_t>(newest.size() - 1)}) {
    CAPTURE(limit);
    std::string message;
    {
      const LargestFile full(limit);
      message = message_of([&] { Program{path}.run(5); });
    }
    CHECK(message == path.string() + ".new: expected a file that can be written, found File too large");
    CHECK(detail::read_bytes(path) == newest);
    CHECK(detail::read_bytes(directory / "run.1") == before);
    CHECK(std::distance(fs::directory_iterator(directory / ""), fs::directory_iterator()) == 2);
  }
  Program again{path};
  again.run(5);
  CHECK(again.state.epoch() == 5);
}
#endif
