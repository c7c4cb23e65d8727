// SPDX-License-Identifier: MIT
// The nearest row of which the k largest numbers of each sign have a bounded sum, in a diagonal metric and
// together with policies of elements.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/core/elements.hpp"
#include "espalier/core/round.hpp"
#include "espalier/kernel/falling_root.hpp"
#include "espalier/kernel/pivot.hpp"
#include "espalier/kernel/top_sum.hpp"

namespace espalier::detail {

/// Doubles that it needs for each weight: z, and for those of one sign z, the interval and the step size.
inline constexpr Index top_sum_room = 5;

/// min sum (x_i - y_i)^2 / (2 t_i) + h(x_i)  over x_i in an interval I_i, with the sum of the k largest
/// max(x_i, 0) at most `bound`, and that of the k largest max(-x_i, 0), for an h that is zero at zero and
/// linear on either side of it. The signs do not see one another.
///
/// The sum of the k largest is the least k s + sum max(x_i - s, 0) of all s >= 0. With a multiplier mu of
/// that, and z_i = prox_h(y_i, t_i), x_i is P_I(max(min(z_i, s), z_i - mu t_i)): below s what it was, at s,
/// or lowered by mu t_i. For each s the bound says what mu is, and s is right where the parts l_i of the
/// multiplier that the weights take, from 0 below s to 1 above, have the sum k (Karush, Kuhn, Tucker).
template <Scalar S, class Elements>
class TopSumProjection {
 public:
  /// `room` has top_sum_room n doubles, of which settle() needs none.
  TopSumProjection(const Elements& elements, S* row, Index n, Steps<S> steps, Index k, double bound,
                   double* room = nullptr)
      : elements_(elements),
        intervals_(elements),
        row_(row),
        n_(n),
        steps_(steps),
        k_(std::min(k, std::max<Index>(n, 1))),
        bound_(bound),
        z_(room) {
    double largest = 0;
    for (Index i = 0; i < n; ++i) largest = std::max(largest, static_cast<double>(steps[i]));
    even_ = !(largest > 0 && std::isfinite(largest));
    // A power of two: its products are exact.
    if (!even_) least_ = std::ldexp(1.0, std::max(std::ilogb(largest) - 100, -1022));
  }

  /// Turns y, in the row, into x.
  void operator()() {
    for (Index i = 0; i < n_; ++i) {
      z_[i] = elements_.at(i).prox(static_cast<double>(row_[i]), static_cast<double>(steps_[i]));
      row_[i] = static_cast<S>(intervals_[i].clamp(z_[i]));
    }
    if (finite())
      for (const double sign : {1.0, -1.0}) {
        sign_ = sign;
        TopSum<S> top = this->top();
        top.find();
        const double excess = top.excess(bound_);
        if (excess > 0) move(static_cast<double>(top.least()), excess);
      }
    settle();
  }

  /// Makes good what rounding has done to the sums of the row.
  void settle() {
    for (const double sign : {1.0, -1.0}) {
      sign_ = sign;
      // One or two passes are enough, but for weights at their bounds; then all come down.
      for (int pass = 0; pass < 64 && !holds(); ++pass) lower_some();
      if (!holds() && finite()) cap(round_down<S>(bound_ / static_cast<double>(k_)));
    }
  }

 private:
  /// A weight that counts for the sign at hand, which is then taken for positive.
  struct One {
    double z, low, high, t;

    double clamp(double x) const { return x < low ? low : x > high ? high : x; }
  };
  /// Is the i-th weight one? Those that are not above a level below s stay as they are.
  bool counts(Index i, double level) const {
    return sign_ * static_cast<double>(intervals_[i].clamp(z_[i])) > level;
  }
  /// Lays them side by side. (Here and below no weight is branched on: its sign is a coin to a processor.)
  void gather(double level) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    count_ = 0, most_low_ = -infinity, longest_ = 0;
    for (Index i = 0; i < n_; ++i) {
      const Interval<S> interval = intervals_[i];
      const double low = interval.bounded_below() ? static_cast<double>(interval.low) : -infinity,
                   high = interval.bounded_above() ? static_cast<double>(interval.high) : infinity;
      const bool counted = counts(i, level);
      double* const to = z_ + n_ + 4 * count_;
      to[0] = sign_ * z_[i], to[1] = sign_ > 0 ? low : -high, to[2] = sign_ > 0 ? high : -low,
      to[3] = step(i);
      most_low_ = std::max(most_low_, counted ? to[1] : -infinity);
      longest_ = std::max(longest_, counted ? to[3] : 0.0);
      count_ += counted;
    }
  }
  One one(Index j) const {
    const double* const from = z_ + n_ + 4 * j;
    return {from[0], from[1], from[2], from[3]};
  }
  /// f(weight) for each of them.
  template <class F>
  void each(F&& f) const {
    for (Index j = 0; j < count_; ++j) f(one(j));
  }
  /// A step size of zero holds its weight as good as fast.
  double step(Index i) const { return even_ ? 1 : std::max(static_cast<double>(steps_[i]), least_); }

