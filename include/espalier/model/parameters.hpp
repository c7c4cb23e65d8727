// SPDX-License-Identifier: MIT
// What is trained: the numbers of a model with their paths, kinds and packs, without the types of its layers.
// Optimizers, audits and files know a model as this.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/core/moving.hpp"
#include "espalier/model/joint_penalty.hpp"
#include "espalier/model/parameter_entry.hpp"
#include "espalier/model/runs.hpp"

namespace espalier {

template <Scalar S>
class Parameters;

namespace detail {

template <Scalar S>
class Change;
template <Scalar S>
class InStep;

/// All numbers of the parameters, for layers and optimizers to write to. Whoever does so projects and calls
/// copy_tied() afterwards, and leaves zeros in the gaps.
template <Scalar S>
std::span<S> arena(Parameters<S>& parameters);
template <class M>
requires requires(M& model) { model.parameters(); }
auto arena(M& model) { return arena(model.parameters()); }

}  // namespace detail

/// A value, as models are. Members stand outside the class, so that espalier::compiled has them. Values and
/// gradients stand in one arena each, in the order of the entries, every parameter on a cache line, with
/// zeros in the gaps; optimizers keep their state in the same layout.
template <Scalar S>
class Parameters {
 public:
  using scalar_type = S;

  Parameters();
  Parameters(const Parameters&);
  Parameters(Parameters&&) noexcept;
  Parameters& operator=(const Parameters&);
  Parameters& operator=(Parameters&&) noexcept;
  ~Parameters();

  /// Becomes `changed`, a copy of these that has been changed. Numbers and entries stay at their addresses.
  void take(Parameters&& changed) noexcept;

  /// Adds a parameter of zeros. Throws ValueError for a path that there is, or for a pack that cannot be met.
  void add(std::string path, ParameterKind kind, Index rows, Index cols, AnyPack<S> pack = {});

  /// What the policies of an entry keep of its weights, from now on.
  void remember(ParameterEntry<S>& e, detail::Remember when) {
    detail::remember(e.pack, values_of(e), e.memory, when);
  }
  void remember(detail::Remember when);

  std::span<const ParameterEntry<S>> entries() const { return entries_; }
  /// The penalties that see several parameters; an optimizer puts its own here.
  const std::vector<JointEntry<S>>& joint_penalties() const { return joint_penalties_; }
  /// The offset of each entry in the arenas.
  const Index* offsets() const { return offsets_.data(); }

  /// Read only, as they are in their sets: `assign` and `edit` of model/access.hpp change them.
  std::span<const S> values() const { return values_; }
  std::span<S> gradients() { return gradients_; }
  std::span<const S> gradients() const { return gradients_; }

  /// The numbers of an entry. Only optimizers write to them, and project what they have written.
  Block<S> values_of(const ParameterEntry<S>& e) {
    return {values_.data() + e.offset, e.rows, e.cols, e.kept()};
  }
  Block<const S> values_of(const ParameterEntry<S>& e) const {
    return {values_.data() + e.offset, e.rows, e.cols, e.kept()};
  }
  S* gradients_of(const ParameterEntry<S>& e) { return gradients_.data() + e.offset; }
  const S* gradients_of(const ParameterEntry<S>& e) const { return gradients_.data() + e.offset; }

  /// The entry with this path; null if there is none.
  const ParameterEntry<S>* find(std::string_view path) const;

  /// The entry with this path; ValueError, with the paths that there are, if there is none.
  const ParameterEntry<S>& at(std::string_view path) const;

  /// Freezes every parameter whose path fits the pattern, in which * stands for any text: freeze("0.*").
  /// Optimizers, averages and projections leave it bit for bit as it is, and what is tied to it.
  /// `initialize`, `assign` and `edit` still write to it, which is what they are called for. Layers still
  /// write to buffers, as running means: these cannot be frozen. ValueError if the pattern fits no parameter,
  /// or only buffers.
  void freeze(std::string_view pattern) { set_frozen(pattern, true); }
  void unfreeze(std::string_view pattern) { set_frozen(pattern, false); }

