// SPDX-License-Identifier: MIT
// What a pack does to a whole parameter: group by group, and a table of functions in which the
// types of the policies are gone. Optimizers, models and audits work with the table.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "espalier/core/block.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/pack/groups.hpp"
#include "espalier/pack/held.hpp"
#include "espalier/pack/initialize.hpp"
#include "espalier/pack/matrix_maps.hpp"
#include "espalier/pack/matrix_policies.hpp"
#include "espalier/pack/pack.hpp"
#include "espalier/pack/pack_answers.hpp"
#include "espalier/pack/pack_traits.hpp"
#include "espalier/pack/remember.hpp"
#include "espalier/pack/schedules.hpp"
#include "espalier/pack/shared_pack.hpp"

namespace espalier::detail {

inline constexpr std::size_t most_policies = 16;
/// How often each policy of a pack acted on a parameter in one step.
using PolicyCounts = std::array<Index, most_policies>;

/// What `constrain` needs to work in for rows x cols numbers: so many numbers, and so many doubles.
struct ScratchSize {
  Index numbers = 0, room = 0;
};
template <Scalar S>
ScratchSize scratch_size(const PackTraits& traits, Index rows, Index cols) {
  if (traits.grain == Grain::element) return {};
  const Index group = traits.grain == Grain::row ? cols : traits.grain == Grain::column ? rows : rows * cols;
  const Index gathered = traits.grain == Grain::column ? gathered_size<S>(rows, true, traits.memories) : 0;
  return {gathered + traits.copies * group, traits.room * group};
}

/// One table for each pack and precision. `pack` is the address of the pack; `active` has a number for each
/// policy, to which the weights (or groups) are added that it changed.
template <Scalar S>
struct PackOperations {
  PackTraits traits;
  std::span<const std::string_view> names;  ///< of the policies, in the order in which they are written

  /// The policy of a type, with or without the word that says on what; null: the pack has none.
  const void* (*find)(const void* pack, const void* type_tag);
  void (*validate)(const void* pack, std::string_view where, Index rows, Index cols);
  double (*shrink)(const void* pack, double rate, double base_rate);
  bool (*cautious)(const void* pack);
  double (*slope_bound)(const void* pack);
  bool (*add_gradient)(const void* pack, Block<const S> w, S* g, Index* active);
  void (*add_matrix_gradient)(const void* pack, Block<const S> w, S* g, Index* active);
  double (*ball_radius)(const void* pack);
  Steps<S> (*metric)(const void* pack, Steps<S> steps, S rate);
  bool (*constrain)(const void* pack, Block<S> w, Steps<S> steps, S rate, Scratch<S> scratch, Index* active);
  void (*record)(const void* pack, std::span<Activity> activity, const Index* active, Index rows, Index cols,
                 double shrink);
  void (*project)(const void* pack, Block<S> w);
  bool (*contains)(const void* pack, Block<const S> w);
  double (*violation)(const void* pack, std::size_t policy, Block<const S> w);
  double (*penalty)(const void* pack, bool smooth_only, Block<const S> w);
  void (*clear_held)(const void* pack, Block<const S> w, S* to);  ///< held.hpp
  /// What the policies keep of w, into numbers of which each policy's are `apart` from the one's before.
  void (*remember)(const void* pack, Block<const S> w, S* numbers, Index apart, Remember when);
  /// The same after a step, for policies that watch their vectors; null: there is none.
  void (*watch)(const void* pack, Block<const S> w, S* numbers, Index apart, long step);
  void (*to_weight)(const void* pack, Block<S> numbers, const S* beside);  ///< from what is stored to W
  bool (*to_stored)(const void* pack, Block<S> numbers, S* beside);  ///< and back; false: nothing gives W
  Index (*beside)(const void* pack, Index rows, Index cols);
  void (*describe)(const void* pack, std::size_t policy, Description& text);
  bool (*equal)(const void* pack, const void* other);
  std::shared_ptr<void> (*copy)(const void* pack);
  void (*schedule)(void* pack, const ScheduleCall& call);  ///< null: no policy is in Scheduled
  void (*initialize)(const void* pack, const NewNumbers<S>& to, Rng& rng);  ///< null: as HeNormal
};

/// The functions behind the table of one pack.
template <Scalar S, class PackType>
struct PackFunctions : PackAnswers<PackType> {
  using PackAnswers<PackType>::pack_of;
  static_assert(PackType::size <= most_policies, "more than 16 policies on one weight");

