// SPDX-License-Identifier: MIT
// expect: batch_size
#include "espalier/train/fit_options.hpp"

using namespace espalier;

#ifdef REFUSED
FitOptions options{.batch_size = 32};
#else
FitOptions options{.batch = 32};
#endif
