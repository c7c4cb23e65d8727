// SPDX-License-Identifier: MIT
// Student's interval against tables and closed forms, and what a whole study makes of it: the interval
// covers, Holm's correction holds the family-wise error, and the default number of seeds finds a difference.
#include "study/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include "catch.hpp"
#include "study/grid.hpp"

using Catch::Approx;

namespace {

const double infinity = std::numeric_limits<double>::infinity();
const double no_number = std::numeric_limits<double>::quiet_NaN();

/// The two-sided probability by the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4, which exist where
/// `freedom` is a whole number.
double finite_sum(double t, int freedom) {
  const double angle = std::atan(t / std::sqrt(freedom)), square = std::pow(std::cos(angle), 2);
  const bool odd = freedom % 2 == 1;
  double term = odd ? std::cos(angle) : 1, sum = freedom == 1 ? 0 : term;
  for (int k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= square * (k - 1) / k;
    sum += term;
  }
  return odd ? 1 - 2 / std::numbers::pi * (angle + std::sin(angle) * sum) : 1 - std::sin(angle) * sum;
}

/// Standard normal numbers that are the same with each standard library.
struct Normal {
  std::mt19937_64 bits;
  explicit Normal(unsigned long seed) : bits(seed) {}
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
  double operator()() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
};

constexpr long studies = 2000;
/// As many as a study has unless its user names some.
const std::size_t policies = study::usual_grid().size();

/// Three standard errors of a share of `studies` that is `rate` in truth.
double within(double rate) { return 3 * std::sqrt(rate * (1 - rate) / static_cast<double>(studies)); }

/// The runs of a made-up study: the metric of a run is that of its seed, plus chance, plus `gain` for the
/// first policy. The deviation of a paired difference is 1. All differences share the unconstrained runs, as
/// in a real study. `unit` is one sample of an accuracy, to which the metric is rounded; 0: not rounded.
struct MadeUp {
  std::vector<std::vector<double>> differences{policies};

  MadeUp(Normal& normal, long seeds, double gain, double unit = 0) {
    const auto rounded = [unit](double metric) {
      return unit > 0 ? unit * std::round(metric / unit) : metric;
    };
    for (long seed = 0; seed < seeds; ++seed) {
      const double of_seed = 3 * normal();
      const auto run = [&](double more) { return rounded(of_seed + more + normal() * std::sqrt(0.5)); };
      const double unconstrained = run(0);
      for (std::size_t policy = 0; policy < policies; ++policy)
        differences[policy].push_back(run(policy == 0 ? gain : 0) - unconstrained);
    }
  }
};

/// Shares of studies in which something is so.
struct Rates {
  double covered = 0;           ///< the interval of the first policy has the true difference
  double any = 0, any_raw = 0;  ///< a policy is shown to differ, with Holm's correction and without
  double first = 0;             ///< the first is shown to be better, with the correction
};

Rates rates(unsigned long random, long seeds, double gain, double unit = 0) {
  Normal normal(random);
  Rates count;
  for (long made_up = 0; made_up < studies; ++made_up) {
    const MadeUp made(normal, seeds, gain, unit);
    std::vector<double> p(policies);
    study::Comparison first;
    for (std::size_t policy = 0; policy < policies; ++policy) {
      const study::Comparison compared = study::compare(made.differences[policy]);
      p[policy] = compared.p;
      if (policy == 0) first = compared;
    }
    const std::vector<double> corrected = study::holm(p);
    count.covered += first.low <= gain && gain <= first.high;
    count.any += *std::min_element(corrected.begin(), corrected.end()) <= 0.05;
    count.any_raw += *std::min_element(p.begin(), p.end()) <= 0.05;
    count.first += corrected[0] <= 0.05 && first.mean > 0;
  }
  for (double* share : {&count.covered, &count.any, &count.any_raw, &count.first})
    *share /= static_cast<double>(studies);
  return count;
}

/// The share of studies whose percentile bootstrap interval has the true mean 0.
double bootstrap_coverage(long seeds) {
  constexpr std::size_t resamples = 200;
  Normal normal(31);
  long covered = 0;
  for (long made_up = 0; made_up < studies; ++made_up) {
    std::vector<double> differences(static_cast<std::size_t>(seeds)), means(resamples);
    for (double& difference : differences) difference = normal();
    for (double& mean : means)
      for (long draw = 0; draw < seeds; ++draw)
        mean += differences[normal.bits() % differences.size()] / static_cast<double>(seeds);
    const auto at = [&means](double share) {
      const auto rank = means.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(resamples));
      std::nth_element(means.begin(), rank, means.end());
      return *rank;
    };
    covered += at(0.025) <= 0 && 0 <= at(0.975);
  }
  return static_cast<double>(covered) / static_cast<double>(studies);
}

}  // namespace