  TopSum<S> top() const { return TopSum<S>(row_, n_, k_, static_cast<S>(sign_)); }
  /// After a move, which leaves weights at s, the k-th largest is known.
  bool holds() const { return top().is_below(bound_, guess_[sign_ < 0]); }
  bool finite() const {
    return std::all_of(row_, row_ + n_, [](S x) { return std::isfinite(x); });
  }

  /// x_i(s, mu). With a pivot, mu is the offset from it.
  double at(const One& w, double s, double mu) const {
    const double lowered = pivot_ ? from_pivot(w, mu) : w.z - mu * w.t;
    return w.clamp(std::max(std::min(w.z, s), lowered));
  }
  [[gnu::noinline, gnu::cold]] double from_pivot(const One& w, double mu) const {
    Pivot<S> pivot = pivot_;
    pivot.offset = mu;
    return pivot.lowered(w.z, w.t);
  }

  /// The k-th largest is `kth`, and the sum of the k largest is too much by `excess`. Of those, k - a come
  /// down to s and a stay above: s is not below kth - excess / (k - a), and only what is above that level
  /// changes.
  void move(double kth, double excess) {
    const double all_at = bound_ / static_cast<double>(k_),
                 level = std::max(kth * (1 - 0x1p-10) - excess * (1 + 0x1p-10), 0.0);
    gather(level);
    double s = all_at, mu = 0;
    pivot_ = {}, rise_ = 0, s_before_ = 0;
    if (!all_capped(s)) {
      s = level;
      if (level > 0 || parts(0, mu).value > 0) {
        const double high = std::min(all_at, kth * (1 + 0x1p-10)),
                     start = level > 0 ? kth - excess / static_cast<double>(k_) : 0;
        s = falling_root({std::clamp(start, level, high), level, high, high},
                         [&](double at) { return parts(at, mu); });
      }
      mu = refined(s, mu);
    } else {
      mu = std::numeric_limits<double>::infinity();
    }
    guess_[sign_ < 0] = static_cast<S>(s);
    for (Index i = 0, j = 0; i < n_; ++i) {
      const bool counted = counts(i, level);
      const S moved = static_cast<S>(sign_ * at(one(j), s, mu));
      row_[i] = counted ? moved : row_[i];
      j += counted;
    }
  }

  /// Is x_i = min(z_i, s) right, where k s is the bound? If k parts of a multiplier can be taken at s.
  bool all_capped(double s) const {
    if (count_ < k_) return false;
    double largest = 0, sum = 0;
    bool below = true;
    const auto wanted = [&](const One& w) { return w.z > s && w.high >= s ? (w.z - s) / w.t : 0; };
    each([&](const One& w) { below = below && w.low <= s, largest = std::max(largest, wanted(w)); });
    each([&](const One& w) { sum += wanted(w) / largest; });
    return below && sum >= static_cast<double>(k_);
  }

  /// How many parts of the multiplier the weights take at s, beyond k, and how that changes with s. mu
  /// becomes the multiplier at s. (The noise for floats is coarse, and still finer than their rounding.)
  [[gnu::noinline]] ValueAndSlope parts(double s, double& mu) {
    const double guess = mu + rise_ * (s - s_before_);
    mu = multiplier(s, std::isfinite(guess) ? guess : 0), s_before_ = s;
    double sum = 0, above = 0, steps = 0, tied = 0, rates = 0;
    each([&](const One& w) {
      const double x = at(w, s, mu), rate = 1 / (mu * w.t), part = (w.z - s) * rate;
      const bool is_above = x > s, is_at = x == s && w.z > s, shares = is_at && part < 1;
      above += is_above, sum += is_above || (is_at && !shares) ? 1 : 0;
      steps += is_above && x > w.low && x < w.high ? w.t : 0;
      tied += shares ? part : 0, rates += shares ? rate : 0;
    });
    sum += tied;
    const double k = static_cast<double>(k_);
    rise_ = steps > 0 ? (k - above) / steps : 0;
    return {sum - k, -rates - tied * rise_ / mu, (std::same_as<S, float> ? 0x1p-36 : 0x1p-50) * (sum + k)};
  }

