// SPDX-License-Identifier: MIT
#include "espalier/train/progress_bar.hpp"

#include "espalier/layer/dense.hpp"
#include "nets.hpp"

using namespace espalier;

TEST_CASE("in a file, progress is one plain line for each epoch") {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  Sequential net{Dense(1, 1)};
  ProgressBar bar("run", file);
  bar.start({.epochs = 10, .batches = 4});
  bar.batch(net, {.epoch = 1, .batch = 1, .loss = 9, .rate = 1});
  EpochReport report;
  report.epoch = 1, report.loss = 0.5, report.validation_loss = 0.25, report.validation_accuracy = 0.875;
  bar.epoch(net, report);
  report.epoch = 2, report.penalty = 1;
  bar.epoch(net, report);
  bar.finish(net);
  std::rewind(file);
  std::string text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  CHECK(text ==
        "run  epoch  1/10  loss 0.5000  validation 0.2500 (87.5 %)  0.0 s\n"
        "run  epoch  2/10  loss 0.5000  penalty 1.0000  validation 0.2500 (87.5 %)  0.0 s\n");
}
