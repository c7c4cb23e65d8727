// SPDX-License-Identifier: MIT
// What espalier::compiled holds of packs: all that a table of operations leads to, for every policy of the
// library alone, for schedules of the common ones, and for the pairs that most programs use.
#pragma once

#include "espalier/constraint/bounds.hpp"
#include "espalier/constraint/cayley.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/conditioned.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/grid.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/group_mcp.hpp"
#include "espalier/constraint/group_scad.hpp"
#include "espalier/constraint/half_space.hpp"
#include "espalier/constraint/induced_norm.hpp"
#include "espalier/constraint/interval_weight.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l0.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/low_rank.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/min_max_norm.hpp"
#include "espalier/constraint/n_of_m.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/non_positive.hpp"
#include "espalier/constraint/nuclear_ball.hpp"
#include "espalier/constraint/nuclear_norm.hpp"
#include "espalier/constraint/orthogonality.hpp"
#include "espalier/constraint/orthonormal.hpp"
#include "espalier/constraint/positive_semidefinite.hpp"
#include "espalier/constraint/quantized.hpp"
#include "espalier/constraint/quantized_toward_zero.hpp"
#include "espalier/constraint/relative_clip.hpp"
#include "espalier/constraint/self_bounded.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/constraint/signed_sum_bound.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/skew_symmetric.hpp"
#include "espalier/constraint/soft_grid.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/constraint/spectral_normalized.hpp"
#include "espalier/constraint/spectral_rescaled.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/constraint/symmetric.hpp"
#include "espalier/constraint/tied.hpp"
#include "espalier/constraint/top_k.hpp"
#include "espalier/constraint/top_k_sum.hpp"
#include "espalier/constraint/total_variation.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/optimizer/scheduled.hpp"
#include "espalier/pack/any_pack.hpp"

// clang-format off
// Each list calls pack(..., policies of a pack).
// Packs of one policy on single weights.
#define ESPALIER_NUMBER_PACKS(pack, ...) \
  pack(__VA_ARGS__, Clip)                \
  pack(__VA_ARGS__, Frozen)              \
  pack(__VA_ARGS__, Grid)                \
  pack(__VA_ARGS__, IntervalWeight)      \
  pack(__VA_ARGS__, L0)                  \
  pack(__VA_ARGS__, L1)                  \
  pack(__VA_ARGS__, L2)                  \
  pack(__VA_ARGS__, L2ToStart)           \
  pack(__VA_ARGS__, Levels)              \
  pack(__VA_ARGS__, LowerBounds)         \
  pack(__VA_ARGS__, espalier::Mask)      \
  pack(__VA_ARGS__, NonNegative)         \
  pack(__VA_ARGS__, NonPositive)         \
  pack(__VA_ARGS__, Quantized)           \
  pack(__VA_ARGS__, QuantizedTowardZero) \
  pack(__VA_ARGS__, RelativeClip)        \
  pack(__VA_ARGS__, SignPattern)         \
  pack(__VA_ARGS__, SoftGrid)            \
  pack(__VA_ARGS__, SoftplusWeight)      \
  pack(__VA_ARGS__, UpperBounds)         \
  pack(__VA_ARGS__, WeightDecay)

// Packs of one policy on the norms of vectors.
#define ESPALIER_NORM_PACKS(pack, ...) \
  pack(__VA_ARGS__, GroupLasso)        \
  pack(__VA_ARGS__, GroupMcp)          \
  pack(__VA_ARGS__, GroupScad)         \
  pack(__VA_ARGS__, MaxNorm)           \
  pack(__VA_ARGS__, MaxNormFrom)       \
  pack(__VA_ARGS__, MinMaxNorm)        \
  pack(__VA_ARGS__, UnitNorm)          \
  pack(__VA_ARGS__, WeightNorm)

// Packs of one policy on sums, orders and ties of a vector's weights.
#define ESPALIER_SUM_PACKS(pack, ...) \
  pack(__VA_ARGS__, HalfSpace)        \
  pack(__VA_ARGS__, InfinityNorm)     \
  pack(__VA_ARGS__, Isotonic)         \
  pack(__VA_ARGS__, L1Ball)           \
  pack(__VA_ARGS__, L1BallFrom)       \
  pack(__VA_ARGS__, NofM)             \
  pack(__VA_ARGS__, OneNorm)          \
  pack(__VA_ARGS__, Palindromic)      \
  pack(__VA_ARGS__, SignedSumBound)   \
  pack(__VA_ARGS__, Simplex)          \
  pack(__VA_ARGS__, SumTo)            \
  pack(__VA_ARGS__, Tied)             \
  pack(__VA_ARGS__, TopK)             \
  pack(__VA_ARGS__, TopKSum)          \
  pack(__VA_ARGS__, TotalVariation)

// Packs of one policy on matrices.
#define ESPALIER_MATRIX_PACKS(pack, ...)  \
  pack(__VA_ARGS__, Cayley)               \
  pack(__VA_ARGS__, Circulant)            \
  pack(__VA_ARGS__, Conditioned)          \
  pack(__VA_ARGS__, LowRank)              \
  pack(__VA_ARGS__, NuclearBall)          \
  pack(__VA_ARGS__, NuclearNorm)          \
  pack(__VA_ARGS__, Orthogonality)        \
  pack(__VA_ARGS__, Orthonormal)          \
  pack(__VA_ARGS__, PositiveSemidefinite) \
  pack(__VA_ARGS__, SkewSymmetric)        \
  pack(__VA_ARGS__, SpectralBall)         \
  pack(__VA_ARGS__, SpectralBallFrom)     \
  pack(__VA_ARGS__, SpectralNormalized)   \
  pack(__VA_ARGS__, SpectralRescaled)     \
  pack(__VA_ARGS__, Symmetric)

// Packs of one policy on a schedule.
#define ESPALIER_SCHEDULED_PACKS(pack, ...) \
  pack(__VA_ARGS__, Scheduled<GroupLasso>)  \
  pack(__VA_ARGS__, Scheduled<L1>)          \
  pack(__VA_ARGS__, Scheduled<L2>)          \
  pack(__VA_ARGS__, Scheduled<MaxNorm>)     \
  pack(__VA_ARGS__, Scheduled<WeightDecay>)

// Packs of two policies.
#define ESPALIER_PAIR_PACKS(pack, ...)    \
  pack(__VA_ARGS__, L1, MaxNorm)          \
  pack(__VA_ARGS__, NonNegative, MaxNorm) \
  pack(__VA_ARGS__, Clip, MaxNorm)        \
  pack(__VA_ARGS__, WeightDecay, MaxNorm)

// What is instantiated of a pack in one precision, and what is the same in both.
#define ESPALIER_PACK(declare, S, ...) declare const PackOperations<S>& operations_of<S, Pack<__VA_ARGS__>>();
#define ESPALIER_PACK_VALIDATES(declare, ...)                                                 \
  declare void validate_pack<__VA_ARGS__>(const Pack<__VA_ARGS__>&, std::string_view, Index);

// The packs of a list, in both precisions.
#define ESPALIER_PACKS_OF(LIST, declare) \
  LIST(ESPALIER_PACK, declare, float)    \
  LIST(ESPALIER_PACK, declare, double)   \
  LIST(ESPALIER_PACK_VALIDATES, declare)

// The pack of a weight that nobody constrains.
#define ESPALIER_FREE_PACK(declare, S)                           \
  declare void initialize_freely<S>(const NewNumbers<S>&, Rng&); \
  ESPALIER_PACK(declare, S, )
// clang-format on
