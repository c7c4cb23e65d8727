// SPDX-License-Identifier: MIT
// Which decay goes with which learning rate: Adam on ridge regression, over a grid of both, where the decay
// of a step contains the rate, where it does not, and where it is a penalty.
#include <espalier/espalier.hpp>

#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <optional>

#include "../arguments.hpp"
#include "heat_map.hpp"
#include "summary.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(decoupled_decay: test errors of a linear model of 1000 inputs and 200 samples, trained by Adam, over rates and decays
  --seeds N        of the data and the first weights (default 3)
  --steps N        all samples in each, the rate along half a cosine (default 2000)
  --noise X        standard deviation, beside 1 of what the inputs say (default 0.1)
  --start X        norm of the first weights, beside 1 of the true ones (default 1)
  --picture FILE   the grids of the first seed as SVG
  --quick          a small problem, and whether the two forms of decay are one in other coordinates
)";

struct Problem {
  esp::Dataset train;
  esp::Vector<float> truth, start;
  double noise = 0;
  long steps = 0;
  double best = 0;  ///< what ridge regression comes to with its best penalty, by a closed form

  double test_error(const esp::Vector<float>& w) const {  // inputs are independent, of variance 1
    return static_cast<double>((w - truth).squaredNorm()) + noise * noise;
  }
  double zero_error() const { return 1 + noise * noise; }
};

struct Size {
  esp::Index inputs = 1000, samples = 200;
  double noise = 0.1, start = 1;
  long steps = 2000;
};

/// W = X (X'X + penalty)^-1 y, the best of many penalties.
double best_ridge(const Problem& p) {
  const Eigen::MatrixXd x = p.train.inputs.cast<double>(), y = p.train.targets.cast<double>();
  const Eigen::MatrixXd gram = x.transpose() * x;
  double best = p.zero_error();
  for (double penalty = 1e-2; penalty < 1e5; penalty *= 1.2) {
    const Eigen::MatrixXd ridge = gram + penalty * Eigen::MatrixXd::Identity(gram.rows(), gram.cols());
    const Eigen::VectorXd w = x * ridge.partialPivLu().solve(y.transpose());
    best = std::min(best, p.test_error(w.cast<float>()));
  }
  return best;
}

Problem made_up(const Size& size, std::uint64_t seed) {
  esp::Rng rng{seed};
  const auto normal = [&] { return static_cast<float>(rng.normal()); };
  Problem p{
      .train = {},
      .truth = {},
      .start = {},
      .noise = size.noise,
      .steps = size.steps,
  };
  p.truth = esp::Vector<float>::NullaryExpr(size.inputs, normal);
  p.truth.normalize();
  p.start =
      esp::Vector<float>::NullaryExpr(size.inputs, normal).normalized() * static_cast<float>(size.start);
  p.train.inputs = esp::Matrix<float>::NullaryExpr(size.inputs, size.samples, normal);
  p.train.targets = p.truth.transpose() * p.train.inputs;
  for (float& y : p.train.targets.reshaped()) y += static_cast<float>(size.noise) * normal();
  p.best = best_ridge(p);
  return p;
}

/// The error after training under the policy; infinite where a decay would change the sign of weights.
template <class Policy>
double train_under(const Policy& policy, const Problem& p, double rate) try {
  esp::Sequential net{esp::Dense(p.train.features(), 1, policy, esp::NoBias{})};
  assign(net, "0.weight", p.start.transpose());
  fit(net, p.train, esp::MeanSquared{}, esp::Adam{.learning_rate = rate},
      {.epochs = p.steps,
       .batch = p.train.samples(),
       .shuffle = false,
       .schedule = esp::CosineDecay{},
       .threads = 1});
  return p.test_error(parameter(net, "0.weight").transpose());
} catch (const esp::ValueError&) {
  return HUGE_VAL;
}

