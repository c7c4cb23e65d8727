// SPDX-License-Identifier: MIT
// What need not be compiled here, since the program links espalier::compiled: espalier.hpp includes this
// where that target, and nobody else, has defined ESPALIER_COMPILED.
#pragma once

#include "espalier/compiled/kernels.hpp"
#include "espalier/compiled/models.hpp"
#include "espalier/compiled/packs.hpp"
#include "espalier/compiled/rules.hpp"

ESPALIER_VECTORS(extern template, float)
ESPALIER_VECTORS(extern template, double)
namespace espalier {
namespace detail {
ESPALIER_KERNELS(extern template, float)
ESPALIER_KERNELS(extern template, double)
ESPALIER_FREE_PACK(extern template, float)
ESPALIER_FREE_PACK(extern template, double)
ESPALIER_PACKS_OF(ESPALIER_NUMBER_PACKS, extern template)
ESPALIER_PACKS_OF(ESPALIER_NORM_PACKS, extern template)
ESPALIER_PACKS_OF(ESPALIER_SUM_PACKS, extern template)
ESPALIER_PACKS_OF(ESPALIER_MATRIX_PACKS, extern template)
ESPALIER_PACKS_OF(ESPALIER_SCHEDULED_PACKS, extern template)
ESPALIER_PACKS_OF(ESPALIER_PAIR_PACKS, extern template)
}  // namespace detail
ESPALIER_RULES(extern template, float)
ESPALIER_RULES(extern template, double)
ESPALIER_MODELS(extern template, float)
ESPALIER_MODELS(extern template, double)
}  // namespace espalier
