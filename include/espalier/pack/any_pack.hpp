// SPDX-License-Identifier: MIT
// A pack of whatever policies, as a value: what a model's parameter is under.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "espalier/pack/pack_of.hpp"
#include "espalier/pack/pack_operations.hpp"
#include "espalier/pack/shared_pack.hpp"

namespace espalier {

/// Copies share the policies, which nobody changes. Without a pack it stands for `Pack<>`.
template <Scalar S>
class AnyPack {
 public:
  AnyPack() : operations_(&detail::operations_of<S, Pack<>>()) {}
  template <class... Ps>
  explicit AnyPack(const Pack<Ps...>& pack) : operations_(&detail::operations_of<S, Pack<Ps...>>()) {
    if constexpr (sizeof...(Ps) > 0) pack_ = detail::copy_pack<Pack<Ps...>>(&pack);
    if constexpr (detail::PackPace<Ps...>::seldom) {
      set_pace_ = &pace_of<Ps...>;
      set_pace_(*this);
    }
  }

  bool empty() const { return names().empty(); }
  const detail::PackTraits& traits() const { return operations_->traits; }
  /// Names of the policies, in the order in which they were written.
  std::span<const std::string_view> names() const { return operations_->names; }

  /// The k-th of them with its numbers: "MaxNorm{radius = 0.5}".
  std::string text(std::size_t k, detail::Detail detail = detail::Detail::beginning) const {
    detail::Description numbers(detail);
    operations_->describe(pack_.get(), k, numbers);
    return numbers.with(names()[k]);
  }

  /// The policy of type P; null if there is none.
  template <class P>
  const P* find() const {
    return empty() ? nullptr : static_cast<const P*>(operations_->find(pack_.get(), &detail::type_tag<P>));
  }

  /// The pack with another policy of type P: `f(policy)` changes a copy of it. The pack has such a policy.
  template <class P, class F>
  AnyPack edited(F&& f) const {
    AnyPack result = *this;
    const std::shared_ptr<void> copy = operations_->copy(pack_.get());
    f(*const_cast<P*>(static_cast<const P*>(operations_->find(copy.get(), &detail::type_tag<P>))));
    result.pack_ = copy;
    if (set_pace_) set_pace_(result);
    return result;
  }

  /// Has a policy a number that follows a schedule?
  bool scheduled() const { return operations_->schedule != nullptr; }
  /// By which factor schedules have changed each policy; 1: by none.
  std::vector<double> factors() const {
    std::vector<double> result(names().size(), 1);
    if (scheduled()) operations_->schedule(operations_->copy(pack_.get()).get(), {.read = result});
    return result;
  }
  /// The pack with such factors.
  AnyPack with_factors(std::span<const double> factors) const { return scheduled_by({.write = factors}); }
  /// The pack as its schedules have it in the coming step.
  AnyPack in_progress(const Progress& progress) const { return scheduled_by({.progress = &progress}); }

  /// Fills numbers as the sets name it with the values that they were written with, and as HeNormal does
  /// where they name nothing.
  void initialize(const detail::NewNumbers<S>& to, Rng& rng) const {
    if (!operations_->initialize) return detail::initialize_freely(to, rng);
    if (!scheduled()) return operations_->initialize(pack_.get(), to, rng);
    const AnyPack written = with_factors(std::vector<double>(names().size(), 1));
    operations_->initialize(written.pack_.get(), to, rng);
  }

  /// Throws ValueError, naming `where`, for values that make no sense or sets that do not meet on a
  /// weight of rows x cols numbers.
  void validate(std::string_view where, Index rows, Index cols) const {
    if (!empty()) operations_->validate(pack_.get(), where, rows, cols);
  }
  /// The factor of decoupled decay at learning rate `rate`, `base_rate` before the schedule.
  double shrink(double rate, double base_rate) const {
    return traits().decays ? operations_->shrink(pack_.get(), rate, base_rate) : 1;
  }
  /// Do only weights decay that the step of the rule does not make larger?
  bool cautious() const { return traits().decays && operations_->cautious(pack_.get()); }
  /// The largest slope of the penalty of one weight whose prox follows the step; 0 without one.
  double slope_bound() const {
    return traits().proximal ? operations_->slope_bound(pack_.get()) : seldom_slope_;
  }

  /// Does a penalty follow steps, though not every one?
  bool proximal() const { return traits().proximal || lacks_penalty_; }

  /// What acts in the k-th step: all, or the pack without its policy in Every.
  const AnyPack& in_step(long k) const { return !between_ || k % every_ == 0 ? *this : *between_; }
  /// Is there a policy in Every? Then its place in names(); else -1.
  Index seldom() const { return between_ ? seldom_ : -1; }
  /// For how many steps the penalty acts at once.
  long steps_at_once() const { return at_once_; }