  static void validate(const void* pack, std::string_view where, Index rows, Index cols) {
    pack_of(pack).validate(where, rows, cols);
    if constexpr (PackType::memories > 0 && PackType::has_set) {
      // Whether sets meet that know the places of weights is tried.
      const Index size = rows * cols, apart = padded<S>(size);
      std::vector<S> w(static_cast<std::size_t>(size)),
          numbers(static_cast<std::size_t>(PackType::memories * apart));
      const Block<S> block{w.data(), rows, cols, {numbers.data(), apart}};
      remember(pack, block, numbers.data(), apart, Remember::opened);
      project(pack, block);
      if (!contains(pack, block)) fail_to_intersect(pack_of(pack), where);
    }
  }
  static Steps<S> metric(const void* pack, Steps<S> steps, S rate) {
    return pack_of(pack).metric(steps, rate);
  }

  static bool add_gradient(const void* pack, Block<const S> w, S* g, Index* active) {
    if constexpr (PackType::smooth) return pack_of(pack).add_gradient(w.data, g, w.size(), active, w.memory);
    return true;
  }

  static void add_matrix_gradient(const void* pack, Block<const S> w, S* g, Index* active) {
    if constexpr (PackType::smooth_matrix) detail::add_matrix_gradient(pack_of(pack), w, g, active);
  }

  /// Returns whether all weights are finite: a policy of one's own may err.
  static bool constrain(const void* pack, Block<S> w, Steps<S> steps, S rate, Scratch<S> scratch,
                        Index* active) {
    bool finite = true;
    if constexpr (PackType::grain == Grain::matrix) {
      return constrain_matrix(pack_of(pack), w, steps, scratch, active);
    } else if constexpr (PackType::constrains) {
      typename PackType::Counts counts{};
      const Scratch<S> room(scratch.row + gathered_room(w), scratch.room);
      // Most of many groups may be inside their ball. A single group has been looked at by the caller.
      const double radius = pack_of(pack).ball_radius();
      const bool look = PackType::only_norm && radius > 0 && PackType::group_count(w.rows, w.cols) > 1;
      each_group<PackType::grain, PackType::memories>(
          PackType::in_vectors(w), steps, scratch.row,
          [&](S* group, Index n, Steps<S> t, const PolicyMemory<S>& memory) {
            if (look && surely_shorter(group, n, radius)) return;
            finite = pack_of(pack).constrain(group, n, t, rate, room, counts, memory) && finite;
          });
      for (std::size_t k = 0; k < counts.size(); ++k) active[k] += counts[k];
    }
    return finite;
  }
  static Index gathered_room(Block<const S> w) {
    return PackType::grain == Grain::column ? gathered_size<S>(w.rows, true, PackType::memories) : 0;
  }

  static void project(const void* pack, Block<S> w) {
    if constexpr (PackType::grain == Grain::matrix) {
      project_matrix(pack_of(pack), w);
    } else if constexpr (PackType::has_set) {
      const auto length = static_cast<std::size_t>(PackType::group_size(w.rows, w.cols));
      std::vector<S> copies(length * static_cast<std::size_t>(PackType::copies));
      std::vector<double> room(length * static_cast<std::size_t>(PackType::room));
      each_group<PackType::grain, PackType::memories>(
          PackType::in_vectors(w), [&](S* group, Index n, const PolicyMemory<S>& memory) {
            pack_of(pack).project(group, n, Scratch<S>(copies.data(), room.data()), memory);
          });
    }
  }

