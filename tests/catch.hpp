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

namespace test {

/// Do sanitizers watch this build? They look for errors of memory and not of numbers: a search for a number
/// that is wrong may be short then.
#ifdef ESPALIER_SANITIZED
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace test
