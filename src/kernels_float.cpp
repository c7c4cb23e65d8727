// SPDX-License-Identifier: MIT
#include "espalier/compiled.hpp"

namespace espalier::detail {
ESPALIER_KERNELS(template, float)
}  // namespace espalier::detail
