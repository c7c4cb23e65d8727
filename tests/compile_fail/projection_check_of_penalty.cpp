// SPDX-License-Identifier: MIT
// expect: projection_check needs a set: a policy with contains and project, or with norm_bound
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

#ifdef REFUSED
using Checked = L1;
#else
using Checked = Clip;
#endif

auto run() { return projection_check(Checked{}, Rng{1}); }
