// SPDX-License-Identifier: MIT
// The step of one parameter: smooth penalties, the rule with decay, proximal penalties and sets. Weights come
// into the first-level cache once: each of these looks at a chunk of them while it is there.
#pragma once

#include <algorithm>
#include <array>
#include <limits>

#include "espalier/core/aligned.hpp"
#include "espalier/core/block.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/optimizer/adjust_momentum.hpp"
#include "espalier/optimizer/cautious_decay.hpp"
#include "espalier/optimizer/rule_step.hpp"
#include "espalier/optimizer/untouched.hpp"
#include "espalier/pack/any_pack.hpp"

namespace espalier::detail {

/// The numbers of a chunk: 4 kB of floats, so that weights, gradients, states and copies stay in a
/// first-level cache of 32 kB.
inline constexpr Index chunk_numbers = 1024;

/// How long buffers must be: for step sizes and copies of weights, and for what packs work in.
struct BufferSize {
  Index numbers = chunk_numbers;
  ScratchSize scratch{};

  void include(const BufferSize& other) {
    numbers = std::max(numbers, other.numbers);
    scratch.numbers = std::max(scratch.numbers, other.scratch.numbers);
    scratch.room = std::max(scratch.room, other.scratch.room);
  }
};

/// For a parameter under a pack: room for a chunk, for one row where that is longer, or for all numbers where
/// policies need all of them at once.
template <Scalar S>
BufferSize buffer_size(const PackTraits& traits, Index rows, Index cols) {
  const Index numbers = traits.needs_all() ? rows * cols : traits.grain == Grain::row ? cols : 0;
  return {std::max(chunk_numbers, numbers), scratch_size<S>(traits, rows, cols)};
}

/// Step sizes, copies of the weights before and after the step of the rule, and what packs work in.
template <Scalar S>
class ChunkBuffers {
 public:
  explicit ChunkBuffers(const BufferSize& size) { fit(size); }

  /// Grows, if it is too small.
  void fit(const BufferSize& size) {
    length_ = std::max(length_, padded<S>(size.numbers));
    const auto grow = [](auto& numbers, Index n) {
      if (static_cast<Index>(numbers.size()) < n) numbers.resize(static_cast<std::size_t>(n));
    };
    grow(memory_, 3 * length_), grow(copies_, size.scratch.numbers), grow(room_, size.scratch.room);
  }

  S* steps() { return memory_.data(); }
  S* before() { return memory_.data() + length_; }
  S* after() { return memory_.data() + 2 * length_; }
  Scratch<S> scratch() { return {copies_.data(), room_.data()}; }

 private:
  Index length_ = 0;
  AlignedVector<S> memory_, copies_;
  AlignedVector<double> room_;
};

/// One step of a rule at learning rate `rate`, for whatever parameters.
template <class RuleType, Scalar S>
class Update {
 public:
  using Kernel = decltype(std::declval<const RuleType&>().template kernel<S>(1L, 0.1));

  /// The k-th step, k >= 1. `penalties_added`: the gradients include the smooth penalties already.
  Update(const RuleType& rule, long k, double rate, bool penalties_added)
      : rule_(rule),
        kernel_(rule.template kernel<S>(k, rate)),
        rate_(static_cast<S>(rate)),
        penalties_added_(penalties_added) {}

  /// Updates n numbers under no policy. Returns whether all are finite afterwards.
  bool free(const Pointers<S>& numbers, Index n) const {
    return step_rule<RuleType>(kernel_, numbers, n, Free{}).finite();
  }

  /// Updates some rows of a parameter under a pack whose policies look at no more than rows. Adds to
  /// `active`, for each policy, how many weights (or rows) it changed. Returns false if a weight was not
  /// finite after the rule, since Clip would turn infinity into its bound, or at the end.
  bool under(const AnyPack<S>& pack, S shrink, const Block<S>& rows, const Pointers<S>& numbers,
             ChunkBuffers<S>& buffers, Index* active) const {
    const Wishes wishes = wishes_of(pack, shrink);
    return each_chunk(pack, rows, [&](const Block<S>& chunk, Index first) {
      const Pointers<S> own = advanced(numbers, first);
      bool finite = true;
      const StepLines<S> sums = step_chunk(wishes, chunk, own, buffers, 0, active, finite);
      return constrain(wishes, chunk, own, buffers, &sums, active) && finite;
    });
  }

  /// First half of an update under policies that need the whole parameter: makes the step of its numbers from
  /// the `begin`-th on, and keeps step sizes and copies in buffers that the whole parameter shares.
  bool before_all(const AnyPack<S>& pack, S shrink, const Block<S>& some, const Pointers<S>& numbers,
                  ChunkBuffers<S>& shared, Index begin, Index* active) const {
    const Wishes wishes = wishes_of(pack, shrink);
    return each_chunk(pack, some, [&](const Block<S>& chunk, Index first) {
      bool finite = true;
      step_chunk(wishes, chunk, advanced(numbers, first), shared, begin + first, active, finite);
      return finite;
    });
  }
  /// Second half: prox and projection of the whole parameter.
  bool after_all(const AnyPack<S>& pack, const Block<S>& all, const Pointers<S>& numbers,
                 ChunkBuffers<S>& shared, Index* active) const {
    return constrain(wishes_of(pack, S(1)), all, numbers, shared, nullptr, active);
  }

