// SPDX-License-Identifier: MIT
// Catch2 v2 or v3, whichever is installed, under the names of v3.
#pragma once
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
namespace Catch {
using Detail::Approx;
}
#endif
