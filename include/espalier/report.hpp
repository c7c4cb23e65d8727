// SPDX-License-Identifier: MIT
// What {fmt} prints: `fmt::print("{}", audit(net))`, `fmt::print("{}", summary(net))`.
#pragma once

#include <fmt/core.h>

#include "espalier/report/audit.hpp"
#include "espalier/report/certificates.hpp"
#include "espalier/report/memory.hpp"
#include "espalier/report/summary.hpp"
