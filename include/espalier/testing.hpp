// SPDX-License-Identifier: MIT
// Checks for layers, losses and policies of your own: are the gradients right, is a projection the
// projection?
#pragma once

#include "espalier/testing/check_policy.hpp"
#include "espalier/testing/gradient_check.hpp"
#include "espalier/testing/projection_check.hpp"
