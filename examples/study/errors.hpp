// SPDX-License-Identifier: MIT
// What ends a study with exit code 2: input or options that make no sense.
#pragma once

#include <stdexcept>

namespace study {

/// Its message says what was expected, what was found, and in which file or option.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace study
