// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

namespace espalier::detail {
ESPALIER_PACKS_OF(ESPALIER_SCHEDULED_PACKS, template)
ESPALIER_PACKS_OF(ESPALIER_PAIR_PACKS, template)
}  // namespace espalier::detail
