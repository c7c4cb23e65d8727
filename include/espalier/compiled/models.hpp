// SPDX-License-Identifier: MIT
// What espalier::compiled holds of models and their training: parameters, the state of an optimizer, losses,
// data sets and batches.
#pragma once

#include "espalier/data/dataset.hpp"
#include "espalier/loss/binary_cross_entropy.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/hinge_kr.hpp"
#include "espalier/loss/huber.hpp"
#include "espalier/loss/mean_absolute.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/state.hpp"
#include "espalier/train/batches.hpp"
#include "espalier/train/fit_data.hpp"

// clang-format off
#define ESPALIER_LOSS(declare, S, L) \
  declare double L::run(const ConstBatch<S>&, const Target<S>&, Matrix<S>*) const;

#define ESPALIER_VECTORS(declare, S)                                               \
  declare class std::vector<S, espalier::detail::CacheLineAllocator<S>>;           \
  declare class std::vector<espalier::ParameterEntry<S>>;


#define ESPALIER_MODELS(declare, S)                                    \
  declare class AnyPack<S>;                                            \
  declare struct ParameterEntry<S>;                                    \
  declare class Parameters<S>;                                         \
  declare class detail::ChunkBuffers<S>;                               \
  declare struct detail::OptimizerState<S>;                            \
  declare struct Workspace<S>;                                         \
  declare struct BasicDataset<S>;                                      \
  declare class Batches<S>;                                            \
  declare void project(Parameters<S>&);                                \
  declare void detail::begin_anew(Parameters<S>&);                     \
  declare class detail::FitData<S>;                                    \
  ESPALIER_LOSS(declare, S, CrossEntropy)                              \
  ESPALIER_LOSS(declare, S, BinaryCrossEntropy)                        \
  ESPALIER_LOSS(declare, S, MeanSquared)                               \
  ESPALIER_LOSS(declare, S, MeanAbsolute)                              \
  ESPALIER_LOSS(declare, S, Huber)                                     \
  ESPALIER_LOSS(declare, S, HingeKR)
// clang-format on
