// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

namespace espalier {
ESPALIER_RULES(template, float)
}  // namespace espalier
