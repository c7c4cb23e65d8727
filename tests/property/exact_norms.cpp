// SPDX-License-Identifier: MIT
// Norms hold in exact arithmetic after every projection, whatever the rows and step sizes, and one multiplier
// explains the result. Nothing here is computed by the library: squares of doubles are exact in numbers of
// 113 bits, and sums of them are right to 30 digits.
#include <limits>

#include "catch.hpp"
#include "espalier/core/flush.hpp"
#include "rows.hpp"

using namespace espalier;
using test::Numbers;

namespace {

#ifdef __SIZEOF_FLOAT128__
__extension__ using Quad = __float128;
#else
using Quad = long double;
#endif

template <Scalar S>
constexpr double unit = static_cast<double>(std::numeric_limits<S>::epsilon()) / 2;

template <Scalar S>
Quad squares(const Numbers<S>& x) {
  Quad sum = 0;
  for (const S value : x) sum += static_cast<Quad>(value) * static_cast<Quad>(value);
  return sum;
}
template <Scalar S>
bool in_ball(const Numbers<S>& x, double radius) {
  return squares(x) <= static_cast<Quad>(radius) * static_cast<Quad>(radius);
}
template <Scalar S>
bool on_sphere(const Numbers<S>& x) {
  const Quad low = 1 - 2 * static_cast<Quad>(unit<S>), high = 1 + 2 * static_cast<Quad>(unit<S>);
  return squares(x) >= low * low && squares(x) <= high * high;
}

/// The multipliers mu with |x_i (1 + mu t_i) - y_i| <= units * |y_i| for all i, and as good as that for
/// roundings in double.
struct Multipliers {
  Quad low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();

  template <Scalar S>
  void add(S y, S x, S t, double units) {
    const double size = std::abs(static_cast<double>(x));
    if (size < 1e3 * static_cast<double>(std::numeric_limits<S>::min()) || t == 0) return;
    const Quad side = x < 0 ? -1 : 1, steps = static_cast<Quad>(t), drawn = side * static_cast<Quad>(y);
    const Quad slack = units * unit<S> * (drawn < 0 ? -drawn : drawn) + 16 * unit<double> * size;
    const Quad least = ((drawn - slack) / size - 1) / steps, most = ((drawn + slack) / size - 1) / steps;
    low = least > low ? least : low, high = most < high ? most : high;
  }
  /// Is there one that is at least `least`?
  bool exist(Quad least) const { return low <= high && high >= least; }
};

template <Scalar S>
constexpr double units = std::same_as<S, float> ? 5 : 24;

/// A row and its step sizes, none of them: the Euclidean metric.
template <Scalar S>
struct Trial {
  Numbers<S> y, t;

  Trial(Index n, double radius, Rng& rng) : y(test::random_row<S>(n, 1, rng)) {
    const Index kind = rng.below(10);
    if (kind == 0) y.assign(y.size(), y[0]);  // roundings that go one way
    if (kind == 1)
      for (S& value : y) value *= static_cast<S>(std::pow(10, rng.uniform(-12, 0)));
    if (rng.below(8) > 0) steps(rng);
    double size = 0;
    for (const S value : y) size += static_cast<double>(value) * static_cast<double>(value);
    const double off = rng.below(2) == 0 ? std::pow(10, rng.uniform(-17, -1)) : rng.uniform(0, 5);
    const double factor = radius / std::sqrt(size) * (rng.below(3) == 0 ? 1 / (1 + off) : 1 + off);
    for (S& value : y) value = rng.below(40) == 0 ? S(0) : static_cast<S>(value * factor);
    if (kind == 2) y.assign(y.size(), S(0));
  }