TEST_CASE("The quantiles of Student's t are those of its table") {
  struct Row {
    double freedom, at_0_975, at_0_995;
  };
  for (const Row& row : {Row{1, 12.706205, 63.656741}, Row{2, 4.302653, 9.924843}, Row{3, 3.182446, 5.840909},
                         Row{4, 2.776445, 4.604095}, Row{9, 2.262157, 3.249836}, Row{10, 2.228139, 3.169273},
                         Row{20, 2.085963, 2.845340}, Row{30, 2.042272, 2.749996}}) {
    INFO(row.freedom);
    CHECK(study::critical_t(0.05, row.freedom) == Approx(row.at_0_975).margin(1e-6));
    CHECK(study::critical_t(0.01, row.freedom) == Approx(row.at_0_995).margin(1e-6));
  }
}

TEST_CASE("The probability beyond t is that of the finite sums for whole degrees of freedom") {
  for (int freedom = 1; freedom <= 40; ++freedom)
    for (const double t : {0.0, 1e-6, 0.1, 0.7, 1.0, 2.0, 3.5, 6.0, 20.0}) {
      INFO(freedom << " degrees of freedom, t " << t);
      CHECK(study::two_sided_p(t, freedom) == Approx(finite_sum(t, freedom)).margin(1e-13));
      CHECK(study::two_sided_p(-t, freedom) == study::two_sided_p(t, freedom));
    }
}

TEST_CASE("A probability that is tiny keeps its digits") {
  // One degree of freedom: 1 - 2 atan(t) / pi, which is 2 atan(1 / t) / pi.
  CHECK(study::two_sided_p(1e8, 1) == Approx(2 / std::numbers::pi * std::atan(1e-8)).epsilon(1e-12));
  // Two: 1 - t / r with r = sqrt(2 + t t), which is 2 / (r (r + t)).
  const double t = 1e6, r = std::sqrt(2 + t * t);
  CHECK(study::two_sided_p(t, 2) == Approx(2 / (r * (r + t))).epsilon(1e-12));
  CHECK(study::two_sided_p(infinity, 5) == 0);
}

TEST_CASE("With many degrees of freedom t is normal") {
  for (const double t : {0.5, 1.959964, 4.0})
    CHECK(study::two_sided_p(t, 1e7) == Approx(std::erfc(t / std::sqrt(2.0))).epsilon(1e-5));
  CHECK(study::critical_t(0.05, 1e7) == Approx(1.959964).margin(1e-5));
}

TEST_CASE("The critical t is exceeded with its probability") {
  for (const double freedom : {1.0, 2.0, 4.5, 9.0, 100.0})
    for (const double p : {0.999, 0.5, 0.05, 0.00625, 1e-6, 1e-12}) {
      INFO(freedom << " degrees of freedom, p " << p);
      CHECK(study::two_sided_p(study::critical_t(p, freedom), freedom) == Approx(p).epsilon(1e-9));
    }
  CHECK(study::critical_t(1, 5) == 0);
  CHECK(study::critical_t(0, 5) == infinity);
  CHECK(study::critical_t(0.05, 0) == infinity);
}

TEST_CASE("Student's own example has the interval and the p-value that are known for it") {
  // Cushny and Peebles' hours of sleep, from Student (1908); t is 4.0621.
  const std::vector<double> hours{1.2, 2.4, 1.3, 1.3, 0, 1.0, 1.8, 0.8, 4.6, 1.4};
  const study::Comparison compared = study::compare(hours);
  CHECK(compared.pairs == 10);
  CHECK(compared.mean == Approx(1.58));
  CHECK(compared.deviation == Approx(1.229995).margin(1e-6));
  CHECK(compared.low == Approx(0.7001142).margin(1e-7));
  CHECK(compared.high == Approx(2.4598858).margin(1e-7));
  CHECK(compared.p == Approx(0.002833).margin(5e-7));
  // The interval of coverage 1 - p ends at 0.
  CHECK(study::compare(hours, 1 - compared.p).low == Approx(0).margin(1e-9));
}

TEST_CASE("Differences that are not numbers are left out of a comparison") {
  const std::vector<double> whole{0.5, -1, 2}, gaps{no_number, 0.5, -1, infinity, 2, -infinity};
  const study::Comparison expected = study::compare(whole), compared = study::compare(gaps);
  CHECK(compared.pairs == 3);
  CHECK(compared.mean == expected.mean);
  CHECK(compared.low == expected.low);
  CHECK(compared.p == expected.p);
}

TEST_CASE("Fewer than two pairs say nothing") {
  for (const auto& few : std::vector<std::vector<double>>{{}, {no_number}, {0.25}}) {
    const study::Comparison compared = study::compare(few);
    CHECK(compared.low == -infinity);
    CHECK(compared.high == infinity);
    CHECK(compared.p == 1);
    CHECK(compared.deviation == 0);
  }
  CHECK(study::compare(std::vector{0.25}).mean == 0.25);
  CHECK(study::compare(std::vector{0.25}).pairs == 1);
}

