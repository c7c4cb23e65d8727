// SPDX-License-Identifier: MIT
// What is trained: the numbers of a model with their paths, kinds and packs, without the types of its layers.
// Optimizers, audits and files know a model as this.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "espalier/core/aligned.hpp"
#include "espalier/core/error.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/layer/slopes.hpp"
#include "espalier/model/joint_penalty.hpp"
#include "espalier/model/runs.hpp"
#include "espalier/pack/any_pack.hpp"

namespace espalier {

namespace detail {

/// Does a text fit a pattern in which * stands for any text?
inline bool fits(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  for (std::size_t i = star; i <= text.size(); ++i)
    if (fits(pattern.substr(star + 1), text.substr(i))) return true;
  return false;
}

/// Writes what the policies of a pack keep of w into `memory`, which gets their size.
template <Scalar S>
void remember(const AnyPack<S>& pack, std::type_identity_t<Block<const S>> w, AlignedVector<S>& memory,
              Remember when) {
  const Index apart = padded<S>(w.size());
  memory.resize(static_cast<std::size_t>(pack.traits().memories * apart), S(0));
  pack.remember(w, memory.data(), apart, when);
}

}  // namespace detail

/// One parameter as it stands in a model.
template <Scalar S>
struct ParameterEntry {
  std::string path;  ///< "0.weight": the layers on the way, counted from 0, and the name that the layer gave
  ParameterKind kind;
  Index rows, cols;  ///< a row-major matrix
  Index offset;      ///< of its first number in the arenas
  AnyPack<S> pack{};
  std::vector<Activity> activity{};   ///< one for each policy of the pack
  bool frozen = false;                ///< optimizers, averages and projections leave it as it is
  Index tied = -1;                    ///< the entry whose numbers these always are; -1: its own
  bool lent = false;                  ///< the pack came from an optimizer
  bool edited = false;                ///< and has been changed since: this optimizer leaves it as it is
  detail::AlignedVector<S> memory{};  ///< what the policies of the pack keep of the weights
  std::string_view
      activation{};  ///< that the outputs of its layer go through: "ReLU"; "": none, or not known
  std::optional<Slopes> slopes{};  ///< of this activation; {1, 1} without one; empty: not known

  Index size() const { return rows * cols; }
  /// Does its path fit a pattern, in which * stands for any text?
  bool fits(std::string_view pattern) const { return detail::fits(pattern, path); }
  PolicyMemory<S> kept() const {
    return {memory.empty() ? nullptr : memory.data(), detail::padded<S>(size())};
  }
  /// Do optimizers change it?
  bool trained() const { return !frozen && tied < 0 && kind != ParameterKind::buffer; }
};

/// A parameter with its numbers, as `for_each_parameter` shows it; T is const where the model is. Values are
/// read only: `assign` and `edit` change them.
template <class T>
struct ParameterView {
  using S = std::remove_const_t<T>;

  const std::string& path;
  ParameterKind kind;
  Index rows, cols, offset;
  const AnyPack<S>& pack;
  std::span<const Activity> activity;  ///< one for each policy of the pack
  const S* values;
  T* gradients;
  PolicyMemory<S> memory{};  ///< what the policies keep

  Index size() const { return rows * cols; }
  Block<const S> block() const { return {values, rows, cols, memory}; }
};

template <Scalar S>
class Parameters;

namespace detail {

/// All numbers of the parameters, for layers and optimizers to write to. Whoever does so projects and calls
/// copy_tied() afterwards, and leaves zeros in the gaps.
template <Scalar S>
std::span<S> arena(Parameters<S>& parameters);
template <class M>
requires requires(M& model) { model.parameters(); }
auto arena(M& model) { return arena(model.parameters()); }

}  // namespace detail

/// A value. Values and gradients stand in one arena each, in the order of the entries, every parameter on a
/// cache line, with zeros in the gaps; optimizers keep their state in the same layout.
template <Scalar S>
class Parameters {
 public:
  using scalar_type = S;

  /// Adds a parameter of zeros. Throws ValueError for a path that there is, or for a pack that cannot be met.
  void add(std::string path, ParameterKind kind, Index rows, Index cols, AnyPack<S> pack = {}) {
    if (find(path)) detail::fail(path, "a path of its own for every parameter", "it twice");
    pack.validate(path, rows, cols);
    const auto offset = static_cast<Index>(values_.size());
    values_.resize(values_.size() + static_cast<std::size_t>(detail::padded<S>(rows * cols)), S(0));
    gradients_.resize(values_.size(), S(0));
    std::vector<Activity> activity(pack.names().size());
    entries_.push_back({std::move(path), kind, rows, cols, offset, std::move(pack), std::move(activity)});
    offsets_.push_back(offset);
    remember(entries_.back(), detail::Remember::opened);
  }

  /// What the policies of an entry keep of its weights, from now on.
  void remember(ParameterEntry<S>& e, detail::Remember when) {
    detail::remember(e.pack, values_of(e), e.memory, when);
  }
  void remember(detail::Remember when) {
    for (ParameterEntry<S>& e : entries_)
      if (e.tied < 0) remember(e, when);
    copy_tied_memory();
  }

