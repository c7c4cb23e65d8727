// SPDX-License-Identifier: MIT
// How a file is loaded into a model, and what of it was.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace espalier {

/// What becomes of weights in a file that are outside the sets of the model's policies.
enum class Outside { refuse, project };

/// Which weights policies take for those that training started from, Frozen and L2ToStart: those that the
/// file says, or the ones that are loaded.
enum class StartFrom { file, loaded };

struct LoadOptions {
  bool strict = true;  ///< false: what fits is loaded, the result says what did not
  Outside outside = Outside::refuse;
  StartFrom start = StartFrom::file;
};

/// A parameter that was outside a set and has been moved into it.
struct Projected {
  std::string parameter, policy;
  double violation;  ///< the largest distance from the set, in units of the weights
};

/// What a file and a model did not have in common. Without `.strict = false` the lists are empty.
struct Loaded {
  std::vector<std::string> missing;             ///< "0.bias (8)": the model's, not in the file
  std::vector<std::string> unknown;             ///< "4.weight (F32 2 x 8)": the file's, not in the model
  std::vector<std::string> misshapen;           ///< "0.weight is F32 3 x 8, here 2 x 8"
  std::vector<std::string> layers;              ///< "1 is Tanh in the file, ReLU in the model"
  std::vector<Projected> projected;             ///< of `.outside = Outside::project`
  std::map<std::string, std::string> metadata;  ///< of the file

  /// Did the file have exactly what the model has?
  bool complete() const { return missing.empty() && unknown.empty() && misshapen.empty() && layers.empty(); }
};

}  // namespace espalier
