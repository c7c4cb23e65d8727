// SPDX-License-Identifier: MIT
// A study that is to end within some minutes.
#pragma once

#include <functional>

#include "bench.hpp"
#include "options.hpp"
#include "task.hpp"

namespace study {

/// Makes the study fit Options::budget as well as it can, and says on stderr what it changed;
/// Setup::shortened keeps that for the page. How long runs take is measured with a few short ones by `run`. A
/// study that was begun keeps to what was decided then.
void keep_to_budget(Setup& setup, const Task& task, const Options& options,
                    const std::function<Result(const Bench&, const Trial&)>& run);

}  // namespace study