/// A form of decay, and which powers of two are tried.
struct Form {
  std::string name, step;
  int least, most;
  double (*train)(const Problem& p, double rate, double decay);
};
const std::vector<Form> forms{
    {"WeightDecay{d}", "w *= 1 - rate d", -4, 10,
     [](const Problem& p, double rate, double d) { return train_under(esp::WeightDecay{d}, p, rate); }},
    {"WeightDecay{d, .schedule_only = true}", "w *= 1 - schedule d", -14, 0,
     [](const Problem& p, double rate, double d) {
       return train_under(esp::WeightDecay{.strength = d, .schedule_only = true}, p, rate);
     }},
    {"L2{d}", "gradient + d w", -10, 4,
     [](const Problem& p, double rate, double d) { return train_under(esp::L2{d}, p, rate); }}};

/// Test errors, decays x rates. The last rate is the largest, as the last decay.
struct Grid {
  std::vector<int> rates, decays;  ///< powers of two
  Eigen::MatrixXd errors;
};

Grid run(const Problem& p, const Form& form, const std::vector<int>& rates) {
  Grid grid{rates, {}, {}};
  for (int k = form.least; k <= form.most; ++k) grid.decays.push_back(k);
  grid.errors.setConstant(static_cast<esp::Index>(grid.decays.size()), static_cast<esp::Index>(rates.size()),
                          HUGE_VAL);
  for (std::size_t i = 0; i < grid.decays.size(); ++i)
    for (std::size_t j = 0; j < rates.size(); ++j)
      grid.errors(static_cast<esp::Index>(i), static_cast<esp::Index>(j)) =
          form.train(p, std::exp2(rates[j]), std::exp2(grid.decays[i]));
  return grid;
}

/// As good as this or better: a quarter of what the best of the grid gains over no model.
double good(const Problem& p, const Grid& grid) {
  return p.zero_error() - (p.zero_error() - grid.errors.minCoeff()) / 4;
}

/// Of one rate: where the good region begins and ends, and its best decay, as powers of two. Nothing where
/// it ends outside of the grid, or where decays end that keep the sign of weights.
struct Column {
  std::optional<double> lowest, best, highest;
};

Column column_of(const Grid& grid, esp::Index j, double limit) {
  const Eigen::ArrayXd errors = grid.errors.col(j);
  const esp::Index n = errors.size();
  esp::Index best = 0;
  if (!(errors.minCoeff(&best) <= limit)) return {};
  const auto power = [&](double i) { return grid.decays.front() + i; };
  const auto crossing = [&](esp::Index in, esp::Index out) {  // between neighbors, linearly
    const double share = (limit - errors(in)) / (errors(out) - errors(in));
    return power(static_cast<double>(in) + static_cast<double>(out - in) * share);
  };
  Column column;
  if (best > 0 && best + 1 < n) column.best = power(static_cast<double>(best));
  esp::Index low = best, high = best;
  while (low > 0 && errors(low - 1) <= limit) --low;
  while (high + 1 < n && errors(high + 1) <= limit) ++high;
  if (low > 0) column.lowest = crossing(low, low - 1);
  if (high + 1 < n && errors(high + 1) < HUGE_VAL) column.highest = crossing(high, high + 1);
  return column;
}

/// Slope of the line of least squares through (power of the rate, power of the decay).
std::optional<double> slope(const Grid& grid, double limit, std::optional<double> Column::*what) {
  std::vector<std::pair<double, double>> points;
  for (std::size_t j = 0; j < grid.rates.size(); ++j)
    if (const auto y = column_of(grid, static_cast<esp::Index>(j), limit).*what)
      points.emplace_back(grid.rates[j], *y);
  if (points.size() < 3) return {};
  double x_mean = 0, y_mean = 0, xx = 0, xy = 0;
  const auto n = static_cast<double>(points.size());
  for (const auto& [x, y] : points) x_mean += x / n, y_mean += y / n;
  for (const auto& [x, y] : points) xx += (x - x_mean) * (x - x_mean), xy += (x - x_mean) * (y - y_mean);
  return xy / xx;
}

