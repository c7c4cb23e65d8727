// SPDX-License-Identifier: MIT
// The proofs of check_policy for a map of whole matrices, W = weight(P).
#pragma once

#include <cmath>
#include <functional>
#include <limits>

#include "espalier/core/policy.hpp"
#include "espalier/pack/matrix_maps.hpp"
#include "espalier/testing/check_derivative.hpp"
#include "espalier/testing/checked_pack.hpp"
#include "espalier/testing/policy_report.hpp"

namespace espalier::detail {

/// The members of a map of matrices in one precision, without its type. `beside` are the numbers beside P.
template <Scalar S>
struct CheckedMembers {
  using Numbers = CheckedNumbers<S>;

  std::function<Numbers(const Numbers& p, const Numbers& beside, Index rows, Index cols)> weight;
  /// Turns W into P.
  std::function<bool(Numbers& w, Numbers& beside, Index rows, Index cols)> parameter;
  /// What dW becomes, and the gradient of the numbers beside P if they are trained.
  std::function<void(const Numbers& p, const Numbers& beside, Numbers& dw, Numbers& d_beside, Index rows,
                     Index cols)>
      pull_back;
  std::function<bool(const Numbers& w, Index rows, Index cols)> promises;  ///< null: it promises nothing
};

struct CheckedMatrixMap {
  CheckedMembers<float> single;
  CheckedMembers<double> twice;
  std::function<Index(Index rows, Index cols)> beside;
  bool trains_beside = false;
};

template <Scalar S, MatrixMap P>
CheckedMembers<S> members_of(const P& map) {
  using Numbers = CheckedNumbers<S>;
  CheckedMembers<S> members;
  members.weight = [map](const Numbers& p, const Numbers& beside, Index rows, Index cols) {
    Numbers w(p.size());
    map_weight(map, Block<const S>{p.data(), rows, cols}, beside.data(), Block<S>{w.data(), rows, cols});
    return w;
  };
  members.parameter = [map](Numbers& w, Numbers& beside, Index rows, Index cols) {
    return map_parameter(map, Block<S>{w.data(), rows, cols}, beside.data());
  };
  members.pull_back = [map](const Numbers& p, const Numbers& beside, Numbers& dw, Numbers& d_beside,
                            Index rows, Index cols) {
    const Block<const S> stored{p.data(), rows, cols};
    Numbers w(p.size());
    map_weight(map, stored, beside.data(), Block<S>{w.data(), rows, cols});
    map_pull_back(map, stored, beside.data(), Block<const S>{w.data(), rows, cols},
                  Block<S>{dw.data(), rows, cols}, d_beside.data());
  };
  if constexpr (requires(Block<const S> w) { map.promises(w); })
    members.promises = [map](const Numbers& w, Index rows, Index cols) {
      return map.promises(Block<const S>{w.data(), rows, cols});
    };
  return members;
}
template <MatrixMap P>
CheckedMatrixMap checked_matrix_map(const P& map) {
  CheckedMatrixMap checked{members_of<float>(map), members_of<double>(map),
                           [map](Index rows, Index cols) { return beside_of(map, rows, cols); }};
  if constexpr (HasNumbersBeside<P>) checked.trains_beside = P::trains_beside;
  return checked;
}

/// The proofs on weights of one shape.
class MatrixMapCheck {
 public:
  using Numbers = CheckedNumbers<double>;

  MatrixMapCheck(const CheckedMatrixMap& map, Index rows, Index cols, Rng& rng, PolicyReport& report)
      : map_(map),
        rows_(rows),
        cols_(cols),
        beside_(static_cast<std::size_t>(map.beside(rows, cols))),
        inputs_(rng, static_cast<std::size_t>(rows * cols)),
        report_(report) {}

  void operator()(const CheckedSizes& sizes) {
    for (const double scale : {0.1, 1.0, 10.0})
      for (long trial = 0; trial < sizes.trials; ++trial) {
        const Numbers stored = start(scale);
        const Numbers w = map_.twice.weight(stored, beside_, rows_, cols_);
        way_back(w), in_float(stored, w), pulled_back(stored);
      }
    for (double scale = sizes.smallest; scale <= sizes.largest; scale *= 1e3)
      for (long trial = 0; trial < sizes.trials; ++trial) promise(scale);
    spread_nan();
  }

 private:
  /// A P some steps after that which training starts from, with the numbers beside it: where it starts, a
  /// map may have a kink, as at a bound that it has learned of these weights.
  Numbers start(double scale) {
    Numbers stored = in_precision<double>(inputs_.numbers(scale, false));
    // A P of zeros may have no weight, and no gradient.
    if (product(stored, stored) == 0) stored[0] = scale;
    map_.twice.parameter(stored, beside_, rows_, cols_);
    for (double& number : stored) number *= 0.5 + inputs_.part();
    if (map_.trains_beside)
      for (double& number : beside_) number *= 0.5 + inputs_.part();
    return in_precision<double>(in_precision<float>(stored));
  }
  std::string shown(const Numbers& numbers) const { return text_of_numbers(numbers, cols_); }

