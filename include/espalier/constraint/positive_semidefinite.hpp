// SPDX-License-Identifier: MIT
// A symmetric weight without negative eigenvalues.
#pragma once

#include "espalier/constraint/on_eigenvalues.hpp"

namespace espalier {

/// W = W' and x' W x >= 0 for every x, up to the tolerance that OnEigenvalues states: it is
/// OnEigenvalues{NonNegative{}}.
using PositiveSemidefinite = OnEigenvalues<NonNegative>;

}  // namespace espalier
