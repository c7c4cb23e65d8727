// SPDX-License-Identifier: MIT
// The folder is read-only when a run is to be written, from the start or from some epoch on.
#if __has_include(<sys/resource.h>)
#include <filesystem>

#include "../limits.hpp"
#include "../nets.hpp"
#include "espalier/io/checkpoint.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/report/html_report.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;
namespace fs = std::filesystem;

namespace {

/// An observer that closes the folder after the second epoch.
struct Closing {
  const ClosedFolder* folder;
  void epoch(const auto&, const EpochReport& report) {
    if (report.epoch == 2 && folder) folder->close();
  }
};

struct Program {
  Sequential<float, Dense<>> net{Dense(2, 2)};
  Optimizer<Adam> optimizer{Adam{}};
  TrainState state{};

  /// Where a folder is given, it closes on the way.
  void run(const fs::path& path, const ClosedFolder* folder = nullptr) {
    initialize(net, {.seed = 1});
    resume(path / "run", net, optimizer, state);
    fit(net, two_halves(40), CrossEntropy{}, optimizer, {.epochs = 4, .state = &state}, Closing{folder},
        Checkpoint(path / "run"));
  }
};

}  // namespace

TEST_CASE("In a read-only folder a run stops before its first step, with file and reason") {
  if (!NotRoot::is_possible()) {
    WARN("root cannot become another user here: not tested");
    return;
  }
  const ClosedFolder folder;
  folder.close();
  Sequential net{Dense(2, 2)};
  initialize(net, {.seed = 1});
  const auto before = net;
  std::string checkpoint, page;
  {
    const NotRoot user;
    const auto refused = [&](auto observer) {
      TrainState state;
      return message_of([&] {
        fit(net, two_halves(40), CrossEntropy{}, Adam{}, {.epochs = 1, .state = &state}, observer);
      });
    };
    checkpoint = refused(Checkpoint(folder / "run"));
    page = refused(HtmlReport(folder / "run.html"));
  }
  CHECK(checkpoint ==
        (folder / "run").string() + ": expected a folder that can be written to, found Permission denied");
  CHECK(page ==
        (folder / "run.html").string() + ": expected a file that can be written, found Permission denied");
  CHECK(net == before);
  CHECK(folder.entries() == 0);
}

TEST_CASE(
    "A folder that becomes read-only stops the run, whose files stay, and it goes on when it is open again") {
  if (!NotRoot::is_possible()) {
    WARN("root cannot become another user here: not tested");
    return;
  }
  Program straight, first, second;
  {
    const ClosedFolder other;
    straight.run(other / "");
  }
  const NotRoot user;  // who owns the folder, and can close it
  const ClosedFolder folder;
  const std::string message = message_of([&] { first.run(folder / "", &folder); });
  CHECK(message ==
        (folder / "run.new").string() + ": expected a file that can be written, found Permission denied");
  CHECK(detail::history_of(detail::read_run(folder / "run")).size() == 1);
  folder.open();
  second.run(folder / "");
  CHECK(second.net == straight.net);
  CHECK(second.state.epoch() == 4);
}
#endif
