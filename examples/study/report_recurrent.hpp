// SPDX-License-Identifier: MIT
// The section of the page about recurrent networks.
#pragma once

#include <string>
#include <vector>

#include "trial.hpp"

namespace study {

/// Of the runs of the stages "recurrent" and "chorales"; empty without any.
std::string recurrent_section(const Setup& setup, const std::vector<Result>& results);

}  // namespace study
