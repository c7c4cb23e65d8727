// SPDX-License-Identifier: MIT
// Packs in which policies know the place of each weight are the minimum that they claim to be, in random
// diagonal metrics: a vector beside them meets weights with bounds of their own.
#include "catch.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/pack/remember.hpp"
#include "optimality.hpp"
#include "rows.hpp"

using namespace espalier;
using test::Numbers, test::same_bits;

namespace {

/// Random masks, signs and frozen weights for a row, as numbers.
struct Places {
  Numbers<double> mask, signs, frozen, values;

  Places(Index n, double size, Rng& rng) {
    for (Index i = 0; i < n; ++i) {
      mask.push_back(rng.uniform() < 0.7);
      signs.push_back(static_cast<double>(rng.below(3)) - 1);
      frozen.push_back(i % 5 == 1);
      // of both precisions, small, and of a sign that nobody minds
      const float value = static_cast<float>(size * rng.uniform());
      values.push_back(mask.back() == 0 ? 0 : signs.back() < 0 ? -value : value);
    }
  }
};

/// What the policies say of the problem: bounds and penalties by hand.
struct Problem : test::ConvexProblem {
  enum class Kind { free, sum, sizes, norm } kind = Kind::free;
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  double bound = infinity;

  explicit Problem(std::size_t n) { lows.assign(n, -infinity), highs.assign(n, infinity); }

  void limit(std::size_t i, double low, double high) {
    lows[i] = std::max(lows[i], low), highs[i] = std::min(highs[i], high);
  }
  void meet(const Places& at, const Mask&) {
    for (std::size_t i = 0; i < lows.size(); ++i)
      if (at.mask[i] == 0) limit(i, 0, 0);
  }
  void meet(const Places& at, const SignPattern&) {
    for (std::size_t i = 0; i < lows.size(); ++i) {
      if (at.signs[i] > 0) limit(i, 0, infinity);
      if (at.signs[i] < 0) limit(i, -infinity, 0);
    }
  }
  void meet(const Places& at, const Frozen&) {
    for (std::size_t i = 0; i < lows.size(); ++i)
      if (at.frozen[i] != 0) limit(i, at.values[i], at.values[i]);
  }
  void meet(const Places&, const Clip& p) {
    for (std::size_t i = 0; i < lows.size(); ++i) limit(i, p.lo, p.hi);
  }
  void meet(const Places&, const Simplex& p) {
    kind = Kind::sum, bound = p.sum;
    for (std::size_t i = 0; i < lows.size(); ++i) limit(i, 0, infinity);
  }
  void meet(const Places&, const L1& p) { l1 = p.strength; }
  void meet(const Places&, const MaxNorm& p) { kind = Kind::norm, bound = p.radius; }
  void meet(const Places&, const SumTo& p) { kind = Kind::sum, bound = p.value; }
  void meet(const Places&, const L1Ball& p) { kind = Kind::sizes, bound = p.radius; }
  void meet(const Places&, const GroupLasso& p) {
    kind = Kind::norm, group = p.strength * std::sqrt(static_cast<long double>(lows.size()));
  }

  bool feasible() const {
    double least = 0, most = 0, sizes = 0, squares = 0;
    for (std::size_t i = 0; i < lows.size(); ++i) {
      if (lows[i] > highs[i]) return false;
      least += lows[i], most += highs[i];
      const double size = std::max({lows[i], -highs[i], 0.0});
      sizes += size, squares += size * size;
    }
    if (kind == Kind::sum) return least <= bound && bound <= most;
    return kind == Kind::sizes ? sizes <= bound : squares <= bound * bound;
  }
  double failure() const {
    const long double unit = 1e-13L * bound;
    const long double by = kind == Kind::sum     ? sum()
                           : kind == Kind::sizes ? sum_of_sizes(bound, unit)
                           : kind == Kind::norm  ? norm(bound, unit)
                                                 : free();
    return static_cast<double>(by / scale());
  }
};

/// A pack of policies made for some places, with what they keep.
template <Scalar S, class... Ps>
class Placed {
 public:
  Placed(const Places& at, const Ps&... policies)
      : pack_(policies...), n_(static_cast<Index>(at.mask.size())) {
    const Numbers<S> start(at.values.begin(), at.values.end());
    numbers_.resize(static_cast<std::size_t>(pack_.memories * n_));
    detail::remember(pack_, Block<const S>{start.data(), 1, n_}, numbers_.data(), n_,
                     detail::Remember::started);
  }
  template <bool with_penalties = true>
  Numbers<S> constrained(Numbers<S> row, const Numbers<S>& t) const {
    typename Pack<Ps...>::Counts counts{};
    Numbers<S> copies(row.size() * pack_.copies);
    pack_.template constrain<with_penalties>(row.data(), n_, Steps<S>{t.empty() ? nullptr : t.data(), S(1)},
                                             S(1), {copies.data()}, counts, {numbers_.data(), n_});
    return row;
  }
  bool contains(const Numbers<S>& row) const { return pack_.contains(row.data(), n_, {numbers_.data(), n_}); }

