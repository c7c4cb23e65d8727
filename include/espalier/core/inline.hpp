// SPDX-License-Identifier: MIT
// Functions that are inlined in every place where they are called: those of the inner loops.
#pragma once

/// ESPALIER_INLINE stands before a function, ESPALIER_INLINE_LAMBDA behind the parameters of a lambda.
/// Without optimization both leave the calls: a copy of the function in each place takes longer to compile,
/// and a debugger cannot step over it.
#if defined(__GNUC__) && defined(__OPTIMIZE__)
#define ESPALIER_INLINE __attribute__((always_inline)) inline
#define ESPALIER_INLINE_LAMBDA __attribute__((always_inline))
#else
#define ESPALIER_INLINE inline
#define ESPALIER_INLINE_LAMBDA
#endif