  std::span<const ParameterEntry<S>> entries() const { return entries_; }
  std::span<ParameterEntry<S>> entries() { return entries_; }
  /// The penalties that see several parameters; an optimizer puts its own here.
  const std::vector<JointEntry<S>>& joint_penalties() const { return joint_penalties_; }
  std::vector<JointEntry<S>>& joint_penalties() { return joint_penalties_; }
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
  ParameterEntry<S>* find(std::string_view path) {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.path == path; });
    return found == entries_.end() ? nullptr : &*found;
  }
  const ParameterEntry<S>* find(std::string_view path) const {
    return const_cast<Parameters&>(*this).find(path);
  }

  /// The entry with this path; ValueError, with the paths that there are, if there is none.
  ParameterEntry<S>& at(std::string_view path) {
    if (ParameterEntry<S>* found = find(path)) return *found;
    std::string paths;
    for (const auto& e : entries_) (paths += paths.empty() ? "" : ", ") += e.path;
    detail::fail("parameter", {"a path that is one of {}", {paths}}, path);
  }
  const ParameterEntry<S>& at(std::string_view path) const { return const_cast<Parameters&>(*this).at(path); }

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
  void tie(std::string_view one, std::string_view other) {
    ParameterEntry<S>&first = at(one), &second = at(other);
    if (&first == &second || first.tied >= 0 || second.tied >= 0)
      detail::fail(other, "two parameters that are not tied yet", "one that is");
    if (first.rows != second.rows || first.cols != second.cols)
      detail::fail_shape(other, "the shape of what it is tied to, {} x {}", first.rows, first.cols,
                         second.rows, second.cols);
    if (first.kind != second.kind || !(first.pack == second.pack))
      detail::fail(other, "the kind and the policies of what it is tied to (yours need operator==)",
                   "others");
    if (first.frozen != second.frozen)
      detail::fail(other, "two parameters that are both frozen, or both not", "one that is frozen");
    second.tied = &first - entries_.data();
    copy_tied();
    copy_tied_memory();
  }

  /// Tied parameters take the numbers of what they are tied to; for whoever has written to values().
  void copy_tied() {
    for (const ParameterEntry<S>& e : entries_)
      if (e.tied >= 0) std::copy_n(values_of(original_of(e)).data, e.size(), values_of(e).data);
  }
  /// The policies of tied parameters keep the numbers that those of what they are tied to keep.
  void copy_tied_memory() {
    for (ParameterEntry<S>& e : entries_)
      if (e.tied >= 0) e.memory = original_of(e).memory;
  }
  /// The gradients of tied parameters are added to those of what they are tied to.
  void add_tied_gradients() {
    for (const ParameterEntry<S>& e : entries_) {
      if (e.tied < 0) continue;
      S *const sum = gradients_of(original_of(e)), *const own = gradients_of(e);
      for (Index i = 0; i < e.size(); ++i) sum[i] += own[i];
      std::fill_n(own, e.size(), S(0));
    }
  }

  /// By which optimizers they have been trained.
  detail::Runs& runs() { return runs_; }
  const detail::Runs& runs() const { return runs_; }

  /// The gaps between gradients (or values) are zero again, after somebody wrote to all of an arena.
  void clear_gaps() { clear_gaps(gradients_); }
  void clear_gaps_of_values() { clear_gaps(values_); }

  /// Equal paths, shapes and numbers, also those that policies keep; gradients and activities do not matter.
  bool operator==(const Parameters& other) const {
    const auto same = [](const auto& a, const auto& b) {
      return a.path == b.path && a.kind == b.kind && a.rows == b.rows && a.cols == b.cols &&
             a.memory.size() == b.memory.size() &&
             std::equal(a.memory.begin(), a.memory.end(), b.memory.begin(),
                        [](S x, S y) { return x == y || (x != x && y != y); });
    };
    return std::equal(entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(), same) &&
           values_ == other.values_;
  }

 private:
  friend std::span<S> detail::arena<S>(Parameters<S>&);

  const ParameterEntry<S>& original_of(const ParameterEntry<S>& e) const {
    return entries_[static_cast<std::size_t>(e.tied)];
  }

  void clear_gaps(std::span<S> arena) const {
    for (const auto& e : entries_) {
      S* const first = arena.data() + e.offset;
      std::fill(first + e.size(), first + detail::padded<S>(e.size()), S(0));
    }
  }

  void set_frozen(std::string_view pattern, bool frozen) {
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
    for (std::size_t k = 0; k < entries_.size(); ++k)
      if (fits[entries_[k].tied < 0 ? k : static_cast<std::size_t>(entries_[k].tied)])
        entries_[k].frozen = frozen;
  }

  std::vector<ParameterEntry<S>> entries_;
  std::vector<JointEntry<S>> joint_penalties_;
  std::vector<Index> offsets_;
  detail::AlignedVector<S> values_, gradients_;
  detail::Runs runs_;
};

template <Scalar S>
std::span<S> detail::arena(Parameters<S>& parameters) {
  return parameters.values_;
}

}  // namespace espalier
