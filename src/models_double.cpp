// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

ESPALIER_VECTORS(template, double)

namespace espalier {
ESPALIER_MODELS(template, double)
}  // namespace espalier
