// SPDX-License-Identifier: MIT
// Which inputs a model needs: the path of a penalty, and the strength that needs no tuning
// (docs/selection.md).
#pragma once

// clang-format off

#include "espalier/select/selected.hpp"
#include "espalier/select/best_constant.hpp"
#include "espalier/select/lambda_max.hpp"
#include "espalier/select/quantile_threshold.hpp"
#include "espalier/select/selection_path.hpp"
