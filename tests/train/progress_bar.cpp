// SPDX-License-Identifier: MIT
#include "espalier/train/progress_bar.hpp"

#include <memory>
#include <sstream>
#if __has_include(<sys/ioctl.h>)
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#endif

#include "../nets.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/optimizer.hpp"
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

TEST_CASE("What is odd about the data is said once, before the first epoch") {
  const File file(std::tmpfile(), std::fclose);
  REQUIRE(file);
  ProgressBar bar("", file.get());
  Dataset data = two_halves(10);
  data.inputs.row(1) *= 1000;
  Sequential net(Dense(2, 2));
  TrainState state;
  Optimizer optimizer{SGD{.learning_rate = 1e-9}};
  fit(net, data, CrossEntropy{}, optimizer, {.epochs = 2, .state = &state}, bar);
  fit(net, data, CrossEntropy{}, optimizer, {.epochs = 3, .state = &state}, bar);  // goes on
  const std::string text = read(file.get());
  CHECK(text.starts_with("note: feature 1 has a mean of "));
  CHECK(text.find("note", 4) == std::string::npos);
  CHECK(text.find("\nepoch 1/2") != std::string::npos);
}

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
        "digits  epoch  3/12  loss 0.25  1.3 s\n"
        "digits  epoch  3/12  loss 0.25  penalty 0.125  validation 0.5 (87.6 %)  1.3 s\n");
}

TEST_CASE("fit shows its progress") {
  const File file(std::tmpfile(), std::fclose);
  REQUIRE(file);
  auto net = Sequential(Dense(2, 2, L2{0.1}));
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{}};
  fit(net, two_halves(10), CrossEntropy{}, optimizer, {.epochs = 3, .batch = 4}, ProgressBar("", file.get()));
  const std::string text = read(file.get());
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  CHECK(text.starts_with("epoch 1/3  loss "));
  CHECK(text.find("\nepoch 3/3  loss ") != std::string::npos);
  CHECK(text.find("penalty") != std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
}

#if __has_include(<sys/ioctl.h>)

namespace {

/// A terminal of so many columns, and what was drawn on it.
class Terminal {
 public:
  explicit Terminal(unsigned short columns) : keyboard_(posix_openpt(O_RDWR | O_NOCTTY)) {
    REQUIRE(keyboard_ >= 0);
    REQUIRE(grantpt(keyboard_) == 0);
    REQUIRE(unlockpt(keyboard_) == 0);
    const int screen = open(ptsname(keyboard_), O_RDWR | O_NOCTTY);
    REQUIRE(screen >= 0);
    winsize size{};
    size.ws_col = columns;
    REQUIRE(ioctl(screen, TIOCSWINSZ, &size) == 0);
    fcntl(keyboard_, F_SETFL, O_NONBLOCK);
    file_.reset(fdopen(screen, "w"));
  }
  Terminal(const Terminal&) = delete;
  ~Terminal() { close(keyboard_); }

  std::FILE* file() { return file_.get(); }
  /// Everything since the last call.
  std::string text() {
    std::fflush(file());
    std::string result;
    char part[512];
    for (ssize_t n; (n = ::read(keyboard_, part, sizeof part)) > 0;)
      result.append(part, static_cast<std::size_t>(n));
    return result;
  }
  /// What stood on the line, one drawing after another.
  std::vector<std::string> lines() {
    std::vector<std::string> result;
    std::istringstream stream(text());
    for (std::string line; std::getline(stream, line, '\r');)
      if (!line.empty() && line != "\n") result.push_back(line);
    return result;
  }

 private:
  int keyboard_;
  File file_{nullptr, std::fclose};
};

void three_batches(ProgressBar& bar, double loss) {
  bar.start({.epochs = 60, .batches = 3});
  for (long b = 1; b <= 3; ++b) bar.batch(0, BatchReport{1, b, loss, 0.1});
}

}  // namespace

TEST_CASE("On a terminal a bar grows on one line") {
  Terminal terminal(80);
  ProgressBar bar("", terminal.file());
  three_batches(bar, 0.25);
  const auto lines = terminal.lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with("epoch  1/60 [" + std::string(10, '=') + std::string(20, ' ') + "] loss 0.25 "));
  CHECK(lines[2].starts_with("epoch  1/60 [" + std::string(30, '=') + "] loss 0.25 "));
  for (const std::string& line : lines) CHECK(line.size() == 79);  // over all of the line before
}

TEST_CASE("No line reaches the last column, whatever its label and its numbers") {
  const int columns = GENERATE(2, 20, 60, 80, 200);
  Terminal terminal(static_cast<unsigned short>(columns));
  const std::string label = "L1, NonNegative, MaxNorm ";
  ProgressBar bar(label, terminal.file());
  three_batches(bar, 12345678.9);
  EpochReport full = report();
  full.penalty = full.validation_loss = 1e-7 / 3;
  full.validation_accuracy = 1;
  bar.epoch(0, full);
  const auto lines = terminal.lines();
  REQUIRE(lines.size() == 4);
  for (const std::string& line : lines) CHECK(line.size() == static_cast<std::size_t>(columns) - 1);
  if (columns == 80) CHECK(lines[2] == label + "  epoch  1/60 [" + std::string(23, '=') + "] loss 1.235e+07");
}

TEST_CASE("A terminal that does not know its width has 80 columns") {
  Terminal terminal(0);
  ProgressBar bar("", terminal.file());
  three_batches(bar, 1);
  CHECK(terminal.lines()[0].size() == 79);
}

TEST_CASE("A bar without a plan is full, and no longer") {
  Terminal terminal(80);
  ProgressBar bar("", terminal.file());
  bar.batch(0, BatchReport{1, 1, 1, 0.1});
  bar.batch(0, BatchReport{1, 9, 1, 0.1});
  const auto lines = terminal.lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("[" + std::string(30, '=') + "]") != std::string::npos);
}

TEST_CASE("The line ends with the run, and before the message of one that throws") {
  Terminal terminal(80);
  {
    ProgressBar bar("", terminal.file());
    three_batches(bar, 1);
    CHECK(terminal.text().back() != '\n');
    bar.finish(0);
    CHECK(terminal.text() == "\r\n");
  }
  CHECK(terminal.text().empty());
  auto net = Sequential(Dense(2, 2));
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{.learning_rate = 1e37}};  // overflows in the second batch
  Dataset data = two_halves(10);
  data.inputs *= 10;
  CHECK_THROWS_AS(fit(net, data, CrossEntropy{}, optimizer, {.batch = 1}, ProgressBar("", terminal.file())),
                  NotFiniteError);
  CHECK(terminal.text().ends_with("\r\n"));
}

#endif
