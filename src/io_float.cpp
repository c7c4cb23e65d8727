// SPDX-License-Identifier: MIT
#include "espalier/compiled/io.hpp"

namespace espalier::detail {
ESPALIER_IO(template, float)
}  // namespace espalier::detail
