// SPDX-License-Identifier: MIT
// What espalier::compiled holds of packs: all that a table of operations leads to, for every policy of the
// library alone and for the pairs that most programs use.
#pragma once

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/pack/any_pack.hpp"

// clang-format off
#define ESPALIER_PACK(declare, S, ...)                                           \
  declare const PackOperations<S>& operations_of<S, Pack<__VA_ARGS__>>();        \
  declare bool have_common_point<S, Pack<__VA_ARGS__>>(const Pack<__VA_ARGS__>&, Index);

// Of either precision.
#define ESPALIER_PACK_VALIDATES(declare, ...) \
  declare void validate_pack<__VA_ARGS__>(const Pack<__VA_ARGS__>&, std::string_view, Index);

#define ESPALIER_PACKS(declare, S)                 \
  declare void initialize_freely<S>(const NewNumbers<S>&, Rng&); \
  ESPALIER_PACK(declare, S, )                      \
  ESPALIER_PACK(declare, S, Clip)                  \
  ESPALIER_PACK(declare, S, L1)                    \
  ESPALIER_PACK(declare, S, L1Ball)                \
  ESPALIER_PACK(declare, S, L2)                    \
  ESPALIER_PACK(declare, S, MaxNorm)               \
  ESPALIER_PACK(declare, S, NonNegative)           \
  ESPALIER_PACK(declare, S, Simplex)               \
  ESPALIER_PACK(declare, S, SumTo)                 \
  ESPALIER_PACK(declare, S, UnitNorm)              \
  ESPALIER_PACK(declare, S, WeightDecay)           \
  ESPALIER_PACK(declare, S, WeightNorm)            \
  ESPALIER_PACK(declare, S, L1, MaxNorm)           \
  ESPALIER_PACK(declare, S, NonNegative, MaxNorm)  \
  ESPALIER_PACK(declare, S, Clip, MaxNorm)         \
  ESPALIER_PACK(declare, S, WeightDecay, MaxNorm)
#define ESPALIER_PACKS_VALIDATE(declare) \
  ESPALIER_PACK_VALIDATES(declare, Clip) \
  ESPALIER_PACK_VALIDATES(declare, L1) \
  ESPALIER_PACK_VALIDATES(declare, L1Ball) \
  ESPALIER_PACK_VALIDATES(declare, L2) \
  ESPALIER_PACK_VALIDATES(declare, MaxNorm) \
  ESPALIER_PACK_VALIDATES(declare, NonNegative) \
  ESPALIER_PACK_VALIDATES(declare, Simplex) \
  ESPALIER_PACK_VALIDATES(declare, SumTo) \
  ESPALIER_PACK_VALIDATES(declare, UnitNorm) \
  ESPALIER_PACK_VALIDATES(declare, WeightDecay) \
  ESPALIER_PACK_VALIDATES(declare, WeightNorm) \
  ESPALIER_PACK_VALIDATES(declare, L1, MaxNorm) \
  ESPALIER_PACK_VALIDATES(declare, NonNegative, MaxNorm) \
  ESPALIER_PACK_VALIDATES(declare, Clip, MaxNorm) \
  ESPALIER_PACK_VALIDATES(declare, WeightDecay, MaxNorm)
// clang-format on
