// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

namespace espalier::detail {
ESPALIER_FREE_PACK(template, float)
ESPALIER_FREE_PACK(template, double)
}  // namespace espalier::detail
