// SPDX-License-Identifier: MIT
// expect: check_policy needs a policy: a type with the members of one of the roles listed in
#include "espalier/constraint/clip.hpp"
#include "espalier/testing/check_policy.hpp"

using namespace espalier;

#ifdef REFUSED
struct Checked {
  bool contains(double) const { return true; }
};
#else
using Checked = Clip;
#endif

auto run() { return check_policy(Checked{}); }
