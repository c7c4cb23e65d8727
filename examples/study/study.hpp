// SPDX-License-Identifier: MIT
// The program: reads options and data, does the runs that are not done yet, and writes the report.
#pragma once

#include "grid.hpp"
#include "options.hpp"

namespace study {

/// `return study::run(argc, argv, grid, defaults)` is a whole main program. `defaults` are the options that
/// its user does not give, and name the data if it has some. Returns 0; 2 for bad input, which it explains on
/// stderr; 1 for other errors; 130 if somebody stopped it, after the report of what is done.
int run(int argc, char** argv, const Grid& grid, const Options& defaults = {});

}  // namespace study
