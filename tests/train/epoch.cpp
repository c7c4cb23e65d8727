// SPDX-License-Identifier: MIT
// The messages and reports of an epoch, apart from whole runs, which are in tests/train/fit.cpp.
#include "espalier/train/epoch.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

/// One weight of 1; for samples of 1 with targets t the loss is (w - t)^2.
auto one_weight() {
  auto net = sequential<double>(Dense(1, 1, NoBias{}, L2{2}));
  detail::arena(net)[0] = 1;
  return net;
}
BasicDataset<double> ones(const Matrix<double>& targets) {
  BasicDataset<double> data;
  data.inputs = Matrix<double>::Ones(1, targets.cols());
  data.targets = targets;
  return data;
}

}  // namespace

TEST_CASE("A position counts epochs and steps from 1") {
  CHECK(detail::position_of(Progress{.step = 7, .steps = 40, .epoch = 2, .epochs = 10}) ==
        "fit, epoch 3, step 8");
}

TEST_CASE("A factor of a schedule is a finite number that is not negative") {
  const Progress progress{.step = 1, .steps = 4, .epoch = 0, .epochs = 1};
  for (const double wrong : {-0.1, std::nan(""), std::numeric_limits<double>::infinity()}) {
    const auto schedule = [&](const Progress&) { return wrong; };
    CHECK(message_of([&] {
            detail::factor_of(schedule, progress);
          }).starts_with("fit, epoch 1, step 2: expected a factor of the schedule >= 0 and finite, found "));
  }
  const auto schedule = [](const Progress& p) { return static_cast<double>(p.step) / 4; };
  CHECK(detail::factor_of(schedule, progress) == 0.25);
}

TEST_CASE("The factor of a schedule ends with its run, and one set by hand stays where there is none") {
  Optimizer optimizer{SGD{.learning_rate = 0.5}};
  optimizer.scale_rate(0.1);
  { const detail::ScheduledRate<decltype(optimizer)> none{optimizer, false}; }
  CHECK(optimizer.learning_rate() == Approx(0.05));
  { const detail::ScheduledRate<decltype(optimizer)> some{optimizer, true}; }
  CHECK(optimizer.learning_rate() == 0.5);
}

TEST_CASE("An epoch goes through all batches, and tells of each at the weights it met") {
  auto net = one_weight();
  const auto data = ones(Matrix<double>{{0, 0, 3}});
  Batches<double> batches(data, 2);
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  std::function<double(const Progress&)> schedule;
  Progress progress{0, 2, 0, 1};
  Matrix<double> gradient;
  std::vector<double> losses;
  const double mean =
      detail::train_epoch(net, batches, MeanSquared{}, optimizer, schedule, progress, gradient,
                          [&](const BatchReport& report) { losses.push_back(report.loss); });
  // The gradient of (w - t)^2 + w^2 is 4 w - 2 t: from 1 to 0.6, then to 0.6 - 0.1 (2.4 - 6) = 0.96.
  REQUIRE(losses.size() == 2);
  CHECK(losses[0] == Approx(1));
  CHECK(losses[1] == Approx(2.4 * 2.4));
  CHECK(mean == Approx((2 * 1 + 2.4 * 2.4) / 3));
  CHECK(net.values()[0] == Approx(0.96));
  CHECK(progress.step == 2);
}

TEST_CASE("The report has what is asked for: a training loss only where nothing better is there") {
  auto net = one_weight();
  const auto data = ones(Matrix<double>{{3}}), other = ones(Matrix<double>{{5}});
  const Optimizer optimizer{SGD{.learning_rate = 0.5}};
  const auto report = [&](const BasicFitOptions<double>& options, bool wanted) {
    const detail::FitData<double> parts({net, MeanSquared{}}, data, options);
    return detail::report_epoch(4, 0.25, net, MeanSquared{}, optimizer, parts, wanted);
  };
  const EpochReport plain = report({}, false);
  CHECK(plain.epoch == 4);
  CHECK(plain.loss == 0.25);
  CHECK(plain.penalty == 1);
  CHECK(plain.learning_rate == 0.5);
  CHECK(std::isnan(plain.training_loss));
  CHECK(std::isnan(plain.validation_loss));
  CHECK(report({}, true).training_loss == 4);
  const EpochReport validated = report({.validation_data = &other}, true);
  CHECK(std::isnan(validated.training_loss));
  CHECK(validated.validation_loss == 16);
  CHECK(std::isnan(validated.validation_accuracy));
  detail::arena(net)[0] = std::numeric_limits<double>::infinity();
  CHECK(message_of([&] { report({}, false); }) ==
        "0.weight: expected finite weights after epoch 4, found NaN or infinity");
}

TEST_CASE("A loss after an epoch that is no finite number is refused with its data") {
  CHECK(detail::require_finite_loss(1, "training", 3.5) == 3.5);
  CHECK(message_of([] { detail::require_finite_loss(2, "validation", std::nan("")); }) ==
        "fit, after epoch 2: expected a finite validation loss, found nan");
}
