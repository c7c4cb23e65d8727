// SPDX-License-Identifier: MIT
// Isotonic beside policies that know the place of each weight is the minimum that it claims to be, in random
// diagonal metrics and at sizes from 2^-100 to 2^100: by the conditions of optimality.
#include "catch.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/pack/remember.hpp"
#include "optimality.hpp"
#include "rows.hpp"

using namespace espalier;
using test::Numbers, test::same_bits;

namespace {

constexpr MaxNorm ball{0.8};
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A row that rises, with zeros in the middle, and masks, signs and frozen weights that it meets.
struct Places {
  Numbers<double> start, mask, signs, frozen;

  Places(Index n, Rng& rng) {
    const double zeros = rng.uniform();
    for (Index i = 0; i < n; ++i)
      start.push_back(rng.uniform() < zeros ? 0 : static_cast<float>(0.3 * (rng.uniform() - 0.4)));
    std::sort(start.begin(), start.end());
    const double limits = std::sqrt(static_cast<double>(n)) * 0.18;  // a row inside the ball
    for (double& value : start) value /= std::max(1.0, std::exp2(std::ceil(std::log2(limits / 0.7))));
    for (const double value : start) {
      mask.push_back(!(value == 0 && rng.uniform() < 0.5));
      const double sign = static_cast<double>(rng.below(3)) - 1;
      signs.push_back(sign * value < 0 ? 0 : sign);
      frozen.push_back(rng.uniform() < 0.2);
    }
  }
};

struct Problem : test::ConvexProblem {
  bool in_ball = false;

  explicit Problem(std::size_t n) { lows.assign(n, -infinity), highs.assign(n, infinity); }

  void limit(std::size_t i, double low, double high) {
    lows[i] = std::max(lows[i], low), highs[i] = std::min(highs[i], high);
  }
  template <class F>
  void each(F&& f) {
    for (std::size_t i = 0; i < lows.size(); ++i) f(i);
  }
  void meet(const Places& at, const Mask&) {
    each([&](std::size_t i) { at.mask[i] == 0 ? limit(i, 0, 0) : void(); });
  }
  void meet(const Places& at, const SignPattern&) {
    each([&](std::size_t i) { limit(i, at.signs[i] > 0 ? 0 : -infinity, at.signs[i] < 0 ? 0 : infinity); });
  }
  void meet(const Places& at, const Frozen&) {
    each([&](std::size_t i) { at.frozen[i] != 0 ? limit(i, at.start[i], at.start[i]) : void(); });
  }
  void meet(const Places&, const Clip& p) {
    each([&](std::size_t i) { limit(i, p.lo, p.hi); });
  }
  void meet(const Places&, const L1& p) { l1 = p.strength; }
  void meet(const Places&, const Isotonic&) {}
  void meet(const Places&, const MaxNorm&) { in_ball = true; }

  /// With the multiplier of norm(x)^2 / 2 that a block of equal weights says that no bound holds, or with
  /// none.
  double failure() {
    ball = 0;
    long double best = isotonic(), squares = 0;
    for (const double value : x) squares += static_cast<long double>(value) * value;
    const bool reached = in_ball && std::sqrt(squares) >= ::ball.radius * (1 - 1e-13L);
    for (std::size_t first = 0, end; reached && first < size(); first = end) {
      long double sum = 0, weights = 0;
      ball = 0;
      for (end = first; end < size() && x[end] == x[first]; ++end) sum += rest(end).low, weights += x[end];
      ball = sum / weights;
      if (std::isfinite(ball) && ball >= 0) best = std::min(best, isotonic());
    }
    return static_cast<double>(best / scale());
  }
};

/// What a pack of policies for these places, with what they keep, makes of rows; at `size` times their size.
template <Scalar S, class... Ps>
class Placed {
 public:
  Placed(const Places& at, double size, const Ps&... policies)
      : pack_(policies...), n_(static_cast<Index>(at.mask.size())), size_(size) {
    const Numbers<S> start = sized(at.start);
    numbers_.resize(static_cast<std::size_t>(pack_.memories * n_));
    detail::remember(pack_, Block<const S>{start.data(), 1, n_}, numbers_.data(), n_,
                     detail::Remember::started);
  }
  Numbers<S> sized(const Numbers<double>& row) const {
    Numbers<S> result;
    for (const double value : row) result.push_back(static_cast<S>(value * size_));
    return result;
  }
  template <bool with_penalties = true>
  Numbers<S> constrained(Numbers<S> row, const Numbers<S>& t) const {
    typename Pack<Ps...>::Counts counts{};
    Numbers<S> copies(row.size() * pack_.copies);
    Numbers<double> room(row.size() * pack_.room);
    pack_.template constrain<with_penalties>(row.data(), n_, Steps<S>{t.data(), S(1)}, S(1),
                                             {copies.data(), room.data()}, counts, {numbers_.data(), n_});
    return row;
  }
  bool contains(const Numbers<S>& row) const { return pack_.contains(row.data(), n_, {numbers_.data(), n_}); }