void print(const Form& form, const Grid& grid, double limit) {
  fmt::print("\n{}: {}\n  decay", form.name, form.step);
  for (const int rate : grid.rates) fmt::print("{:>8}", fmt::format("2^{}", rate));
  fmt::print("  = rate\n");
  for (std::size_t i = grid.decays.size(); i-- > 0;) {
    fmt::print("  {:<5}", fmt::format("2^{}", grid.decays[i]));
    for (std::size_t j = 0; j < grid.rates.size(); ++j) {
      const double error = grid.errors(static_cast<esp::Index>(i), static_cast<esp::Index>(j));
      fmt::print("{:>8}",
                 std::isinf(error) ? "-" : fmt::format("{:.3g}{}", error, error <= limit ? "*" : " "));
    }
    fmt::print("\n");
  }
}

/// The fuller a cell, the nearer its error to the best ridge regression; empty where no model at all is
/// better. Dots: the good region.
Panel panel_of(const Form& form, const Grid& grid, const Problem& p) {
  return {.title = {form.name, form.step},
          .columns = grid.rates,
          .rows = grid.decays,
          .fill = (p.zero_error() - grid.errors.array()) / (p.zero_error() - p.best),
          .dots = grid.errors.array() <= good(p, grid)};
}

/// With decay d of the one form and rate times d of the other all steps are the same, but for rounding.
bool forms_agree(const Problem& p) {
  double farthest = 0;
  for (const double rate : {0.01, 0.1})
    for (const double decay : {0.1, 1.0})
      farthest = std::max(farthest,
                          std::abs(forms[0].train(p, rate, decay) - forms[1].train(p, rate, rate * decay)));
  fmt::print("one form in the coordinates of the other: errors differ by {:.1e}\n", farthest);
  return farthest < 1e-3;
}

/// Slopes of the seeds, of the three lines of a form.
using Slopes = std::array<std::vector<double>, 3>;

void print_slopes(const std::vector<Slopes>& slopes) {
  fmt::print("\nslope of log decay by log rate          {:>26}{:>26}{:>26}", "least good decay", "best decay",
             "largest good decay");
  for (std::size_t f = 0; f < forms.size(); ++f) {
    fmt::print("\n{:<40}", forms[f].name);
    for (const auto& s : slopes[f])
      fmt::print("{:>26}", s.empty() ? "-" : fmt::format("{} ({})", Summary(s).difference(), s.size()));
  }
  fmt::print(
      "\nmean and half its 95 % interval (seeds with 3 rates or more where it is inside of the grid)\n");
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const bool quick = arguments.has("--quick");
  Size size{.noise = arguments.real("--noise", 0.1),
            .start = arguments.real("--start", 1),
            .steps = arguments.number("--steps", quick ? 100 : 2000)};
  if (quick) size.inputs = 40, size.samples = 20;
  if (quick && !forms_agree(made_up(size, 1))) return 1;
  std::vector<int> rates;
  for (int k = quick ? -6 : -12; k <= -4; ++k) rates.push_back(k);

  std::vector<Slopes> slopes(forms.size());
  std::vector<Panel> panels;
  for (long seed = 1; seed <= arguments.number("--seeds", quick ? 1 : 3); ++seed) {
    const Problem p = made_up(size, static_cast<std::uint64_t>(seed));
    fmt::print("seed {}: best ridge regression {:.3f}, no model {:.3f}\n", seed, p.best, p.zero_error());
    for (std::size_t f = 0; f < forms.size(); ++f) {
      const Grid grid = run(p, forms[f], rates);
      if (seed == 1) print(forms[f], grid, good(p, grid)), panels.push_back(panel_of(forms[f], grid, p));
      const std::array lines{&Column::lowest, &Column::best, &Column::highest};
      for (std::size_t k = 0; k < lines.size(); ++k)
        if (const auto found = slope(grid, good(p, grid), lines[k])) slopes[f][k].push_back(*found);
    }
    if (seed == 1 && arguments.has("--picture")) write_heat_maps(arguments.text("--picture", ""), panels);
    std::fflush(stdout);
  }
  print_slopes(slopes);
} catch (const std::exception& error) {
  return failed(error);
}
