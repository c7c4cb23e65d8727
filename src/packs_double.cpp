// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

namespace espalier::detail {
ESPALIER_PACKS(template, double)
}  // namespace espalier::detail