  static bool contains(const void* pack, Block<const S> w) {
    bool inside = true;
    if constexpr (PackType::grain == Grain::matrix)
      return contains_matrix(pack_of(pack), w);
    else if constexpr (PackType::has_set)
      each_group<PackType::grain, PackType::memories>(
          PackType::in_vectors(w), [&](const S* group, Index n, const PolicyMemory<S>& memory) {
            inside = inside && pack_of(pack).contains(group, n, memory);
          });
    return inside;
  }

  static double violation(const void* pack, std::size_t policy, Block<const S> w) {
    double largest = 0;
    if constexpr (PackType::grain == Grain::matrix)
      return matrix_violation(pack_of(pack), policy, w);
    else if constexpr (PackType::has_set)
      each_group<PackType::grain == Grain::element ? Grain::row : PackType::grain, PackType::memories>(
          PackType::in_vectors(w), [&](const S* group, Index n, const PolicyMemory<S>& memory) {
            largest = std::max(largest, pack_of(pack).violation(policy, group, n, memory));
          });
    return largest;
  }

  static double penalty(const void* pack, bool smooth_only, Block<const S> w) {
    const auto& typed = pack_of(pack);
    const double smooth = PackType::smooth_matrix ? smooth_matrix_penalty(typed, w) : 0;
    if (smooth_only) return smooth + typed.template penalty<true>(w.data, w.size(), w.memory);
    double sum = smooth + typed.template penalty<false>(w.data, w.size(), w.memory);
    if constexpr (PackType::matrix_penalties > 0)
      sum += matrix_penalty(typed, w);
    else if constexpr (PackType::vector_penalties > 0)
      each_group<PackType::grain>(
          PackType::in_vectors(w),
          [&](const S* group, Index n, const PolicyMemory<S>&) { sum += typed.vector_penalty(group, n); });
    return sum;
  }

  static void remember(const void* pack, Block<const S> w, S* numbers, Index apart, Remember when) {
    if constexpr (PackType::memories > 0) detail::remember(pack_of(pack), w, numbers, apart, when);
  }

  static void to_weight(const void* pack, Block<S> numbers, const S* beside) {
    if constexpr (traits_of<PackType>.maps)
      pack_of(pack).for_each_policy([&](const auto& p) { apply_map(p, numbers, beside); });
  }
  static bool to_stored(const void* pack, Block<S> numbers, S* beside) {
    bool found = true;
    if constexpr (traits_of<PackType>.maps)
      pack_of(pack).for_each_policy([&](const auto& p) { found = invert_map(p, numbers, beside) && found; });
    return found;
  }
};

template <Scalar S, class PackType>
inline constexpr PackOperations<S> pack_operations = [] {
  using F = PackFunctions<S, PackType>;
  return PackOperations<S>{.traits = traits_of<PackType>,
                           .names = PackType::names,
                           .find = F::find,
                           .validate = F::validate,
                           .shrink = F::shrink,
                           .cautious = F::cautious,
                           .slope_bound = F::slope_bound,
                           .add_gradient = F::add_gradient,
                           .add_matrix_gradient = F::add_matrix_gradient,
                           .ball_radius = F::ball_radius,
                           .metric = F::metric,
                           .constrain = F::constrain,
                           .record = F::record,
                           .project = F::project,
                           .contains = F::contains,
                           .violation = F::violation,
                           .penalty = F::penalty,
                           .clear_held = detail::clear_held<S, PackType>,
                           .remember = F::remember,
                           .watch = watch_of<S, PackType>(),
                           .to_weight = F::to_weight,
                           .to_stored = F::to_stored,
                           .beside = F::beside,
                           .describe = F::describe,
                           .equal = F::equal,
                           .copy = copy_pack<PackType>,
                           .schedule = schedule_of<PackType>(),
                           .initialize = initialize_of<S, PackType>()};
}();

/// Behind a function, which a library can hold for packs that many programs use (compiled.hpp).
template <Scalar S, class PackType>
const PackOperations<S>& operations_of() {
  return pack_operations<S, PackType>;
}

}  // namespace espalier::detail