  /// From now on two weights are one: `other` takes the numbers of `one`, its gradient is added to that of
  /// `one`, and the policies of `one` hold for both. Throws, and changes nothing, for unknown paths,
  /// ShapeError for other shapes, ValueError for other policies, for weights that are tied already, and where
  /// only one of the two is frozen.
  void tie(std::string_view one, std::string_view other);

  /// Tied parameters take the numbers of what they are tied to; for whoever has written to values().
  void copy_tied();
  /// The policies of tied parameters keep the numbers that those of what they are tied to keep.
  void copy_tied_memory();
  /// The gradients of tied parameters are added to those of what they are tied to.
  void add_tied_gradients();

  /// By which optimizers they have been trained.
  const detail::Runs& runs() const { return runs_; }

  /// Another number after each change of what there is beside numbers and activities: paths, shapes, packs,
  /// what is frozen and tied. Copies share it. By it an optimizer knows that it need not look again.
  std::uint64_t version() const { return version_.value; }

  /// The gaps between gradients (or values) are zero again, after somebody wrote to all of an arena.
  void clear_gaps() { clear_gaps(gradients_); }
  void clear_gaps_of_values() { clear_gaps(values_); }

  /// Equal paths, shapes and numbers, also those that policies keep; gradients and activities do not matter.
  bool operator==(const Parameters& other) const;

 private:
  friend std::span<S> detail::arena<S>(Parameters<S>&);
  friend class detail::Change<S>;
  friend class detail::InStep<S>;

  const ParameterEntry<S>& original_of(const ParameterEntry<S>& e) const {
    return entries_[static_cast<std::size_t>(e.tied)];
  }

  void clear_gaps(std::span<S> arena) const;

  void set_frozen(std::string_view pattern, bool frozen);

  std::vector<ParameterEntry<S>> entries_;
  std::vector<JointEntry<S>> joint_penalties_;
  std::vector<Index> offsets_;
  detail::AlignedVector<S> values_, gradients_;
  detail::Runs runs_;
  detail::Moving<std::uint64_t> version_{};
  bool ties_ = false;
};

template <Scalar S>
Parameters<S>::Parameters() = default;
template <Scalar S>
Parameters<S>::Parameters(const Parameters&) = default;
template <Scalar S>
Parameters<S>::Parameters(Parameters&&) noexcept = default;
template <Scalar S>
Parameters<S>& Parameters<S>::operator=(const Parameters&) = default;
template <Scalar S>
Parameters<S>& Parameters<S>::operator=(Parameters&&) noexcept = default;
template <Scalar S>
Parameters<S>::~Parameters() = default;

template <Scalar S>
void Parameters<S>::take(Parameters&& changed) noexcept {
  eigen_assert(changed.values_.size() == values_.size());
  std::copy(changed.values_.begin(), changed.values_.end(), values_.begin());
  std::copy(changed.gradients_.begin(), changed.gradients_.end(), gradients_.begin());
  std::move(changed.entries_.begin(), changed.entries_.end(), entries_.begin());
  joint_penalties_ = std::move(changed.joint_penalties_);
  offsets_ = std::move(changed.offsets_);
  runs_ = std::move(changed.runs_);
  version_ = changed.version_, ties_ = changed.ties_;
}

template <Scalar S>
void Parameters<S>::add(std::string path, ParameterKind kind, Index rows, Index cols, AnyPack<S> pack) {
  if (find(path)) detail::fail(path, "a path of its own for every parameter", "it twice");
  pack.validate(path, rows, cols);
  const auto offset = static_cast<Index>(values_.size());
  values_.resize(values_.size() + static_cast<std::size_t>(detail::padded<S>(rows * cols)), S(0));
  gradients_.resize(values_.size(), S(0));
  std::vector<Activity> activity(pack.names().size());
  entries_.push_back({std::move(path), kind, rows, cols, offset, std::move(pack), std::move(activity)});
  offsets_.push_back(offset);
  version_ = detail::next_identity();
  remember(entries_.back(), detail::Remember::opened);
}

template <Scalar S>
void Parameters<S>::remember(detail::Remember when) {
  for (ParameterEntry<S>& e : entries_)
    if (e.tied < 0) remember(e, when);
  copy_tied_memory();
}

template <Scalar S>
const ParameterEntry<S>* Parameters<S>::find(std::string_view path) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.path == path; });
  return found == entries_.end() ? nullptr : &*found;
}

