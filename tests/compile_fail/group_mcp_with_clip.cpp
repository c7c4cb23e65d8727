// SPDX-License-Identifier: MIT
// expect: with bounds on single weights, as Clip, has no exact algorithm where step sizes are long
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/group_mcp.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, GroupMcp, Clip>* layer = new Dense<4, 3, GroupMcp, Clip>(GroupMcp{1}, Clip{-1, 1});
#else
Dense<4, 3, GroupMcp, NonNegative> layer(GroupMcp{1}, NonNegative{});
#endif
