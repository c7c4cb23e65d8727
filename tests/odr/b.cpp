// SPDX-License-Identifier: MIT
// With a.cpp: every header twice in one program.
#include "every_header.hpp"