 private:
  Pack<Ps...> pack_;
  Index n_;
  Numbers<S> numbers_;
};

struct Faults {
  double suboptimal = 0, narrow = 0;
  int infeasible = 0, moved_twice = 0, touched = 0, tried = 0;

  template <class... Ps>
  void look(const Places& at, const Numbers<double>& y, const Numbers<double>& t, const Ps&... policies) {
    Problem problem(y.size());
    (problem.meet(at, policies), ...);
    if (!problem.feasible()) return;
    ++tried;
    const Placed<double, Ps...> pack(at, policies...);
    const Placed<float, Ps...> coarse(at, policies...);
    const Numbers<double> x = pack.constrained(y, t);
    problem.y = y, problem.x = x, problem.t = t.empty() ? Numbers<double>(y.size(), 1) : t;
    suboptimal = std::max(suboptimal, problem.failure());
    hold(pack, y, t, x);
    const Numbers<float> narrow_y(y.begin(), y.end()), narrow_t(t.begin(), t.end());
    const Numbers<float> narrow_x = coarse.constrained(narrow_y, narrow_t);
    hold(coarse, narrow_y, narrow_t, narrow_x);
    for (std::size_t i = 0; i < x.size(); ++i)
      narrow = std::max(narrow, std::abs(static_cast<double>(narrow_x[i]) - x[i]) / (1 + std::abs(x[i])));
  }

 private:
  template <Scalar S>
  void hold(const auto& pack, const Numbers<S>& y, const Numbers<S>& t, const Numbers<S>& x) {
    infeasible += !pack.contains(x);
    moved_twice += !same_bits(pack.template constrained<false>(x, t), x);
    const Numbers<S> inside = pack.template constrained<false>(y, t);
    infeasible += !pack.contains(inside);
    if (pack.contains(y)) touched += !same_bits(inside, y);
  }
};

template <class... Vectors>
void check(const Vectors&... vectors) {
  Faults faults;
  Rng rng{21};
  for (int trial = 0; trial < 150; ++trial) {
    const Index n = 1 + rng.below(30);
    const Places at(n, 0.25, rng);
    const Numbers<double> y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng),
                          t = trial % 5 == 0 ? Numbers<double>{} : test::random_steps<double>(n, rng);
    const Mask mask{Pattern(at.mask)};
    const SignPattern signs{Pattern(at.signs)};
    const Frozen frozen{Pattern(at.frozen)};
    faults.look(at, y, t, mask, vectors...);
    faults.look(at, y, t, signs, L1{0.2}, vectors...);
    faults.look(at, y, t, frozen, mask, L1{0.2}, test::clip, vectors...);
  }
  CHECK(faults.suboptimal < 1e-13);
  CHECK(faults.narrow < 60 * detail::roundoff<float>);
  CHECK(faults.infeasible == 0);
  CHECK(faults.moved_twice == 0);
  CHECK(faults.touched == 0);
  CHECK(faults.tried > 250);
}

}  // namespace

TEST_CASE("Places alone") { check(); }
TEST_CASE("Places with MaxNorm") { check(MaxNorm{0.8}); }
TEST_CASE("Places with SumTo") { check(SumTo{0.4}); }
TEST_CASE("Places with Simplex") { check(Simplex{0.9}); }
TEST_CASE("Places with L1Ball") { check(L1Ball{1.6}); }
TEST_CASE("Places with GroupLasso and with MaxNorm beside it") {
  check(GroupLasso{0.15});
  check(GroupLasso{0.15}, MaxNorm{0.8});
}
