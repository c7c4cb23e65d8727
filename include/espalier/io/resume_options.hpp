// SPDX-License-Identifier: MIT
// Options of `resume`.
#pragma once

namespace espalier {

/// What becomes of a run whose program has other settings now: a learning rate, the option of a rule, the
/// strength of a penalty, a batch size. `take`: it goes on with those of the program.
enum class Changed { refuse, take };

struct ResumeOptions {
  Changed changed = Changed::refuse;
};

}  // namespace espalier
