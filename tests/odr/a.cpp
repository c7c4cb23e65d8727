// SPDX-License-Identifier: MIT
// With b.cpp: every header twice in one program. A function that is not inline does not link.
#include "every_header.hpp"

int main() {}
