// SPDX-License-Identifier: MIT
// The version, stated once: the build reads it from here. Until 1.0 a minor version may break what the one
// before accepted.
#pragma once

#define ESPALIER_VERSION_MAJOR 0
#define ESPALIER_VERSION_MINOR 1
#define ESPALIER_VERSION_PATCH 0
