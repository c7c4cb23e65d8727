// SPDX-License-Identifier: MIT
// The instruction set that this object is compiled for, and a link error where objects of one program differ
// in it: functions of one name would have other bodies, of which a linker takes any.
#pragma once

#include <Eigen/Core>

// What changes the bodies: how many numbers a register has, whether products are fused with sums, and whether
// a BLAS makes the large ones. Eigen has asked the compiler.
#if defined(EIGEN_VECTORIZE_AVX512)
#define ESPALIER_REGISTERS "avx512"
#elif defined(EIGEN_VECTORIZE_AVX2)
#define ESPALIER_REGISTERS "avx2"
#elif defined(EIGEN_VECTORIZE_AVX)
#define ESPALIER_REGISTERS "avx"
#elif defined(EIGEN_VECTORIZE_SSE)
#define ESPALIER_REGISTERS "sse2"
#elif defined(EIGEN_VECTORIZE_NEON)
#define ESPALIER_REGISTERS "neon"
#elif defined(EIGEN_VECTORIZE)
#define ESPALIER_REGISTERS "vector"
#else
#define ESPALIER_REGISTERS "scalar"
#endif
#ifdef EIGEN_VECTORIZE_FMA
#define ESPALIER_FMA "_fma"
#else
#define ESPALIER_FMA ""
#endif
#ifdef EIGEN_USE_BLAS
#define ESPALIER_PRODUCTS "_blas"
#else
#define ESPALIER_PRODUCTS ""
#endif

namespace espalier::detail {

/// "avx2_fma", for example.
inline constexpr const char* instruction_set = ESPALIER_REGISTERS ESPALIER_FMA ESPALIER_PRODUCTS;

}  // namespace espalier::detail

// One symbol, in a group named after the instruction set. A linker keeps one group of each name: objects that
// agree share the symbol, and of those that do not it is defined twice.
#if defined(__ELF__) && defined(__GNUC__)
__asm__(
    ".ifndef espalier_needs_the_same_march_in_all_objects_of_a_program\n"
    ".pushsection .rodata.espalier,\"aG\",%progbits,espalier_for_" ESPALIER_REGISTERS ESPALIER_FMA
        ESPALIER_PRODUCTS
    ",comdat\n"
    ".globl espalier_needs_the_same_march_in_all_objects_of_a_program\n"
    ".hidden espalier_needs_the_same_march_in_all_objects_of_a_program\n"
    "espalier_needs_the_same_march_in_all_objects_of_a_program: .byte 0\n"
    ".popsection\n"
    ".endif\n");
#endif

#undef ESPALIER_REGISTERS
#undef ESPALIER_FMA
#undef ESPALIER_PRODUCTS
