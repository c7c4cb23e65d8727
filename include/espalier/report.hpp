// SPDX-License-Identifier: MIT
// What {fmt} prints: `fmt::print("{}", audit(net))`, for example.
#pragma once

#include <fmt/core.h>

#include "espalier/report/audit.hpp"
#include "espalier/report/memory.hpp"