  /// The same update, whose step was made `factor` times as long before what follows it.
  Update scaled(S factor) const {
    Update result = *this;
    result.factor_ *= factor;
    return result;
  }

 private:
  /// What a pack asks of a step, known before its first chunk.
  struct Wishes {
    const AnyPack<S>& pack;
    S shrink, slope_bound;
    double radius;  ///< of the ball inside which nothing follows; 0 if there is none
    bool follows;   ///< does a set change the momentum?
    bool sized;     ///< does anybody read the step size of each weight?
    bool cautious;  ///< does decay wait for the step?
  };
  Wishes wishes_of(const AnyPack<S>& pack, S shrink) const {
    const PackTraits& traits = pack.traits();
    const bool follows = keeps_track(pack);
    // Sets of single weights need no step sizes, and no more do sets that have a metric of their own.
    const S one = 1;
    const bool sized =
        RuleType::adaptive && (traits.proximal || follows ||
                               (traits.of_vectors() && traits.has_set && pack.metric({&one, one}, one).each));
    return {pack,  shrink,         static_cast<S>(pack.slope_bound()), pack.ball_radius(), follows,
            sized, pack.cautious()};
  }

  /// f(chunk, the index of its first number) for each chunk; were all true?
  template <class F>
  static bool each_chunk(const AnyPack<S>& pack, const Block<S>& rows, F&& f) {
    // Without policies on rows, the weights are one long row.
    const Block<S> all = pack.traits().grain == Grain::row ? rows : rows.flat();
    // Decay is done by the rule's own loop: nobody looks at a chunk again.
    const bool once = !pack.traits().constrains() && !pack.traits().smooth && !pack.cautious();
    const Index step = once ? std::max(Index{1}, all.rows) : std::max(Index{1}, chunk_numbers / all.cols);
    bool good = true;
    for (Index j = 0; j < all.rows; j += step)
      good = f(all.some_rows(j, std::min(step, all.rows - j)), j * all.cols) && good;
    return good;
  }

  /// gradient -> smooth penalties -> moments -> decay -> step. The chunk's buffers begin at `place`.
  StepLines<S> step_chunk(const Wishes& wishes, const Block<S>& chunk, const Pointers<S>& numbers,
                          ChunkBuffers<S>& buffers, Index place, Index* active, bool& finite) const {
    finite = penalties_added_ || wishes.pack.add_gradient(chunk, numbers[1], active);
    // Who asks for a step from zeros does the decay.
    if (wishes.cautious && numbers[0] == chunk.data)
      return step_cautiously(wishes, chunk, numbers, buffers, place, finite);
    if (wishes.follows) copy(chunk, wishes.shrink, buffers.before() + place);
    S* const steps = wishes.sized ? buffers.steps() + place : nullptr;
    const StepLines<S> sums = step_lines(wishes, numbers, chunk.size(), steps);
    finite = sums.finite() && finite;
    return sums;
  }

  /// Decay after the step is known: the rule makes it from zeros, which what it adds does not depend on.
  StepLines<S> step_cautiously(const Wishes& wishes, const Block<S>& chunk, const Pointers<S>& numbers,
                               ChunkBuffers<S>& buffers, Index place, bool& finite) const {
    ArrayMap<S> weights(chunk.data, chunk.size()), moved(buffers.after() + place, chunk.size());
    moved = S(0);
    Pointers<S> from_zero = numbers;
    from_zero[0] = moved.data();
    StepLines<S> sums =
        step_lines(wishes, from_zero, chunk.size(), wishes.sized ? buffers.steps() + place : nullptr);
    decay_with_step(wishes.shrink, moved.data(), chunk.data, chunk.size());
    if (wishes.follows) copy(chunk, S(1), buffers.before() + place);
    weights += moved;
    finite = sums.finite() && all_finite(chunk.data, chunk.size()) && finite;
    sums.squares = Line<S>(std::numeric_limits<S>::infinity());  // those of the weights are not known
    return sums;
  }

  /// The step of the rule, in the form in which it does no more than is asked for.
  StepLines<S> step_lines(const Wishes& wishes, const Pointers<S>& numbers, Index n, S* steps) const {
    const PackTraits& traits = wishes.pack.traits();
    const auto step = [&](const auto& policies) {
      return step_rule<RuleType>(kernel_, numbers, n, policies);
    };
    const bool norm = traits.only_norm && wishes.radius > 0;
    // A penalty in Every slows the step down in the steps between, too.
    constexpr bool slows = takes_strength<Kernel, S>;
    const bool penalty = wishes.sized || (slows && wishes.slope_bound > 0);
    if (traits.decays ? norm || penalty : norm && slows && wishes.slope_bound > 0)
      return step(UnderPolicies<S>{wishes.shrink, wishes.slope_bound, steps});
    if (traits.decays) return step(UnderDecay<S>{wishes.shrink});
    if (norm) return step(UnderNorm<S>{steps});
    if constexpr (RuleType::adaptive || slows)
      if (penalty) return step(UnderPenalty<S>{wishes.slope_bound, steps});
    return step(Free{});
  }

