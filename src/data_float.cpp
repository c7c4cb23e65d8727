// SPDX-License-Identifier: MIT
#include "espalier/compiled/data.hpp"

namespace espalier::detail {
ESPALIER_DATA(template, float)
}  // namespace espalier::detail
