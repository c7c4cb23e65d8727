// SPDX-License-Identifier: MIT
// The whole library. It reads compressed files, so programs link zlib (-lz) where there is <zlib.h>.
#pragma once

// clang-format off

#include "espalier/espalier.hpp"
#include "espalier/data.hpp"
#if __has_include(<zlib.h>)
#include "espalier/data/gzip.hpp"
#endif
#include "espalier/io.hpp"
#include "espalier/report.hpp"
#include "espalier/select.hpp"
#include "espalier/testing.hpp"