TEST_CASE("Equal differences are compared without a division by zero") {
  const study::Comparison same = study::compare(std::vector<double>(10, 0.0));
  CHECK(same.p == 1);
  CHECK((same.low == 0 && same.mean == 0 && same.high == 0));
  // Ten signs that are all the same: 2 of 2^10 outcomes. The differences agree up to rounding only.
  const std::vector<double> tenths{0.5 - 0.4, 0.4 - 0.3, 0.3 - 0.2, 0.9 - 0.8, 0.7 - 0.6,
                                   0.6 - 0.5, 0.2 - 0.1, 0.8 - 0.7, 1.0 - 0.9, 0.1};
  const study::Comparison shifted = study::compare(tenths);
  CHECK(shifted.p == 2.0 / 1024);
  CHECK(shifted.deviation == 0);
  CHECK(shifted.low == Approx(0.1));
  CHECK(shifted.high == shifted.low);
  CHECK(study::compare(std::vector<double>(3, -1.0)).p == 0.25);
}

TEST_CASE("Holm's correction gives the values of a worked example in the order of the p-values") {
  const std::vector<double> p{0.01, 0.04, 0.03, 0.005};
  const std::vector<double> corrected = study::holm(p);
  CHECK(corrected[3] == Approx(4 * 0.005));
  CHECK(corrected[0] == Approx(3 * 0.01));
  CHECK(corrected[2] == Approx(2 * 0.03));
  CHECK(corrected[1] == Approx(2 * 0.03));  // not below that of a smaller p-value
  CHECK(study::holm(std::vector{0.6, 0.9}) == std::vector{1.0, 1.0});
  CHECK(study::holm(std::vector<double>{}).empty());
  CHECK(study::holm(std::vector{no_number, 0.01}) == std::vector{1.0, 0.02});
}

TEST_CASE("The smallest visible mean has a p-value of the first of Holm's thresholds") {
  // Seeds symmetrical around the mean, scaled to deviation 1.
  for (const long pairs : {4L, 10L, 20L}) {
    const double visible = study::smallest_visible(pairs, 8);
    const double spread = std::sqrt(static_cast<double>(pairs - 1) / static_cast<double>(pairs));
    std::vector<double> differences;
    for (long pair = 0; pair < pairs; ++pair)
      differences.push_back(visible + (pair % 2 == 0 ? spread : -spread));
    CHECK(study::compare(differences).p == Approx(0.05 / 8).epsilon(1e-9));
  }
  CHECK(study::smallest_visible(1, 8) == infinity);
  // One comparison of 10 pairs: the table's 2.262157.
  CHECK(study::smallest_visible(10, 1) == Approx(2.262157 / std::sqrt(10.0)).epsilon(1e-6));
}

TEST_CASE("The default number of seeds shows what its comment says") {
  const auto visible = [](long seeds) { return study::smallest_visible(seeds, static_cast<long>(policies)); };
  CHECK(policies == 10);
  CHECK(visible(study::default_seeds) == Approx(1.2).margin(0.05));
  CHECK(visible(5) == Approx(2.5).margin(0.05));
  CHECK(visible(3) == Approx(8).margin(0.5));
}

TEST_CASE("The interval covers the true difference at its rate, and Holm's correction holds the error") {
  const Rates none = rates(1, study::default_seeds, 0);
  CHECK(std::abs(none.covered - 0.95) < within(0.95));
  CHECK(none.any <= 0.05 + within(0.05));
  CHECK(none.any_raw > 0.15);  // what Holm corrects
  CHECK(std::abs(rates(2, study::default_seeds, 1.5).covered - 0.95) < within(0.95));
  CHECK(std::abs(rates(3, 3, 0.5).covered - 0.95) < within(0.95));
}

TEST_CASE(
    "A difference of two deviations is found with the default number of seeds, and with few it is not") {
  CHECK(rates(6, study::default_seeds, 2).first > 0.9);
  CHECK(rates(7, 5, 2).first < 0.5);
  CHECK(rates(8, 3, 2).first < 0.2);
}

TEST_CASE("Accuracies of few samples, with many equal differences, keep the interval and the error") {
  // A sample is 1 or 3 deviations: with 3 more than half of the differences are 0.
  for (const double unit : {1.0, 3.0}) {
    INFO("a sample is " << unit << " deviations");
    const Rates none = rates(9, study::default_seeds, 0, unit);
    CHECK(none.covered >= 0.95 - within(0.95));
    CHECK(none.any <= 0.05 + within(0.05));
    // A true difference of one sample.
    CHECK(rates(10, study::default_seeds, unit, unit).covered >= 0.95 - within(0.95));
    // Three seeds often have equal differences by chance.
    CHECK(rates(11, 3, 0, unit).any <= 0.05 + within(0.05));
  }
  CHECK(rates(12, study::default_seeds, 2, 1.0).first > 0.8);
}

TEST_CASE("A percentile bootstrap covers too seldom with few seeds, so it does not replace Student's") {
  CHECK(bootstrap_coverage(5) < 0.95 - 5 * within(0.95));
  CHECK(bootstrap_coverage(study::default_seeds) < 0.95 - within(0.95));
}
