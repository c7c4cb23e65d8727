// SPDX-License-Identifier: MIT
// What the file of results asks of a line before it is read.
#pragma once

#include <string>

#include "trial.hpp"

namespace study {

/// Is it JSON at all? The last line of a program that was killed is not.
bool is_json(const std::string& line);

/// The fields in which two studies differ: "epochs: expected 30, found 20; ..."; empty if in none.
std::string difference(const Setup& expected, const Setup& found);

}  // namespace study