  /// g += the gradient of the smooth penalties of single weights. Returns whether the sums are finite and so
  /// small that their squares are.
  bool add_gradient(Block<const S> w, S* g, Index* active) const {
    return !traits().smooth || operations_->add_gradient(pack_.get(), w, g, active);
  }
  /// g += the gradients of the smooth penalties that look at all of w.
  void add_matrix_gradient(Block<const S> w, S* g, Index* active) const {
    if (traits().smooth_matrix) operations_->add_matrix_gradient(pack_.get(), w, g, active);
  }
  /// The radius of the ball in which a group is left as it is by all policies that follow the step, or made
  /// shorter by those on elements; 0 if there is none.
  double ball_radius() const { return traits().constrains() ? operations_->ball_radius(pack_.get()) : 0; }
  /// The step sizes in whose metric sets of vectors are projected onto.
  Steps<S> metric(Steps<S> steps, S rate) const {
    return empty() ? steps : operations_->metric(pack_.get(), steps, rate);
  }
  /// After a step: the proximal point of the penalties over the sets, in the metric of the step sizes. `rate`
  /// is the learning rate; `scratch` has what scratch_size() says. Where policies look at columns or at all
  /// of a weight, `w` must be all of it. Returns whether all weights are finite.
  bool constrain(Block<S> w, Steps<S> steps, S rate, std::type_identity_t<detail::Scratch<S>> scratch,
                 Index* active) const {
    return operations_->constrain(pack_.get(), w, steps, rate, scratch, active);
  }
  /// Writes down what a step did to rows x cols weights.
  void record(std::span<Activity> activity, const Index* active, Index rows, Index cols,
              double shrink) const {
    if (!empty()) operations_->record(pack_.get(), activity, active, rows, cols, shrink);
  }

  /// Moves every group to the nearest point of the sets, in the Euclidean norm; feasible ones are not
  /// touched.
  void project(Block<S> w) const {
    if (traits().has_set) operations_->project(pack_.get(), w);
  }
  bool contains(Block<const S> w) const { return !traits().has_set || operations_->contains(pack_.get(), w); }
  /// How far the group that is farthest from the set of the k-th policy is from it; 0 exactly where the set
  /// contains all.
  double violation(std::size_t k, Block<const S> w) const {
    return traits().has_set ? operations_->violation(pack_.get(), k, w) : 0;
  }
  /// The sum of the penalties; with `smooth_only`, of those that have a gradient.
  double penalty(Block<const S> w, bool smooth_only = false) const {
    return empty() ? 0 : operations_->penalty(pack_.get(), smooth_only, w);
  }

  /// Has it policies that may leave a weight one value only?
  bool may_hold() const { return traits().memories > 0 && traits().has_set; }
  /// Where policies that know places leave a weight of w one value only, as a mask does: to = 0.
  void clear_held(Block<const S> w, S* to) const {
    if (may_hold()) operations_->clear_held(pack_.get(), w, to);
  }

  /// Writes down what the policies keep of w: traits().memories times `apart` numbers.
  void remember(Block<const S> w, S* numbers, Index apart, detail::Remember when) const {
    if (traits().memories > 0) operations_->remember(pack_.get(), w, numbers, apart, when);
  }

  /// Does a policy look at its vectors after each step?
  bool watches() const { return operations_->watch != nullptr; }
  /// It does, and changes the numbers that it keeps of them.
  void watch(Block<const S> w, S* numbers, Index apart, long step) const {
    if (watches()) operations_->watch(pack_.get(), w, numbers, apart, step);
  }

  /// Turns what is stored into W, where a policy maps it. `beside` are the numbers beside it, where
  /// traits().beside says that there are any.
  void to_weight(Block<S> numbers, const S* beside = nullptr) const {
    if (traits().maps) operations_->to_weight(pack_.get(), numbers, beside);
  }
  /// Turns W into what is stored, and sets the numbers beside it. Returns false if nothing that can be stored
  /// gives W.
  bool to_stored(Block<S> numbers, S* beside = nullptr) const {
    return !traits().maps || operations_->to_stored(pack_.get(), numbers, beside);
  }
  /// How many numbers stand beside a weight of rows x cols.
  Index beside(Index rows, Index cols) const {
    return traits().beside ? operations_->beside(pack_.get(), rows, cols) : 0;
  }

  bool operator==(const AnyPack& other) const {
    if (operations_ != other.operations_) return false;
    return pack_ == other.pack_ || operations_->equal(pack_.get(), other.pack_.get());
  }

 private:
  AnyPack scheduled_by(const detail::ScheduleCall& call) const {
    if (!scheduled()) return *this;
    AnyPack result = *this;
    const std::shared_ptr<void> copy = operations_->copy(pack_.get());
    operations_->schedule(copy.get(), call);
    result.pack_ = copy;
    if (set_pace_) set_pace_(result);
    return result;
  }

  /// Sets what depends on a policy in Every. Without it a penalty leaves its mark on the step sizes in all
  /// steps, so that they are those of one metric.
  template <class... Ps>
  static void pace_of(AnyPack& any) {
    using Pace = detail::PackPace<Ps...>;
    const auto& pack = *static_cast<const Pack<Ps...>*>(any.pack_.get());
    AnyPack between(std::apply([](const Ps&... ps) { return detail::pack_of<detail::InEveryStep>(ps...); },
                               pack.policies()));
    between.seldom_slope_ = pack.slope_bound();
    between.lacks_penalty_ = Pace::seldom_penalty;
    any.between_ = std::make_shared<const AnyPack>(std::move(between));
    any.every_ = Pace::steps(pack.policies());
    any.seldom_ = static_cast<Index>(Pace::place);
    any.at_once_ = Pace::seldom_penalty ? any.every_ : 1;
  }

  const detail::PackOperations<S>* operations_;
  std::shared_ptr<const void> pack_;
  void (*set_pace_)(AnyPack&) = nullptr;
  std::shared_ptr<const AnyPack> between_;
  Index seldom_ = -1;
  long every_ = 1, at_once_ = 1;
  double seldom_slope_ = 0;
  bool lacks_penalty_ = false;
};

}  // namespace espalier
