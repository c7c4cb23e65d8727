// SPDX-License-Identifier: MIT
#include "espalier/report/html_report.hpp"

#include "../data/files.hpp"
#include "../nets.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/data/file.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"
#include "espalier/train/norm_log.hpp"
#include "xml.hpp"

using namespace espalier;

namespace {

auto some_net() {
  auto net = sequential<double>(Dense(2, 4, L1{1e-3}, MaxNorm{1}), Tanh{}, Dense(4, 2));
  initialize(net, {.seed = 1});
  return net;
}

std::vector<Element> page_at(const std::filesystem::path& path) {
  return elements_of(detail::read_file(path));
}

bool has(const std::vector<Element>& all, const std::string& name, const std::string& text) {
  return std::any_of(all.begin(), all.end(),
                     [&](const Element& e) { return e.name == name && e.text.find(text) != e.text.npos; });
}

/// Does the chart show these values, one after another?
void check_line(const std::vector<Element>& page, const std::string& title, const std::string& name,
                const std::vector<double>& values) {
  CAPTURE(title, name);
  const DrawnLine line = line_in(page, title, name);
  REQUIRE(line.points.size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(drawn_as(line, line.points[i].y, values[i]));
}

std::vector<double> column(const History& history, double EpochReport::*number) {
  std::vector<double> all;
  for (const EpochReport& report : history) all.push_back(report.*number);
  return all;
}

/// Looks at the page while the run goes on, adds a number of its own, and may end the run as a crash does.
struct Watcher {
  HtmlReport& report;
  long crash = -1;  ///< before this epoch's page
  std::vector<std::string> states{};
  std::vector<double> added{};

  void epoch(const auto&, const EpochReport& e) {
    if (e.epoch == crash) throw std::runtime_error("crash");
    for (const Element& element : page_at(report.path()))
      if (element.attributes.contains("class") && element.attributes.at("class") == "state")
        states.push_back(element.text);
    added.push_back(static_cast<double>(e.epoch * e.epoch));
    report.add("square <1>", added.back());
  }
};

/// One `fit` for all tests, which takes long to compile.
struct Run {
  HtmlReport& report;
  decltype(some_net()) net = some_net();
  Optimizer<SGD> optimizer{SGD{.learning_rate = 0.5}};
  Watcher watcher{report};
  NormLog norms{};

  History operator()(const BasicFitOptions<double>& options) {
    return fit(net, two_halves<double>(60), CrossEntropy{}, optimizer, options, watcher, report, norms);
  }
};

}  // namespace

TEST_CASE("the charts of a run are its history, its norms and its zeros, rewritten at each epoch") {
  const TemporaryDirectory directory;
  HtmlReport report(directory / "run.html", {.title = "Halves"});
  Run run{report};
  const History history = run({.epochs = 6, .batch = 20, .validation = 0.25});
  const NormLog& norms = run.norms;
  const auto page = page_at(report.path());
  check_line(page, "Loss", "training, mean over the epoch", column(history, &EpochReport::loss));
  check_line(page, "Loss", "validation", column(history, &EpochReport::validation_loss));
  check_line(page, "Loss", "penalty", column(history, &EpochReport::penalty));
  check_line(page, "Metrics", "validation accuracy", column(history, &EpochReport::validation_accuracy));
  check_line(page, "Metrics", "square <1>", run.watcher.added);
  check_line(page, "Learning rate", "learning rate", column(history, &EpochReport::learning_rate));
  std::vector<double> weights, gradients;
  for (std::size_t k = 0; k + 3 < norms.records.size(); k += 4) {
    weights.push_back(std::hypot(norms.records[k].weight, norms.records[k + 1].weight));
    gradients.push_back(std::hypot(norms.records[k + 2].gradient, norms.records[k + 3].gradient));
  }
  check_line(page, "Norms of weights", "0 Dense", weights);
  check_line(page, "Norms of gradients", "2 Dense", gradients);
  CHECK(run.watcher.states == std::vector<std::string>{"Epoch 0 of 6, running.", "Epoch 1 of 6, running.",
                                                       "Epoch 2 of 6, running.", "Epoch 3 of 6, running.",
                                                       "Epoch 4 of 6, running.", "Epoch 5 of 6, running."});
  CHECK(has(page, "p", "Epoch 6 of 6, finished."));
  CHECK(has(page, "h1", "Halves"));
  const PolicyAudit l1 = audit(run.net).parameters[0].policies[0];
  CHECK(line_in(page, "Share that a policy changed", "0.weight L1").points.back().y ==
        Catch::Approx(100 * l1.active_fraction).margin(0.1));
}

TEST_CASE("a run of one epoch without validation data has a page") {
  const TemporaryDirectory directory;
  HtmlReport report(directory / "a & b <c>.html");
  const History history = Run{report}({.epochs = 1});
  const auto page = page_at(report.path());
  check_line(page, "Loss", "training, mean over the epoch", {history[0].loss});
  CHECK(has(page, "h1", "a & b <c>.html"));
  CHECK(line_in(page, "Metrics", "validation accuracy").points.empty());
}

TEST_CASE("a file that cannot be written and options that make no sense are told before the first step") {
  const TemporaryDirectory directory;
  const auto unharmed = [&](const std::filesystem::path& path, const HtmlReportOptions& options) {
    HtmlReport report(path, options);
    Run run{report};
    const auto before = run.net;
    const std::string message = message_of([&] { run({.epochs = 2}); });
    CHECK(run.net == before);
    CHECK(run.optimizer.steps() == 0);
    return message;
  };
  const std::string none = (directory / "none/run.html").string();
  CHECK(unharmed(none, {}) ==
        none + ": expected a file that can be written, found No such file or directory");
  HtmlReport nowhere("");
  CHECK_THROWS_AS(Run{nowhere}({}), FileError);
  CHECK(unharmed(directory / "x", {.every = 0}) == "HtmlReport: expected every >= 1 epochs, found 0");
  CHECK(unharmed(directory / "x", {.image = Image{0, 3}})
            .starts_with("HtmlReport: expected an image of at least"));
  CHECK_FALSE(std::filesystem::exists(directory / "x"));
}

TEST_CASE("the page of a run that threw says so, and does not ask to be loaded again") {
  const TemporaryDirectory directory;
  {
    HtmlReport report(directory / "run.html");
    Run run{report};
    run.watcher.crash = 3;
    CHECK_THROWS_AS(run({.epochs = 9}), std::runtime_error);
  }
  CHECK(has(page_at(directory / "run.html"), "p", "Epoch 2 of 9, broken off by an error."));
  {
    HtmlReport report(directory / "copied.html");
    report.start({.epochs = 9});
    { const HtmlReport copy = report; }  // has no run of its own
    CHECK(has(page_at(directory / "copied.html"), "p", "Epoch 0 of 9, running."));
  }
  CHECK(has(page_at(directory / "copied.html"), "p", "Epoch 0 of 9, broken off by an error."));
  CHECK(detail::read_file(directory / "run.html").find("http-equiv") == std::string::npos);
}

TEST_CASE("with .every the page is written at those epochs and at the end") {
  const TemporaryDirectory directory;
  HtmlReport report(directory / "run.html", {.every = 3});
  Run run{report};
  run({.epochs = 5});
  CHECK(run.watcher.states[2] == "Epoch 0 of 5, running.");
  CHECK(run.watcher.states[3] == "Epoch 3 of 5, running.");
  CHECK(has(page_at(report.path()), "p", "Epoch 5 of 5, finished."));
}

TEST_CASE("a report goes on from what it kept, and a run begun anew has a new one") {
  const TemporaryDirectory directory;
  TrainState state;
  HtmlReport first(directory / "run.html"), second(directory / "run.html");
  Run run{first};
  run({.epochs = 3, .state = &state});
  std::vector<std::vector<double>> kept;
  HtmlReport::each_state(std::as_const(first), [&](std::string_view, const auto& x) { kept.push_back(x); });
  HtmlReport::each_state(second,
                         [&, k = std::size_t{0}](std::string_view, auto& x) mutable { x = kept.at(k++); });
  Run rest{second, run.net, run.optimizer};
  const History history = rest({.epochs = 5, .state = &state});
  REQUIRE(history.size() == 5);
  check_line(page_at(second.path()), "Loss", "training, mean over the epoch",
             column(history, &EpochReport::loss));
  check_line(page_at(second.path()), "Metrics", "square <1>", {1, 4, 9, 16, 25});
  rest({.epochs = 2});
  CHECK(line_in(page_at(second.path()), "Loss", "training, mean over the epoch").points.size() == 2);
}

TEST_CASE("a convolution's kernels and a dense layer's rows are shown as pictures") {
  Sequential convolution(Conv2D(Image{4, 5, 3}, 6, Kernel{2, 3}), ReLU{}, Dense(54, 2));
  initialize(convolution, {.seed = 1});
  const auto filters = detail::filters_of(convolution, {});
  REQUIRE(filters);
  CHECK(filters->shape == Image{2, 3, 3});
  const Eigen::MatrixXf weight = parameter(convolution, "0.weight");
  REQUIRE(filters->weights.size() == 6 * 18);
  for (Index j = 0; j < 6; ++j)
    for (Index i = 0; i < 18; ++i)
      CHECK(filters->weights[static_cast<std::size_t>(j * 18 + i)] == static_cast<double>(weight(j, i)));

  const auto net = some_net();
  CHECK_FALSE(detail::filters_of(net, {}));
  CHECK(detail::filters_of(net, Image{1, 2})->weights.size() == 8);
  CHECK(detail::filters_of(net, Image{3, 3})->weights.empty());
}
