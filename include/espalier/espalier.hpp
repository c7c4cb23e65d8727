// SPDX-License-Identifier: MIT
// What a program needs that builds and trains a model, in reading order. Beside it there are
// espalier/data.hpp (files and preprocessing), report.hpp (printing), testing.hpp (checks of one's own parts)
// and all.hpp.
#pragma once

#if __cplusplus < 202002L
#error "espalier needs C++20: compile with -std=c++20"
#endif

// clang-format off

#include "espalier/core/version.hpp"
#include "espalier/core/instruction_set.hpp"
#include "espalier/core/matrix.hpp"
#include "espalier/core/image.hpp"
#include "espalier/core/error.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/core/target.hpp"
#include "espalier/core/policy.hpp"

#include "espalier/constraint/unconstrained.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/half_space.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/nuclear_norm.hpp"
#include "espalier/constraint/on_singular_values.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/constraint/product_of_norms.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/constraint/spectral_rescaled.hpp"
#include "espalier/constraint/cayley.hpp"
#include "espalier/constraint/quantized.hpp"

#include "espalier/init/initializer.hpp"
#include "espalier/init/orthogonal.hpp"

#include "espalier/layer/layer.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/max_pool2d.hpp"
#include "espalier/layer/slopes.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/softmax.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/chain.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/recurrent.hpp"
#include "espalier/layer/lstm.hpp"

#include "espalier/loss/loss.hpp"
#include "espalier/loss/binary_cross_entropy.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/loss/huber.hpp"
#include "espalier/loss/mean_absolute.hpp"
#include "espalier/loss/mean_squared.hpp"

#include "espalier/data/dataset.hpp"

#include "espalier/model/sequential.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/model/joint_penalty.hpp"

#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/rule.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/matrix_rule.hpp"
#include "espalier/optimizer/muon.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/schedule.hpp"
#include "espalier/optimizer/transform.hpp"
#include "espalier/optimizer/on.hpp"
#include "espalier/optimizer/saved_optimizer.hpp"
#include "espalier/optimizer/update_transform.hpp"

#include "espalier/train/fit.hpp"
#include "espalier/train/average.hpp"
#include "espalier/train/batches.hpp"
#include "espalier/metric/confusion.hpp"
#include "espalier/metric/decision.hpp"
#include "espalier/train/early_stopping.hpp"
#include "espalier/train/evaluate.hpp"
#include "espalier/train/norm_log.hpp"
#include "espalier/metric/metric.hpp"
#include "espalier/train/observer.hpp"
#include "espalier/train/progress_bar.hpp"

#include "espalier/certify/audit.hpp"
#include "espalier/certify/dead_units.hpp"
#include "espalier/certify/monotone.hpp"
#include "espalier/model/memory.hpp"
#include "espalier/model/summary.hpp"

#ifdef ESPALIER_COMPILED  // by the target espalier::compiled
#include "espalier/compiled.hpp"
#endif
