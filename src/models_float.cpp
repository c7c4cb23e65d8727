// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

ESPALIER_VECTORS(template, float)

namespace espalier {
ESPALIER_MODELS(template, float)
}  // namespace espalier
