// SPDX-License-Identifier: MIT
// The initializer that `initialize(net)` uses: what the sets of each weight name.
#pragma once

#include "espalier/init/initializer.hpp"

namespace espalier {

/// Each weight starts as its sets name it (`initializer()` of a policy, core/policy.hpp), and as with
/// HeNormal where they name nothing; then it is projected. Of several sets the one is asked that sees the
/// most of a weight at once, and of equals the first by the name of its type. Sets whose initializers refine
/// what is there, as Grid and NofM, come after that, all of them. The sets are those that the weight has
/// then: of its layer, of `set_policies`, `edit_policy` and `constrain`, and of an optimizer that has put its
/// own on the model (`Optimizer::prepare`).
struct FromSets : HeNormal {};

}  // namespace espalier