 private:
  Pack<Ps...> pack_;
  Index n_;
  double size_;
  Numbers<S> numbers_;
};

struct Faults {
  double suboptimal = 0, narrow = 0;
  int infeasible = 0, moved_twice = 0, touched = 0, held = 0;

  template <class... Ps>
  void look(const Places& at, const Numbers<double>& y, const Numbers<double>& t, double size,
            const Ps&... policies) {
    Problem problem(y.size());
    (problem.meet(at, policies), ...);
    problem.y = y, problem.t = t;
    problem.x = one<double>(at, y, t, size, policies...);
    suboptimal = std::max(suboptimal, problem.failure());
    const Numbers<double> coarse = one<float>(at, y, t, size, policies...);
    for (std::size_t i = 0; i < y.size(); ++i) {
      narrow = std::max(narrow, std::abs(coarse[i] - problem.x[i]) / (1 + std::abs(problem.x[i])));
      held += problem.x[i] == problem.lows[i] || problem.x[i] == problem.highs[i];
    }
  }

 private:
  template <Scalar S, class... Ps>
  Numbers<double> one(const Places& at, const Numbers<double>& y, const Numbers<double>& t, double size,
                      const Ps&... policies) {
    const Placed<S, Ps...> pack(at, size, policies...);
    const Numbers<S> row = pack.sized(y), steps(t.begin(), t.end()), x = pack.constrained(row, steps);
    infeasible += !pack.contains(x);
    moved_twice += !same_bits(pack.template constrained<false>(x, steps), x);
    const Numbers<S> start = pack.sized(at.start);
    infeasible += !pack.contains(start);
    touched += !same_bits(pack.template constrained<false>(start, steps), start);
    Numbers<double> result;
    for (const S value : x) result.push_back(static_cast<double>(value) / size);
    return result;
  }
};

template <class F>
void check(F&& look) {
  Faults faults;
  Rng rng{31};
  for (int trial = 0; trial < 200; ++trial) {
    const Index n = 1 + rng.below(30);
    const Places at(n, rng);
    const Numbers<double> y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng);
    look(faults, at, y, test::random_steps<double>(n, rng));
  }
  CHECK(faults.suboptimal < 1e-12);
  CHECK(faults.narrow < 100 * detail::roundoff<float>);
  CHECK(faults.infeasible == 0);
  CHECK(faults.moved_twice == 0);
  CHECK(faults.touched == 0);
  CHECK(faults.held > 100);
}

}  // namespace

TEST_CASE("Isotonic with Mask, whatever the size of the weights") {
  for (const double size : {0x1p-100, 1.0, 0x1p100})
    check([&](Faults& faults, const Places& at, const auto& y, const auto& t) {
      faults.look(at, y, t, size, Isotonic{}, Mask{Pattern(at.mask)});
    });
}
TEST_CASE("Isotonic with SignPattern, Frozen and a penalty, whatever the order") {
  check([&](Faults& faults, const Places& at, const auto& y, const auto& t) {
    faults.look(at, y, t, 1, SignPattern{Pattern(at.signs)}, Isotonic{}, L1{0.2}, Frozen{Pattern(at.frozen)});
  });
}
TEST_CASE("Isotonic with Frozen, Clip and MaxNorm") {
  check([&](Faults& faults, const Places& at, const auto& y, const auto& t) {
    faults.look(at, y, t, 1, Frozen{Pattern(at.frozen)}, Isotonic{}, ball, test::clip);
  });
}
