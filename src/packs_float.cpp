// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

namespace espalier::detail {
ESPALIER_PACKS(template, float)
}  // namespace espalier::detail

namespace espalier {
ESPALIER_PACKS_VALIDATE(template)
}  // namespace espalier
