// SPDX-License-Identifier: MIT
#include "espalier/train/progress_bar.hpp"

#include <memory>

#include "../nets.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::string read(std::FILE* file) {
  std::rewind(file);
  std::string text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  return text;
}

EpochReport report() {
  EpochReport result;
  result.epoch = 3;
  result.loss = 0.25;
  result.seconds = 1.26;
  return result;
}

}  // namespace

TEST_CASE("Where there is no terminal, every epoch is a plain line") {
  const File file(std::tmpfile(), std::fclose);
  REQUIRE(file);
  ProgressBar bar("digits", file.get());
  bar.start({.epochs = 12, .batches = 2});
  bar.batch(0, BatchReport{1, 1, 0.5, 0.1});
  bar.epoch(0, report());
  EpochReport full = report();
  full.penalty = 0.125;
  full.validation_loss = 0.5;
  full.validation_accuracy = 0.876;
  bar.epoch(0, full);
  bar.finish(0);
  CHECK(read(file.get()) ==
        "digits  epoch  3/12  loss 0.2500  1.3 s\n"
        "digits  epoch  3/12  loss 0.2500  penalty 0.1250  validation 0.5000 (87.6 %)  1.3 s\n");
}

TEST_CASE("fit shows its progress") {
  const File file(std::tmpfile(), std::fclose);
  REQUIRE(file);
  auto net = Sequential(Dense(2, 2, L2{0.1}));
  initialise(net, Rng{1});
  SGD optimizer;
  fit(net, two_halves(10), CrossEntropy{}, optimizer, {.epochs = 3, .batch = 4}, ProgressBar("", file.get()));
  const std::string text = read(file.get());
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  CHECK(text.starts_with("epoch 1/3  loss "));
  CHECK(text.find("\nepoch 3/3  loss ") != std::string::npos);
  CHECK(text.find("penalty") != std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
}
