// SPDX-License-Identifier: MIT
#include "instantiated_once.hpp"

TEST_STANDARD(template)
TEST_COMPARISONS(template)
TEST_EIGEN(template, float)
TEST_EIGEN(template, double)