  /// -> prox and projection in the metric of the step. `sums` are the chunk's; null: not known.
  bool constrain(const Wishes& wishes, const Block<S>& block, const Pointers<S>& numbers,
                 ChunkBuffers<S>& buffers, const StepLines<S>* sums, Index* active) const {
    const AnyPack<S>& pack = wishes.pack;
    if (!pack.traits().constrains()) return true;
    // Most chunks of a bound that is seldom reached: no row is longer than all of it.
    if (sums && pack.traits().only_norm && surely_below(sums->squares.sum(), block.size(), wishes.radius))
      return true;
    Steps<S> steps{wishes.sized ? buffers.steps() : nullptr, uniform()};
    if (wishes.sized && pack.traits().of_vectors()) even_out(wishes, block, numbers, buffers.steps());
    if (pack.steps_at_once() > 1) lengthen(steps, pack.steps_at_once(), buffers.steps(), block.size());
    if (wishes.follows) copy(block, S(1), buffers.after());
    const bool finite = pack.constrain(block, steps, uniform(), buffers.scratch(), active);
    if (wishes.follows) hold_momentum(pack, steps, block, numbers, buffers);
    return finite;
  }

  /// Makes the step sizes those of `k` steps, for a penalty in Every that acts for k steps at once.
  static void lengthen(Steps<S>& steps, long k, S* each, Index n) {
    const S factor = static_cast<S>(k);
    steps.uniform *= factor;
    if (steps.each) ArrayMap<S>(each, n) *= factor;
  }

  S uniform() const { return factor_ * uniform_step(kernel_, rate_); }

  /// Policies that look at vectors see them without the step sizes of weights that did not move.
  void even_out(const Wishes& wishes, const Block<S>& block, const Pointers<S>& numbers, S* t) const {
    if (!(rate_ > 0)) return;
    const AnyPack<S>& pack = wishes.pack;
    // A penalty takes from a vector that nothing holds as L1 does from a weight: slope times the rule's step
    // size, which is at most the learning rate. With the rate for a step size it would take next to nothing.
    const S rate = pack.traits().proximal ? S(0) : factor_ * rate_;
    const int momentum = rule_.momentum_state();
    const S* moved_by = momentum < 0 ? numbers[1] : numbers[static_cast<std::size_t>(momentum) + 2];
    if (pack.traits().grain == Grain::column)
      return even_out_columns(t, moved_by, block.rows, block.cols, rate);
    // Inside its ball a row has no use for step sizes, unless a penalty does.
    const double radius = pack.traits().proximal || block.rows == 1 ? 0 : wishes.radius;
    each_group(pack, block, [&](Index first, Index n, Index) {
      if (!(radius > 0 && surely_shorter(block.data + first, n, radius)))
        detail::even_out(t + first, moved_by + first, n, rate);
    });
  }

  /// f(first, n, apart) for each vector: its first number, how many there are and how far apart.
  template <class F>
  static void each_group(const AnyPack<S>& pack, const Block<S>& block, F&& f) {
    const PackTraits& traits = pack.traits();
    const Index length = is_all(traits.grain) ? block.size() : traits.block > 0 ? traits.block : block.cols;
    if (traits.grain == Grain::column)
      for (Index i = 0; i < block.cols; ++i) f(i, block.rows, block.cols);
    else if (traits.of_vectors())
      for (Index first = 0; first < block.size(); first += length) f(first, length, Index{1});
  }

  /// Does a set change the momentum?
  bool keeps_track(const AnyPack<S>& pack) const {
    return pack.traits().has_set && !pack.proximal() && rule_.momentum_state() >= 0 && rate_ > 0 &&
           rule_.at_bound != AtBound::keep;
  }

  static void copy(const Block<S>& chunk, S factor, S* to) {
    ArrayMap<S>(to, chunk.size()) = factor * ConstArrayMap<S>(chunk.data, chunk.size());
  }

  void hold_momentum(const AnyPack<S>& pack, Steps<S> steps, const Block<S>& block,
                     const Pointers<S>& numbers, ChunkBuffers<S>& buffers) const {
    const HeldBack<S> held{numbers[static_cast<std::size_t>(rule_.momentum_state()) + 2], buffers.before(),
                           buffers.after(), block.data, block.size()};
    if (!pack.traits().of_vectors() || rule_.at_bound != AtBound::tangent)
      return adjust_momentum(held, rule_.at_bound, [&](Index i) { return kernel_.momentum_step(steps[i]); });
    const Steps<S> metric = pack.metric(steps, uniform());
    each_group(pack, block, [&](Index first, Index n, Index apart) {
      project_momentum(
          held.group(first, n, apart), pack.traits().flat,
          [&](Index i) { return kernel_.momentum_step(steps[first + i]); }, metric.from(first));
    });
  }

  const RuleType& rule_;
  Kernel kernel_;
  S rate_;
  bool penalties_added_;
  S factor_ = 1;
};

}  // namespace espalier::detail
