// SPDX-License-Identifier: MIT
// The whole library, in reading order.
#pragma once

#include "espalier/core/error.hpp"
#include "espalier/core/check.hpp"