 private:
  /// Step sizes as after Adam, or spread over many powers of ten; some inputs dead, at rate / epsilon.
  void steps(Rng& rng) {
    const double spread = rng.below(2) == 0 ? 0.3 : rng.uniform(0, 12),
                 base = std::pow(10, rng.uniform(-6, 2));
    const double dead = rng.below(3) == 0 ? 0.1 : 0;
    for (std::size_t i = 0; i < y.size(); ++i)
      t.push_back(static_cast<S>(rng.uniform() < dead ? 1e5 * base
                                                      : base * std::pow(10, rng.uniform(-spread, spread))));
  }
};

/// What a pack makes of a row; every second time as in a step, where denormal numbers count as zero.
template <Scalar S, class PackType>
Numbers<S> outcome(const PackType& pack, const Trial<S>& trial, bool flush) {
  if (!flush) return test::constrained(pack, trial.y, trial.t, S(0.01));
  const detail::FlushDenormals mode;
  return test::constrained(pack, trial.y, trial.t, S(0.01));
}

template <Scalar S, class F>
void for_each_trial(double radius, F&& f) {
  Rng rng{7};
  for (const auto& [n, trials] : {std::pair<Index, int>{1, 500},
                                  {2, 4000},
                                  {3, 4000},
                                  {5, 2000},
                                  {17, 1000},
                                  {100, 500},
                                  {784, 200},
                                  {10'000, 10},
                                  {100'000, 3}})
    for (int k = 0; k < trials; ++k) f(Trial<S>(n, radius, rng), k % 2 == 0);
}

/// Of a row that is feasible no bit changes, and a projected row is one.
template <class PackType, Scalar S>
bool stays(const PackType& pack, const Numbers<S>& x, const Numbers<S>& t) {
  Numbers<S> projected = x, scratch(x.size());
  pack.project(projected.data(), static_cast<Index>(x.size()), scratch.data());
  return test::contains(pack, x) && test::same_bits(projected, x) &&
         test::same_bits(test::projected(pack, x, t), x);
}

/// Is a number of the solution, by bisection in twice the precision, so close below its bound that it is
/// rounded to it? What the others then have to make up for may be more than a rounding of theirs.
template <Scalar S>
bool rounds_to_bound(const Trial<S>& trial, double end, double radius) {
  const auto at = [&](std::size_t i, Quad mu) {
    const double y = std::abs(static_cast<double>(trial.y[i]));
    return static_cast<Quad>(y) / (1 + mu * static_cast<Quad>(trial.t.empty() ? S(1) : trial.t[i]));
  };
  double low = 1e-30, high = 1e30;
  for (int k = 0; k < 300; ++k) {
    const double mu = std::sqrt(low) * std::sqrt(high);
    Quad sum = 0;
    for (std::size_t i = 0; i < trial.y.size(); ++i) {
      const Quad x = at(i, mu), held = x < end ? x : static_cast<Quad>(end);
      sum += held * held;
    }
    (sum > static_cast<Quad>(radius) * static_cast<Quad>(radius) ? low : high) = mu;
  }
  bool close = false;
  for (std::size_t i = 0; i < trial.y.size(); ++i) {
    const double ratio = static_cast<double>(at(i, high)) / end;
    close = close || (ratio < 1 && ratio > 1 - 2 * unit<S>);
  }
  return close;
}

template <Scalar S>
double largest(const Numbers<S>& t) {
  return t.empty() ? 1 : static_cast<double>(*std::max_element(t.begin(), t.end()));
}

}  // namespace

TEMPLATE_TEST_CASE("MaxNorm holds in exact arithmetic, and one multiplier explains what it moves", "", float,
                   double) {
  using S = TestType;
  for (const double radius : {1.0, 0.1, 3.0, 1e-3}) {
    const Pack pack(MaxNorm{radius});
    int outside = 0, touched = 0, not_idempotent = 0, unexplained = 0, short_of_it = 0;
    for_each_trial<S>(radius, [&](const Trial<S>& trial, bool flush) {
      const Numbers<S> x = outcome(pack, trial, flush);
      outside += !in_ball(x, radius);
      not_idempotent += !stays(pack, x, trial.t);
      if (in_ball(trial.y, radius)) {
        touched += !test::same_bits(x, trial.y);
        return;
      }
      short_of_it += in_ball(x, radius * (1 + 12 * unit<S>)) && in_ball(x, radius * (1 - 12 * unit<S>));
      Multipliers mu;
      for (std::size_t i = 0; i < x.size(); ++i)
        mu.add(trial.y[i], x[i], trial.t.empty() ? S(1) : trial.t[i], units<S>);
      unexplained += !mu.exist(0);
    });
    CAPTURE(radius);
    CHECK(outside == 0);
    CHECK(touched == 0);
    CHECK(not_idempotent == 0);
    CHECK(short_of_it == 0);
    CHECK(unexplained == 0);
  }
}

TEMPLATE_TEST_CASE("UnitNorm holds in exact arithmetic, and its multiplier is not below the pole", "", float,
                   double) {
  using S = TestType;
  const Pack pack(UnitNorm{});
  int off = 0, touched = 0, not_idempotent = 0, unexplained = 0;
  for_each_trial<S>(1, [&](const Trial<S>& trial, bool flush) {
    const Numbers<S> x = outcome(pack, trial, flush);
    off += !on_sphere(x);
    not_idempotent += !stays(pack, x, trial.t);
    if (on_sphere(trial.y)) {
      touched += !test::same_bits(x, trial.y);
      return;
    }
    Multipliers mu;
    for (std::size_t i = 0; i < x.size(); ++i)
      mu.add(trial.y[i], x[i], trial.t.empty() ? S(1) : trial.t[i], units<S>);
    unexplained += !mu.exist(-(1 + 64 * unit<double>) / largest(trial.t));
  });
  CHECK(off == 0);
  CHECK(touched == 0);
  CHECK(not_idempotent == 0);
  CHECK(unexplained == 0);
}

TEMPLATE_TEST_CASE("With a box, numbers at a bound stay there, and one multiplier explains the others", "",
                   float, double) {
  using S = TestType;
  for (const double bound : {0.1, 0.3, 0.7, 1.0}) {
    const Pack pack(Clip{-bound, bound}, MaxNorm{1.00000005 * bound});
    const S end = Clip{-bound, bound}.project(S(9));  // the precision's own bound
    int outside = 0, not_idempotent = 0, unexplained = 0, rounded = 0;
    for_each_trial<S>(bound, [&](const Trial<S>& trial, bool flush) {
      const Numbers<S> x = outcome(pack, trial, flush);
      outside += !in_ball(x, 1.00000005 * bound);
      not_idempotent += !stays(pack, x, trial.t);
      const auto step = [&](std::size_t i) { return trial.t.empty() ? S(1) : trial.t[i]; };
      Multipliers mu;
      int wrong = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        outside += !(std::abs(x[i]) <= end);
        if (std::abs(x[i]) < end) mu.add(trial.y[i], x[i], step(i), units<S>);
      }
      if (mu.low > -std::numeric_limits<double>::infinity()) wrong += !mu.exist(0);
      for (std::size_t i = 0; i < x.size(); ++i)  // at the bound, y / (1 + mu t) is beyond it
        if (mu.low > 0 && std::abs(x[i]) == end)
          wrong += static_cast<Quad>(std::abs(trial.y[i])) * (1 + units<S> * unit<S>) <
                   static_cast<Quad>(end) * (1 + mu.low * static_cast<Quad>(step(i)));
      if (wrong > 0 && rounds_to_bound(trial, static_cast<double>(end), 1.00000005 * bound))
        ++rounded;
      else
        unexplained += wrong > 0;
    });
    CAPTURE(bound);
    CHECK(outside == 0);
    CHECK(not_idempotent == 0);
    CHECK(unexplained == 0);
    CHECK(rounded < 30);  // of 12,000
  }
}

TEMPLATE_TEST_CASE("With other element policies norms hold in exact arithmetic", "", float, double) {
  using S = TestType;
  int outside = 0, off = 0, not_idempotent = 0, negative = 0;
  for_each_trial<S>(1, [&](const Trial<S>& trial, bool flush) {
    if (trial.y.size() > 1000) return;
    const auto ball = [&](const auto& pack) {
      const Numbers<S> x = outcome(pack, trial, flush);
      outside += !in_ball(x, 1), not_idempotent += !stays(pack, x, trial.t);
    };
    const auto sphere = [&](const auto& pack, bool cone) {
      const Numbers<S> x = outcome(pack, trial, flush);
      off += !on_sphere(x), not_idempotent += !stays(pack, x, trial.t);
      for (const S value : x) negative += cone && value < 0;
    };
    ball(Pack(NonNegative{}, MaxNorm{1}));
    ball(Pack(L1{0.01}, MaxNorm{1}));
    ball(Pack(L1{0.01}, Clip{-0.1, 0.3}, MaxNorm{1}));
    ball(Pack(L1{0.01}, MaxNorm{1, Metric::euclidean}));
    sphere(Pack(NonNegative{}, UnitNorm{}), true);
    sphere(Pack(L1{0.01}, UnitNorm{}), false);
    sphere(Pack(L1{0.01}, NonNegative{}, UnitNorm{}), true);
  });
  CHECK(outside == 0);
  CHECK(off == 0);
  CHECK(not_idempotent == 0);
  CHECK(negative == 0);
}
