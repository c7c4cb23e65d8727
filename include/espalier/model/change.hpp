// SPDX-License-Identifier: MIT
// What the library changes of parameters, and users by its functions only: packs, activities, what is frozen.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "espalier/model/parameters.hpp"

namespace espalier::detail {

/// With each the parameters get another version.
template <Scalar S>
class Change {
 public:
  explicit Change(Parameters<S>& parameters) : of_(parameters) { of_.version_ = next_identity(); }

  std::span<ParameterEntry<S>> entries() const { return of_.entries_; }
  /// As Parameters::at.
  ParameterEntry<S>& at(std::string_view path) const {
    return of_.entries_[static_cast<std::size_t>(&of_.at(path) - of_.entries_.data())];
  }
  std::vector<JointEntry<S>>& joint_penalties() const { return of_.joint_penalties_; }
  Runs& runs() const { return of_.runs_; }

 private:
  Parameters<S>& of_;
};

/// The same for a step, which writes activities and changes nothing else of them.
template <Scalar S>
class InStep {
 public:
  explicit InStep(Parameters<S>& parameters) : of_(parameters) {}

  std::span<ParameterEntry<S>> entries() const { return of_.entries_; }
  std::vector<JointEntry<S>>& joint_penalties() const { return of_.joint_penalties_; }

 private:
  Parameters<S>& of_;
};

}  // namespace espalier::detail
