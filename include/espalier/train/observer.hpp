// SPDX-License-Identifier: MIT
// The contract of an observer: it watches a run of `fit`, prints or records, and may end it.
//
// An observer has any of these members; `fit` calls the ones there are, and refuses to compile with a member
// of such a name that it cannot call, a non-const one of a const observer for example:
//
//   void start(const Plan&);
//
//   // after each step; model.gradients() are those of the step
//   void batch(const M& model, const BatchReport&);
//
//   // after each epoch; false ends the run (may also be void)
//   bool epoch(const M& model, const EpochReport&);
//
//   // after the last epoch, also if it came early; not if the run throws
//   void finish(M& model);
//
//   // before anything changes: throws for options that make no sense
//   void validate() const;
//
//   // of no use without the option .state: `fit` refuses to run without it
//   static constexpr bool needs_state = true;
//
//   // asks for EpochReport::training_loss, which costs a pass over the data each epoch
//   bool wants_training_loss() const;
//
//   // after all observers have seen an epoch: the run as it is now, `observers` a tuple of references to all
//   // of them. Checkpoint writes it to a file.
//   void save(const M& model, const O& optimizer, const TrainState& state, const auto& observers);
//
// An observer that keeps something over epochs tells what, so that a run can be taken up from a file:
//
//   // f(name, x) for each; x is a double, a long, or a std::vector<double>
//   static void each_state(auto& self, auto&& f);
//
// Its `describe` (core/description.hpp) names options, which are then compared when the run is taken up.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "espalier/model/sequential.hpp"

