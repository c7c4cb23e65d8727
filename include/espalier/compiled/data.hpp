// SPDX-License-Identifier: MIT
// What espalier::compiled holds of files: data.hpp includes it where that target has defined
// ESPALIER_COMPILED.
#pragma once

#include "espalier/data/csv.hpp"

// clang-format off
#define ESPALIER_DATA(declare, S) \
  declare BasicDataset<S> read_table<S>(CsvSource&, const CsvOptions&, const Preparation*);
// clang-format on

namespace espalier::detail {
ESPALIER_DATA(extern template, float)
ESPALIER_DATA(extern template, double)
}  // namespace espalier::detail
