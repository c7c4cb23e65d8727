// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

namespace espalier::detail {
ESPALIER_PACKS_OF(ESPALIER_SUM_PACKS, template)
}  // namespace espalier::detail
