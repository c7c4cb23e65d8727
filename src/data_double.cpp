// SPDX-License-Identifier: MIT
#include "espalier/compiled/data.hpp"

namespace espalier::detail {
ESPALIER_DATA(template, double)
}  // namespace espalier::detail
