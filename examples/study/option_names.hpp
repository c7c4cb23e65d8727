// SPDX-License-Identifier: MIT
// Messages of the library about tables, with the options of this program in place of the library's.
#pragma once

#include <string>

namespace study {

/// "... (the option text = Text::one_hot reads texts; units skips a row of units)" as "... (--text one_hot
/// reads texts)": what the command line has no option for is left out.
std::string with_option_names(std::string message);

}  // namespace study