template <Scalar S>
const ParameterEntry<S>& Parameters<S>::at(std::string_view path) const {
  if (const ParameterEntry<S>* found = find(path)) return *found;
  std::string paths;
  for (const auto& e : entries_) (paths += paths.empty() ? "" : ", ") += e.path;
  detail::fail("parameter", {"a path that is one of {}", {paths}}, path);
}

template <Scalar S>
void Parameters<S>::tie(std::string_view one, std::string_view other) {
  const ParameterEntry<S>& first = at(one);
  ParameterEntry<S>& second = entries_[static_cast<std::size_t>(&at(other) - entries_.data())];
  if (&first == &second || first.tied >= 0 || second.tied >= 0)
    detail::fail(other, "two parameters that are not tied yet", "one that is");
  if (first.rows != second.rows || first.cols != second.cols)
    detail::fail_shape(other, "the shape of what it is tied to, {} x {}", first.rows, first.cols, second.rows,
                       second.cols);
  if (first.kind != second.kind || !(first.pack == second.pack))
    detail::fail(other, "the kind and the policies of what it is tied to (yours need operator==)", "others");
  if (first.frozen != second.frozen)
    detail::fail(other, "two parameters that are both frozen, or both not", "one that is frozen");
  second.tied = &first - entries_.data();
  ties_ = true, version_ = detail::next_identity();
  copy_tied();
  copy_tied_memory();
}

template <Scalar S>
void Parameters<S>::copy_tied() {
  if (!ties_) return;
  for (const ParameterEntry<S>& e : entries_)
    if (e.tied >= 0) std::copy_n(values_of(original_of(e)).data, e.size(), values_of(e).data);
}

template <Scalar S>
void Parameters<S>::copy_tied_memory() {
  for (ParameterEntry<S>& e : entries_)
    if (e.tied >= 0) e.memory = original_of(e).memory;
}

template <Scalar S>
void Parameters<S>::add_tied_gradients() {
  if (!ties_) return;
  for (const ParameterEntry<S>& e : entries_) {
    if (e.tied < 0) continue;
    S *const sum = gradients_of(original_of(e)), *const own = gradients_of(e);
    for (Index i = 0; i < e.size(); ++i) sum[i] += own[i];
    std::fill_n(own, e.size(), S(0));
  }
}

template <Scalar S>
bool Parameters<S>::operator==(const Parameters& other) const {
  const auto same = [](const auto& a, const auto& b) {
    return a.path == b.path && a.kind == b.kind && a.rows == b.rows && a.cols == b.cols &&
           a.memory.size() == b.memory.size() &&
           std::equal(a.memory.begin(), a.memory.end(), b.memory.begin(),
                      [](S x, S y) { return x == y || (x != x && y != y); });
  };
  return std::equal(entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(), same) &&
         values_ == other.values_;
}

template <Scalar S>
void Parameters<S>::clear_gaps(std::span<S> arena) const {
  for (const auto& e : entries_) {
    S* const first = arena.data() + e.offset;
    std::fill(first + e.size(), first + detail::padded<S>(e.size()), S(0));
  }
}

template <Scalar S>
void Parameters<S>::set_frozen(std::string_view pattern, bool frozen) {
  std::vector<bool> fits(entries_.size());  // of originals; what is tied to one goes with it
  bool found = false, only_buffers = true;
  for (std::size_t k = 0; k < entries_.size(); ++k) {
    const ParameterEntry<S>& e = entries_[k];
    if (!e.fits(pattern)) continue;
    fits[e.tied < 0 ? k : static_cast<std::size_t>(e.tied)] = found = true;
    only_buffers = only_buffers && e.kind == ParameterKind::buffer;
  }
  if (!found) at(pattern);
  if (only_buffers) detail::fail(pattern, "a pattern that fits what is trained", "buffers only");
  version_ = detail::next_identity();
  for (std::size_t k = 0; k < entries_.size(); ++k)
    if (fits[entries_[k].tied < 0 ? k : static_cast<std::size_t>(entries_[k].tied)])
      entries_[k].frozen = frozen;
}

template <Scalar S>
std::span<S> detail::arena(Parameters<S>& parameters) {
  return parameters.values_;
}

}  // namespace espalier
