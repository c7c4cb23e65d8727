// SPDX-License-Identifier: MIT
// The steps from a file's tensors to the numbers of a model: everything is made and checked before the model
// is touched.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/io/load_options.hpp"
#include "espalier/io/metadata.hpp"
#include "espalier/io/names.hpp"
#include "espalier/io/tensor_file.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/settle.hpp"

namespace espalier::detail {

/// The tensors of a file by name, and which of them nobody has asked for.
class TensorsByName {
 public:
  explicit TensorsByName(const TensorFile& file) {
    for (const Tensor& tensor : file.tensors) unused_.emplace(tensor.name, &tensor);
    all_ = unused_;
  }

  bool contains(std::string_view name) const { return all_.find(name) != all_.end(); }
  /// Null if there is none.
  const Tensor* take(std::string_view name) {
    const auto found = all_.find(name);
    if (found == all_.end()) return nullptr;
    unused_.erase(name);
    return found->second;
  }
  const std::map<std::string_view, const Tensor*>& unused() const { return unused_; }

 private:
  std::map<std::string_view, const Tensor*> all_, unused_;
};

/// One attempt to load a file into a model.
template <Scalar S>
class Loading {
 public:
  Loading(Parameters<S>& parameters, const StoredModel& stored, const TensorFile& file,
          const LoadOptions& options, std::string_view where)
      : parameters_(parameters),
        stored_(stored),
        options_(options),
        where_(where),
        tensors_(file),
        names_(stored_numbers(parameters, stored)),
        numbers_(names_.size()) {
    result_.metadata = file.metadata;
  }

  [[gnu::cold]] Loaded run() {
    if (const auto format = result_.metadata.find("format");
        format != result_.metadata.end() && format->second.starts_with("espalier run"))
      fail<FileError>(where_, "a file of a model alone", "one of a run, which resume() reads");
    if (const auto text = result_.metadata.find(std::string(layers_key)); text != result_.metadata.end())
      result_.layers = other_layers(stored_, text->second);
    for (std::size_t k = 0; k < names_.size(); ++k) read(k);
    for (const std::string& counter : stored_.counters) tensors_.take(counter);
    share_tied();
    list_unknown();
    if (options_.strict && !result_.complete())
      refuse("the tensors and layers of the model ({.strict = false} loads what fits)");
    if (!names_.empty() &&
        std::none_of(numbers_.begin(), numbers_.end(), [](const auto& one) { return one.has_value(); }))
      refuse("at least one tensor of the model");
    std::vector<std::optional<Settled<S>>> settled(names_.size());
    std::string outside;
    for (std::size_t k = 0; k < names_.size(); ++k)
      if (numbers_[k]) {
        check_signs(k);
        settled[k] = settle(entry(k), *numbers_[k], outside);
      }
    if (!outside.empty())
      fail(where_, "weights inside the sets of the model ({.outside = Outside::project} moves them there)",
           outside);
    commit(settled);
    return std::move(result_);
  }

 private:
  const ParameterEntry<S>& entry(std::size_t k) const { return parameters_.entries()[k]; }

  /// The numbers of an entry, if the file has them all in the right shape.
  [[gnu::cold]] void read(std::size_t k) {
    if (numbers_[k]) return;  // the gains of a weight that was given as W
    StoredNumbers& names = names_[k];
    const auto there = std::find_if(names.names.begin(), names.names.end(),
                                    [&](const std::string& name) { return tensors_.contains(name); });
    const bool as_weight = there == names.names.end() && is_weight_alone(k);
    const std::string& name = as_weight                    ? names.effective
                              : there == names.names.end() ? names.names.front()
                                                           : *there;
    numbers_[k] = take(k, name, names.shape);
    if (!names.added.empty()) add(k, take(k, names.added, names.shape));
    if (as_weight && numbers_[k]) to_stored(k);
  }

  /// Adds another array, without which the first is of no use.
  void add(std::size_t k, const std::optional<std::vector<S>>& more) {
    if (!more) numbers_[k].reset();
    if (numbers_[k])
      for (std::size_t i = 0; i < more->size(); ++i) (*numbers_[k])[i] += (*more)[i];
  }

  /// Is W itself there, and nothing of what is stored for it?
  bool is_weight_alone(std::size_t k) const {
    const std::string& name = names_[k].effective;
    if (name.empty() || !tensors_.contains(name)) return false;
    if (!entry(k).pack.traits().trains_gain && !entry(k).pack.traits().beside) return true;
    return std::none_of(names_[k + 1].names.begin(), names_[k + 1].names.end(),
                        [&](const std::string& gain) { return tensors_.contains(gain); });
  }