  /// k s + sum max(x_i - s, 0) - bound
  [[gnu::noinline]] ValueAndSlope excess(double s, double mu) const {
    double sum = static_cast<double>(k_) * s - bound_, slope = 0, size = bound_;
    each([&](const One& w) {
      const double x = at(w, s, mu);
      const bool above = x > s;
      sum += above ? x - s : 0, size += above ? x : 0;
      slope -= above && x > w.low && x < w.high ? w.t : 0;
    });
    return {sum, slope, (std::same_as<S, float> ? 0x1p-40 : 0x1p-52) * size};
  }

  /// mu where that is 0; infinity where there is none.
  double multiplier(double s, double start) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double level = static_cast<double>(k_) * s;
    if (!(most_low_ > s ? excess(s, infinity).value < 0 : level < bound_)) return infinity;
    const auto of_mu = [&](double mu) { return excess(s, mu); };
    if (start > 0) return falling_root({start, 0, infinity, start}, of_mu);
    const ValueAndSlope first = of_mu(0);
    const double stride = first.value > 0 && first.slope < 0 ? first.value / -first.slope : 1;
    return falling_root({0, 0, infinity, stride}, of_mu);
  }

  /// The same multiplier, of rows so far outside that the last places of mu t matter: as an offset from one
  /// of the weights that move when it changes a little, the one with the largest step size.
  [[gnu::noinline]] double refined(double s, double mu) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (int round = 0; round < 16; ++round) {
      const bool far = pivot_ || std::abs(mu) * longest_ > (std::same_as<S, float> ? 0x1p20 : 16) * bound_;
      if (!far) break;
      const double few = 8 * std::numeric_limits<double>::epsilon() * std::abs(mu);
      One pivot{};
      each([&](const One& w) {
        if (w.t > pivot.t && at(w, s, mu - few) != at(w, s, mu + few)) pivot = w;
      });
      if (!(pivot.t > 0) || (pivot.z == pivot_.weight && pivot.t == pivot_.step)) break;
      const double left = pivot_ ? from_pivot(pivot, mu) : pivot.z - mu * pivot.t, start = -left / pivot.t;
      pivot_ = Pivot<S>(pivot.z, pivot.t), mu = start;
      const double stride = std::abs(excess(s, mu).value) / pivot.t;
      if (!(stride > 0 && std::isfinite(stride))) break;
      mu = falling_root({start, -infinity, infinity, stride},
                        [&](double offset) { return excess(s, offset); });
    }
    return mu;
  }

  /// The largest gives way, down to the k-th largest, or all that are equal to that.
  [[gnu::noinline]] void lower_some() {
    TopSum<S> top = this->top();
    top.find(guess_[sign_ < 0]);
    const double sum = top.excess(0), least = static_cast<double>(top.least()),
                 excess = std::max(sum - bound_, 0x1p-53 * sum);
    if (!std::isfinite(excess)) return;
    Index largest = -1;
    for (Index i = 0; i < n_; ++i)
      if (size(i) > least && shortened(i, least) < size(i) && (largest < 0 || size(i) > size(largest)))
        largest = i;
    if (largest >= 0)
      set(largest, shortened(largest, std::max(least, size(largest) - excess)));
    else
      cap(below(static_cast<S>(least - excess / static_cast<double>(k_ - top.above())), top.least()));
  }
  [[gnu::noinline]] void cap(S most) {
    for (Index i = 0; i < n_; ++i)
      if (size(i) > static_cast<double>(most)) set(i, shortened(i, static_cast<double>(most)));
  }
  double size(Index i) const { return sign_ * static_cast<double>(row_[i]); }
  /// What a weight may be at most at `size`, rounded down and below what it is.
  double shortened(Index i, double size) const {
    const S narrow = below(static_cast<S>(std::max(size, 0.0)), static_cast<S>(this->size(i)));
    return sign_ * intervals_[i].clamp(sign_ * static_cast<double>(narrow));
  }
  static S below(S x, S than) { return x < than ? std::max(x, S(0)) : std::nextafter(than, S(0)); }
  void set(Index i, double size) { row_[i] = static_cast<S>(sign_ * size); }

  const Elements& elements_;
  Intervals<S, Elements> intervals_;
  S* row_;
  Index n_;
  Steps<S> steps_;
  Index k_;
  double bound_, *z_, least_ = 0, sign_ = 1, most_low_ = 0, longest_ = 0;
  Index count_ = 0;
  bool even_ = false;
  S guess_[2] = {};                 // of the k-th largest of either sign
  Pivot<S> pivot_{};                // that mu is seen from
  double rise_ = 0, s_before_ = 0;  // how mu changes with s, and the s that it is of
};

}  // namespace espalier::detail