namespace espalier {

struct Plan {
  long epochs = 0, batches = 0;  ///< batches in each epoch
  long done = 0;  ///< epochs of the run before this call: more than 0 where it is taken up again
  /// What `fit` finds odd about the data, a sentence each, as scale_notes gives them. ProgressBar prints
  /// them.
  std::vector<std::string> notes{};
};

struct BatchReport {
  long epoch = 0, batch = 0;  ///< counted from 1
  double loss = 0;            ///< of this batch before its step, without penalties
  double learning_rate = 0;   ///< learning rate of the step
};

struct EpochReport {
  long epoch = 0;      ///< counted from 1
  double loss = 0;     ///< mean over the samples, each at the weights its batch met; without penalties
  double penalty = 0;  ///< the sum of all penalties at the weights after the epoch
  /// The loss of all training data at the weights after the epoch, as `evaluate` gives it: without dropout
  /// and penalties. NaN: there are validation data, or no observer asks for it.
  double training_loss = std::numeric_limits<double>::quiet_NaN();
  double validation_loss = std::numeric_limits<double>::quiet_NaN();  ///< NaN: no validation data
  double validation_accuracy =
      std::numeric_limits<double>::quiet_NaN();  ///< NaN: none, or no labels of its classes
  double learning_rate = 0;                      ///< learning rate of the last step
  double seconds = 0;                            ///< since the start of the run
};

/// A line for each epoch.
using History = std::vector<EpochReport>;

namespace detail {

/// The numbers of a report on one line; those that are missing are left out.
inline std::string numbers_of(const EpochReport& report) {
  std::string line = format_message("  loss {:.4g}", {report.loss});
  const auto add = [&](std::string_view pattern, double x) {
    if (!std::isnan(x)) line += format_message(pattern, {x});
  };
  add("  after it {:.4g}", report.training_loss);
  if (report.penalty > 0) add("  penalty {:.4g}", report.penalty);
  add("  validation {:.4g}", report.validation_loss);
  add(" ({:.1f} %)", 100 * report.validation_accuracy);
  add("  {:.1f} s", report.seconds);
  return line;
}

template <class O>
concept Starts = requires(O& o, const Plan& plan) {
  o.start(plan);
};
template <class O, class M>
concept WatchesBatches = requires(O& o, const M& model, const BatchReport& report) {
  o.batch(model, report);
};
template <class O, class M>
concept WatchesEpochs = requires(O& o, const M& model, const EpochReport& report) {
  o.epoch(model, report);
};
template <class O, class M>
concept Finishes = requires(O& o, M& model) {
  o.finish(model);
};

template <class O>
concept MayWantTrainingLoss = requires(const O& o) {
  { o.wants_training_loss() } -> std::same_as<bool>;
};

/// With a member of its own, whatever it is, the class below finds two of that name: `&Twice<O>::start` is
/// ambiguous.
struct Names {
  int start, batch, epoch, finish, wants_training_loss, save;
};
template <class O>
struct Twice : O, Names {};

/// Whether every member of these names can be called. (What nobody can inherit from is not looked at.)
template <class O, class M>
constexpr bool callable_members() {
  using Class = std::remove_const_t<O>;
  if constexpr (std::is_class_v<Class> && !std::is_final_v<Class>)
    return (Starts<O> || requires { &Twice<Class>::start; }) &&
           (WatchesBatches<O, M> || requires { &Twice<Class>::batch; }) &&
           (WatchesEpochs<O, M> || requires { &Twice<Class>::epoch; }) &&
           (Finishes<O, M> || requires { &Twice<Class>::finish; }) &&
           (MayWantTrainingLoss<O> || requires { &Twice<Class>::wants_training_loss; });
  return true;
}

template <class O>
void validate(const O& observer, bool keeps_state) {
  if constexpr (requires { observer.validate(); }) observer.validate();
  if constexpr (requires { O::needs_state; })
    if (O::needs_state && !keeps_state)
      fail("fit", "{.state = &state}, the state that resume fills, for the observer that writes a checkpoint",
           "none");
}
template <class O>
void start(O& observer, const Plan& plan) {
  if constexpr (Starts<O>) observer.start(plan);
}
template <class O>
bool wants_training_loss(const O& observer) {
  if constexpr (MayWantTrainingLoss<O>) return observer.wants_training_loss();
  return false;
}
template <class O, class M>
void end_batch(O& observer, const M& model, const BatchReport& report) {
  if constexpr (WatchesBatches<O, M>) observer.batch(model, report);
}
template <class O, class M>
void finish(O& observer, M& model) {
  if constexpr (Finishes<O, M>) observer.finish(model);
}
template <class O, class M, class Optimizer, class State, class All>
void save([[maybe_unused]] O& observer, [[maybe_unused]] const M& model,
          [[maybe_unused]] const Optimizer& optimizer, [[maybe_unused]] const State& state,
          [[maybe_unused]] const All& observers) {
  using Class = std::remove_const_t<O>;
  if constexpr (requires { observer.save(model, optimizer, state, observers); })
    observer.save(model, optimizer, state, observers);
  else if constexpr (std::is_class_v<Class> && !std::is_final_v<Class>)
    static_assert(
        requires { &Twice<Class>::save; },
        "an observer has a member save that cannot be called as listed in espalier/train/observer.hpp: mind "
        "its arguments, and a const observer");
}
/// Whether to go on.
template <class O, class M>
bool end_epoch(O& observer, const M& model, const EpochReport& report) {
  if constexpr (!WatchesEpochs<O, M>) {
    return true;
  } else if constexpr (std::is_void_v<decltype(observer.epoch(model, report))>) {
    observer.epoch(model, report);
    return true;
  } else {
    return observer.epoch(model, report);
  }
}

}  // namespace detail

template <class O, class M>
concept Observer = detail::Starts<O> || detail::WatchesBatches<O, M> || detail::WatchesEpochs<O, M> ||
    detail::Finishes<O, M>;

inline std::string text_of(const EpochReport& report) {
  return detail::format_message("epoch {}", {report.epoch}) + detail::numbers_of(report);
}

}  // namespace espalier

/// `for (const EpochReport& epoch : history) fmt::print("{}\n", epoch);`
template <>
struct fmt::formatter<espalier::EpochReport> : espalier::detail::TextFormatter<espalier::EpochReport> {};