  /// The numbers of a tensor; nothing, and a note, if it is not there or does not fit.
  std::optional<std::vector<S>> take(std::size_t k, const std::string& name,
                                     const std::vector<std::uint64_t>& shape) {
    const Tensor* const tensor = tensors_.take(name);
    if (!tensor) {
      if (entry(k).tied < 0) missing_.emplace_back(k, name + " (" + shape_text(shape) + ")");
      return {};
    }
    const bool numeric =
        tensor->dtype == "F64" || tensor->dtype == "F32" || tensor->dtype == "F16" || tensor->dtype == "BF16";
    if (!numeric || tensor->shape != shape) {
      result_.misshapen.push_back(format_message(
          "{} is {} {}, here {}{}", {name, tensor->dtype, shape_text(tensor->shape),
                                     numeric ? "" : "F64, F32, F16 or BF16 ", shape_text(shape)}));
      return {};
    }
    return converted(*tensor);
  }
  std::vector<S> converted(const Tensor& tensor) const {
    try {
      return tensor.numbers<S>();
    } catch (const FileError& error) {
      throw FileError(std::string(where_) + ": " + error.what());
    }
  }

  /// From W to what is stored for it, as `assign` has it.
  void to_stored(std::size_t k) {
    const ParameterEntry<S>& e = entry(k);
    std::vector<S>& w = *numbers_[k];
    std::vector<S> beside(static_cast<std::size_t>(e.pack.beside(e.rows, e.cols)));
    if (!e.pack.to_stored({w.data(), e.rows, e.cols}, beside.data()))
      fail(where_, {"weights in {} that {} can give", {names_[k].effective, e.pack.names().front()}},
           "others");
    if (!beside.empty()) numbers_[k + 1] = std::move(beside);
    if (!e.pack.traits().trains_gain) return;
    std::vector<S>& gains = numbers_[k + 1].emplace();
    for (Index j = 0; j < e.rows; ++j) gains.push_back(static_cast<S>(norm(w.data() + j * e.cols, e.cols)));
  }

  /// Tied parameters are in a file once, or twice and equal.
  [[gnu::cold]] void share_tied() {
    for (std::size_t k = 0; k < names_.size(); ++k) {
      if (entry(k).tied < 0 || !numbers_[k]) continue;
      const auto one = static_cast<std::size_t>(entry(k).tied);
      if (numbers_[one] && *numbers_[one] != *numbers_[k])
        fail(where_, {"the numbers of {} in {} too, which is tied to it", {entry(one).path, entry(k).path}},
             "others");
      if (!numbers_[one]) numbers_[one] = std::move(numbers_[k]);
      numbers_[k].reset();
    }
    for (auto& [k, text] : missing_)
      if (!numbers_[k]) result_.missing.push_back(std::move(text));
  }

  /// What nobody has asked for; but numbers that policies kept, which the model need not have, are no tensors
  /// of the model.
  [[gnu::cold]] void list_unknown() {
    for (const auto& [name, tensor] : tensors_.unused()) {
      const std::size_t dot = name.rfind('.');
      const bool kept = dot != std::string_view::npos && parameters_.find(name.substr(0, dot));
      if (!kept)
        result_.unknown.push_back(
            format_message("{} ({} {})", {shown_text(name, 200), tensor->dtype, shape_text(tensor->shape)}));
    }
  }

  [[noreturn]] void refuse(std::string_view expected) const {
    std::string found;
    const auto list = [&](std::string_view what, const std::vector<std::string>& items) {
      constexpr std::size_t most = 1000;  // a file may claim millions of names
      for (std::size_t k = 0; k < items.size() && k < most; ++k)
        (found += k == 0 ? "\n  " + std::string(what) + ": " : "; ") += items[k];
      if (items.size() > most) found += format_message("; and {} more", {items.size() - most});
    };
    list("missing", result_.missing);
    list("unknown", result_.unknown);
    list("of another shape or type", result_.misshapen);
    list("other layers", result_.layers);
    throw FileError(format_message("{}: expected {}, found{}", {where_, expected, found}));
  }

  void check_signs(std::size_t k) const {
    if (!stored_.parameters[k].not_negative) return;
    for (const S x : *numbers_[k])
      if (x < 0) fail(where_, {"numbers >= 0 in {}", {entry(k).path}}, x);
  }