  void way_back(const Numbers& w) {
    Numbers stored = w, beside = beside_;
    if (!map_.twice.parameter(stored, beside, rows_, cols_))
      return report_.skip("weight(parameter(w)) is w", "parameter() refuses some weights that it has made");
    const Numbers back = map_.twice.weight(stored, beside, rows_, cols_);
    report_.note("weight(parameter(w)) is w", relative_error(w, back), 1e-9, [&] {
      return format_message("double, {} x {}: {} is stored as {}, which gives {}",
                            {rows_, cols_, shown(w), shown(stored), shown(back)});
    });
  }
  void in_float(const Numbers& stored, const Numbers& w) {
    const Numbers single = in_precision<double>(
        map_.single.weight(in_precision<float>(stored), in_precision<float>(beside_), rows_, cols_));
    report_.note("float against double", relative_error(single, w), 1e3 * roundoff<float>, [&] {
      return format_message("{} x {}: {} gives {} and {}",
                            {rows_, cols_, shown(stored), shown(single), shown(w)});
    });
  }
  /// d sum(c W) for random c by P, and by the numbers beside it.
  void pulled_back(const Numbers& stored) {
    const Numbers c = in_precision<double>(inputs_.numbers(1, false));
    Numbers found = c, d_beside(beside_.size()), at = stored, beside = beside_, slopes, own;
    map_.twice.pull_back(stored, beside_, found, d_beside, rows_, cols_);
    const auto along = [&](double& number) {
      const double value = number, h = 1e-5 * std::max(std::abs(value), 0.1);
      number = value + h;
      const double above = product(c, map_.twice.weight(at, beside, rows_, cols_));
      number = value - h;
      const double below = product(c, map_.twice.weight(at, beside, rows_, cols_));
      number = value;
      return (above - below) / (2 * h);
    };
    for (double& number : at) slopes.push_back(along(number));
    report_.note("pull_back", error(found, slopes, c, stored), gradient_tolerance, [&] {
      return format_message(
          "double, {} x {}: for the gradient {} of the weight at {} it is {}, differences {}",
          {rows_, cols_, shown(c), shown(stored), shown(found), shown(slopes)});
    });
    if (!map_.trains_beside) return;
    for (double& number : beside) own.push_back(along(number));
    report_.note("pull_back, numbers beside", error(d_beside, own, c, beside_), gradient_tolerance, [&] {
      return format_message("double, {} x {}: at {} it is {}, differences {}",
                            {rows_, cols_, shown(stored), shown(d_beside), shown(own)});
    });
  }
  /// Relative to the gradients, or to a thousandth of what gradients of numbers of that size usually are:
  /// below that, differences are roundings.
  double error(const Numbers& found, const Numbers& slopes, const Numbers& c, const Numbers& at) const {
    const Numbers none;
    const auto size = [](const Numbers& a) { return std::sqrt(product(a, a)); };
    const double away = distance_in_steps(found, slopes, none),
                 usual = size(c) / std::max(size(at), std::numeric_limits<double>::min());
    return away == 0 ? 0 : away / (size(found) + size(slopes) + 1e-3 * usual);
  }
  static double product(const Numbers& a, const Numbers& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  }

  void promise(double scale) {
    if (!map_.single.promises || !map_.twice.promises)
      return report_.skip("what it promises holds", "it has no promises(w)");
    const CheckedNumbers<float> stored = in_precision<float>(start(scale));
    const CheckedNumbers<float> w = map_.single.weight(stored, in_precision<float>(beside_), rows_, cols_);
    const Numbers twice = map_.twice.weight(in_precision<double>(stored), beside_, rows_, cols_);
    const bool holds = map_.single.promises(w, rows_, cols_),
               in_double = map_.twice.promises(twice, rows_, cols_);
    report_.note("what it promises holds", holds && in_double ? 0 : 1, 0, [&] {
      return format_message("{}, {} x {}: not of what {} gives, {}",
                            {holds ? "double" : "float", rows_, cols_, text_of_numbers(stored, cols_),
                             holds ? shown(twice) : text_of_numbers(w, cols_)});
    });
  }
  void spread_nan() {
    Numbers stored = start(1);
    stored[0] = std::numeric_limits<double>::quiet_NaN();
    const Numbers w = map_.twice.weight(stored, beside_, rows_, cols_);
    const bool spread = std::any_of(w.begin(), w.end(), [](double x) { return std::isnan(x); });
    report_.note("NaN is not repaired", spread ? 0 : 1, 0, [&] {
      return format_message("{} x {}: NaN in P gives the weight {}", {rows_, cols_, shown(w)});
    });
  }

  const CheckedMatrixMap& map_;
  Index rows_, cols_;
  Numbers beside_;
  CheckedInputs<float> inputs_;
  PolicyReport& report_;
};

}  // namespace espalier::detail
