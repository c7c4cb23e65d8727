// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

namespace espalier::detail {
ESPALIER_PACKS(template, float)
ESPALIER_PACKS_VALIDATE(template)
}  // namespace espalier::detail