  /// The numbers of an entry with what its policies keep. Adds to `outside` what is in no set.
  [[gnu::cold]] Settled<S> settle(const ParameterEntry<S>& e, const std::vector<S>& numbers,
                                  std::string& outside) {
    if (!all_finite(numbers.data(), e.size()))
      fail<NotFiniteError>(where_, {"finite numbers in {}", {e.path}}, "NaN or infinity");
    Settled<S> settled(Block<const S>{numbers.data(), e.rows, e.cols}, e.memory);
    remember(e.pack, settled.block(), settled.memory, Remember::started);
    const bool kept = take_kept(e, settled);
    if (!kept && e.pack.contains(settled.block())) {
      remember(e.pack, settled.block(), settled.memory, Remember::settled);
      e.pack.project(settled.block());  // into bounds that have set themselves
    }
    if (e.pack.contains(settled.block())) return settled;
    for (std::size_t k = 0; k < e.pack.names().size(); ++k) {
      const double violation = e.pack.violation(k, settled.block());
      if (!(violation > 0)) continue;
      if (options_.outside == Outside::project)
        result_.projected.push_back({e.path, std::string(e.pack.names()[k]), violation});
      else
        (outside += outside.empty() ? "" : "; ") +=
            format_message("{} outside {} by {:.3g}", {e.path, e.pack.names()[k], violation});
    }
    if (options_.outside == Outside::refuse) {
      if (outside.empty()) outside = e.path;
    } else if (kept) {
      e.pack.project(settled.block());
      if (!e.pack.contains(settled.block()))
        fail(where_, {"numbers in {} that leave the sets of the model a common point", {e.path}}, "others");
    } else {
      settled.settle(std::string(where_) + ", " + e.path, e.pack, Remember::started);
    }
    return settled;
  }

  /// What policies keep of the start, from the file. False if it has nothing of them, or they are to keep
  /// what is loaded.
  [[gnu::cold]] bool take_kept(const ParameterEntry<S>& e, Settled<S>& settled) {
    bool found = false;
    for (const StartingNumbers& kept : starting_numbers(e)) {
      const Tensor* const tensor = tensors_.take(kept.name);
      if (!tensor || options_.start == StartFrom::loaded) continue;
      const std::vector<std::uint64_t> shape{static_cast<std::uint64_t>(e.rows),
                                             static_cast<std::uint64_t>(e.cols)};
      if (tensor->shape != shape)
        fail<FileError>(where_, {"{} of {}", {kept.name, shape_text(shape)}}, shape_text(tensor->shape));
      const std::vector<S> numbers = converted(*tensor);
      S* const to = settled.memory.data() + kept.place * padded<S>(e.size());
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (!std::isfinite(numbers[i]) && !(std::isnan(numbers[i]) && std::isnan(to[i])))
          fail<NotFiniteError>(where_, {"finite numbers in {}", {kept.name}}, "NaN or infinity");
        to[i] = numbers[i];
      }
      found = true;
    }
    return found;
  }

  /// Nothing in it can fail: numbers and memories are as long as those that they replace.
  [[gnu::cold]] void commit(const std::vector<std::optional<Settled<S>>>& settled) {
    if (std::none_of(settled.begin(), settled.end(), [](const auto& one) { return one.has_value(); })) return;
    const Change<S> change(parameters_);
    for (std::size_t k = 0; k < settled.size(); ++k) {
      ParameterEntry<S>& e = change.entries()[k];
      std::fill(e.activity.begin(), e.activity.end(), Activity{});
      if (!settled[k]) continue;
      std::copy_n(settled[k]->numbers.data(), e.size(), parameters_.values_of(e).data);
      std::copy(settled[k]->memory.begin(), settled[k]->memory.end(), e.memory.begin());
    }
    for (JointEntry<S>& joint : change.joint_penalties()) joint.activity = {};
    parameters_.copy_tied();
    parameters_.copy_tied_memory();
    change.runs().clear();
  }

  Parameters<S>& parameters_;
  const StoredModel& stored_;
  const LoadOptions& options_;
  std::string_view where_;
  TensorsByName tensors_;
  std::vector<StoredNumbers> names_;
  std::vector<std::optional<std::vector<S>>> numbers_;
  std::vector<std::pair<std::size_t, std::string>> missing_;
  Loaded result_;
};

}  // namespace espalier::detail
