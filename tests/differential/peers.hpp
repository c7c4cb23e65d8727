// SPDX-License-Identifier: MIT
// What other libraries make of the same weights (make_peers.py), and how ours are held against it.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "rows.hpp"
#include "trace.hpp"

namespace peers {

using espalier::Index, espalier::Scalar, espalier::Pack;
using test::Numbers;

inline const differential::Fixture& expected() {
  static const differential::Fixture fixture("tests/differential/peers.txt");
  return fixture;
}

/// The k-th number of make_peers.py: in [-2, 2), a multiple of 2^-22.
inline double number(std::uint64_t k) {
  std::uint64_t z = (k + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
  z = (z ^ z >> 27) * 0x94D049BB133111EBU;
  z ^= z >> 31;
  return (static_cast<double>(z >> 40) - 0x1p23) / 0x1p22;
}

/// Inputs of vector sets: rows of n numbers times a size.
struct Case {
  const char* name;
  double size, radius;
};
inline constexpr Case cases[] = {{"small", 0x1p-27, 0.75 * 0x1p-27},
                                 {"middle", 1, 0.75},
                                 {"large", 0x1p27, 0.75 * 0x1p27},
                                 {"outside", 0x1p27, 0.75},
                                 {"inside", 0x1p-27, 0.75}};
inline constexpr Index row_lengths[] = {1, 2, 3, 5, 17};

template <Scalar S>
Numbers<S> row_of(const std::string& name, Index n, Index row, double size = 1) {
  const std::vector<double>& all = expected()[name];
  Numbers<S> result;
  for (Index i = row * n; i < (row + 1) * n; ++i)
    result.push_back(static_cast<S>(size * all.at(static_cast<std::size_t>(i))));
  return result;
}

/// One row of a case: what it is, ours and theirs.
template <Scalar S>
struct Compared {
  Case at;
  Numbers<S> y, ours;
  Numbers<double> theirs;
};

/// f(row) for every row for which `peer` wrote results, where `ours(y, case)` is ours; in the
/// cases named in `only`, if it is not empty.
template <Scalar S, class Ours, class F>
void for_each_row(const std::string& peer, const Ours& ours, const F& f, const std::string& only = "") {
  for (const Case& at : cases) {
    if (!only.empty() && only.find(at.name) == std::string::npos) continue;
    for (const Index n : row_lengths) {
      const std::string length = std::to_string(n), name = peer + "/" + at.name + "/" + length;
      const Index rows = static_cast<Index>(expected()[name].size()) / n;
      REQUIRE(rows == 8);
      for (Index k = 0; k < rows; ++k) {
        CAPTURE(name, k);
        const Numbers<S> y = row_of<S>("rows/" + length, n, k, at.size);
        f(Compared<S>{at, y, ours(y, at), row_of<double>(name, n, k)});
      }
    }
  }
}

template <Scalar S>
double largest(const Numbers<S>& row) {
  double most = 0;
  for (const S x : row) most = std::max(most, std::abs(static_cast<double>(x)));
  return most;
}

/// How far rows are apart, theirs times a factor, in the largest number.
template <Scalar S>
double apart(const Numbers<S>& ours, const Numbers<double>& theirs, double factor = 1) {
  double most = 0;
  for (std::size_t i = 0; i < ours.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(ours[i]) - factor * theirs[i]));
  return most;
}

/// One unit in the last place of numbers between 1 and 2.
template <Scalar S>
inline constexpr double unit = static_cast<double>(std::numeric_limits<S>::epsilon());

inline constexpr Index trials = 1000, trial_length = 5;

/// Of the rows of 1,000 trials: how many of ours, in float, `holds` denies.
template <class Ours, class Holds>
Index ours_outside(const Ours& ours, const Holds& holds) {
  Index outside = 0;
  for (Index k = 0; k < trials; ++k) {
    Numbers<float> y;
    for (Index i = 0; i < trial_length; ++i)
      y.push_back(static_cast<float>(number(static_cast<std::uint64_t>(500000 + k * trial_length + i))));
    outside += !holds(ours(y));
  }
  return outside;
}

/// How many of theirs are outside.
inline double theirs_outside(const std::string& peer) { return expected()["share/" + peer].at(0); }

/// sum (x - y)^2 / t, which a step is to make least.
template <Scalar S>
double cost(const Numbers<S>& x, const Numbers<double>& y, const Numbers<double>& t) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum += std::pow(static_cast<double>(x[i]) - y[i], 2) / t[i];
  return sum;
}

/// Step sizes from 1/8 to 8.
inline Numbers<double> uneven_steps(Index n) {
  Numbers<double> t;
  for (Index i = 0; i < n; ++i) t.push_back(std::exp2(3 * number(static_cast<std::uint64_t>(i)) / 2));
  return t;
}

/// By which factor theirs costs more than ours in the metric of uneven steps, at most over all random rows;
/// and how often it costs less.
struct CostRatio {
  double most = 0;
  Index less = 0;
};
template <class P>
CostRatio cost_ratio(const std::string& peer, const auto& policy_of) {
  CostRatio ratio;
  for_each_row<double>(
      peer,
      [&](const Numbers<double>& y, const Case& at) {
        return test::projected(Pack<P>(policy_of(at)), y, uneven_steps(static_cast<Index>(y.size())));
      },
      [&](const Compared<double>& row) {
        if (row.y == row.theirs || row.y.size() < 2 || largest(row.y) == 0) return;
        const Numbers<double> t = uneven_steps(static_cast<Index>(row.y.size()));
        const double ours = cost(row.ours, row.y, t), theirs = cost(row.theirs, row.y, t);
        ratio.most = std::max(ratio.most, theirs / ours);
        ratio.less += theirs < ours * (1 - 1e-12);
      },
      "middle");
  return ratio;
}

}  // namespace peers
