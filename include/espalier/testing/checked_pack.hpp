// SPDX-License-Identifier: MIT
// A policy as the proofs of check_policy see it: an AnyPack with the numbers that it keeps and works in. The
// policy's type is gone, so that the proofs are compiled once for each precision.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "espalier/core/rng.hpp"
#include "espalier/pack/any_pack.hpp"

namespace espalier::detail {

/// How many inputs, and of which sizes.
struct CheckedSizes {
  long trials;
  double smallest, largest;

  std::array<double, 5> scales() const { return {1, 0.3, std::min(1e3, largest), smallest, largest}; }
};

template <Scalar S>
using CheckedNumbers = std::vector<S>;

/// The numbers in another precision.
template <Scalar To, Scalar From>
CheckedNumbers<To> in_precision(const CheckedNumbers<From>& numbers) {
  return CheckedNumbers<To>(numbers.begin(), numbers.end());
}

/// <a - b, c - d> in the metric of the step sizes t; without any, in the Euclidean one.
template <Scalar S>
double dot_in_steps(const CheckedNumbers<S>& a, const CheckedNumbers<S>& b, const CheckedNumbers<S>& c,
                    const CheckedNumbers<S>& d, const CheckedNumbers<S>& t) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += (static_cast<double>(a[i]) - static_cast<double>(b[i])) *
           (static_cast<double>(c[i]) - static_cast<double>(d[i])) /
           (t.empty() ? 1 : static_cast<double>(t[i]));
  return sum;
}
template <Scalar S>
double distance_in_steps(const CheckedNumbers<S>& a, const CheckedNumbers<S>& b, const CheckedNumbers<S>& t) {
  return std::sqrt(dot_in_steps(a, b, a, b, t));
}
/// How many of them differ in a bit.
template <Scalar S>
double differing(const CheckedNumbers<S>& a, const CheckedNumbers<S>& b) {
  double count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += std::memcmp(&a[i], &b[i], sizeof(S)) != 0;
  return count;
}

/// "[1, 2; 3, 4]", all digits.
template <Scalar S>
[[gnu::cold]] std::string text_of_numbers(const CheckedNumbers<S>& numbers, Index cols) {
  std::string text = "[";
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) text += static_cast<Index>(i) % cols == 0 ? "; " : ", ";
    text += format_message("{}", {numbers[i]});
  }
  return text + "]";
}

template <Scalar S>
class CheckedPack {
 public:
  using Numbers = CheckedNumbers<S>;

  CheckedPack(const AnyPack<S>& pack, Index rows, Index cols)
      : pack_(pack),
        rows_(rows),
        cols_(cols),
        kept_(size() * static_cast<std::size_t>(pack.traits().memories)) {
    const ScratchSize scratch = scratch_size<S>(pack.traits(), rows, cols);
    numbers_.resize(static_cast<std::size_t>(scratch.numbers));
    room_.resize(static_cast<std::size_t>(scratch.room));
  }

  const AnyPack<S>& pack() const { return pack_; }
  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  std::size_t size() const { return static_cast<std::size_t>(rows_ * cols_); }

  /// Training starts from these weights, moved into the sets: policies keep what they keep of them.
  void start(Numbers w) {
    pack_.remember(block(w), kept_.data(), rows_ * cols_, Remember::opened);
    pack_.project(block(w));
    pack_.remember(block(w), kept_.data(), rows_ * cols_, Remember::started);
  }

  /// What follows a step that ended in y, with step sizes t or all of them 1. `finite`: what it says of that.
  Numbers after(Numbers y, const Numbers& t = {}, bool* finite = nullptr) {
    PolicyCounts ignored{};
    const Steps<S> steps{t.empty() ? nullptr : t.data(), S(1)};
    const bool is_finite =
        pack_.constrain(block(y), steps, S(1), {numbers_.data(), room_.data()}, ignored.data());
    if (finite) *finite = is_finite;
    return y;
  }
  bool contains(Numbers w) { return pack_.contains(block(w)); }
  double penalty(Numbers w) { return pack_.penalty(block(w)); }
  /// The gradient of the smooth penalties, added to `g`.
  Numbers gradient(Numbers w, Numbers g) {
    PolicyCounts ignored{};
    pack_.add_gradient(block(w), g.data(), ignored.data());
    pack_.add_matrix_gradient(block(w), g.data(), ignored.data());
    return g;
  }
  /// Do sets look at step sizes at all?
  bool in_metric() const {
    const Numbers t(1, S(1));
    return pack_.metric({t.data(), S(1)}, S(1)).each != nullptr;
  }

 private:
  Block<S> block(Numbers& w) const { return {w.data(), rows_, cols_, {kept_.data(), rows_ * cols_}}; }

  AnyPack<S> pack_;
  Index rows_, cols_;
  Numbers kept_, numbers_;
  std::vector<double> room_;
};

/// The inputs of the proofs.
template <Scalar S>
class CheckedInputs {
 public:
  CheckedInputs(Rng& rng, std::size_t size) : rng_(rng), size_(size) {}

  /// Random numbers of about this size; some are zeros of either sign, and in one of four inputs many tie.
  CheckedNumbers<S> numbers(double scale, bool may_tie = true) {
    const bool ties = may_tie && rng_.below(4) == 0;
    CheckedNumbers<S> numbers(size_);
    for (S& x : numbers) {
      const double normal = rng_.normal();
      x = static_cast<S>(scale * (ties ? std::round(normal) : normal));
      if (rng_.below(10) == 0) x = rng_.below(2) == 0 ? S(0) : S(-0.0);
    }
    return numbers;
  }
  /// Step sizes as far apart as those of Adam, or none.
  CheckedNumbers<S> steps(bool uneven) {
    CheckedNumbers<S> t(uneven ? size_ : 0);
    for (S& x : t) x = static_cast<S>(std::exp(2 * rng_.normal()));
    return t;
  }
  /// a + part (b - a).
  static CheckedNumbers<S> between(const CheckedNumbers<S>& a, const CheckedNumbers<S>& b, double part) {
    CheckedNumbers<S> point(a.size());
    for (std::size_t i = 0; i < a.size(); ++i)
      point[i] = static_cast<S>(static_cast<double>(a[i]) +
                                part * (static_cast<double>(b[i]) - static_cast<double>(a[i])));
    return point;
  }
  double part() { return rng_.uniform(); }
  /// One of 1, 1/2, ..., 2^-39.
  double small() { return std::exp2(-static_cast<double>(rng_.below(40))); }
  std::size_t place() { return static_cast<std::size_t>(rng_.below(static_cast<Index>(size_))); }

 private:
  Rng& rng_;
  std::size_t size_;
};

}  // namespace espalier::detail
