// SPDX-License-Identifier: MIT
// The questions of a study in the order in which they are answered, and what the runs of each measure.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace study {

struct Stage {
  const char* name;
  const char* question;
  const char* level;  ///< what Trial::level is; empty: 0 in all runs
};

/// "metric" is the task's (Setup::metric), of the training samples (`train`), the validation samples
/// (`validation`) or the test samples (`test`).
///
/// Every run has the numbers train, validation (final: test), train_loss, validation_loss (final: test_loss)
/// and seconds. Further numbers, and series [in brackets]:
///
///   grid        [noise]: the metric of the validation samples with noise of noise_levels on the inputs
///   final       zeros: share of the first layer's weights that are exactly 0; unread: inputs whose weights
///               are all 0; effective_rank of the first layer; similarity of its rows to those of the
///               unconstrained run of the seed; dead: share of the first hidden layer's units that are 0 for
///               all training samples; active: share of the steps in which the policy changed a weight (of
///               a run that failed: of those until then);
///               row_norm: the largest of a row of the first layer; input_share: the largest share of one
///               input in the squares of all weights; gradient_ratio: first to last layer, mean over the
///               steps; [gradient_1], [gradient_2], ...: norm of the gradient of the loss by each layer's
///               weight, mean of each epoch
///   few         level: training samples
///   irrelevant  level: inputs of noise added to the real ones; noise_share: their share in the squares of
///               the first layer's weights
///   where       level: 0 input layer, 1 all layers. Runs that the grid has trained are taken from there
///   depth       level: hidden layers; gradient_ratio, gradient_first
///   recovery    level: factor on the learning rate of the first half of the epochs; largest_gradient
///               of the loss; active, for clipped gradients the share of the steps in which they were.
///               Result::failed where a number was not finite or a gradient too large to be squared, or where
///               a decay refused the rate
///   recurrent   level: time steps of the sequences; test_loss, gradient_ratio (first to last time step, at
///               the end), largest_gradient, active (of the recurrent weight, or of clipped gradients),
///               [gradient_steps]: norm of the gradient of each time step's input
///               before training, [gradient_steps_end]: after it. Result::failed where the loss was not
///               finite. Where the user has a folder of chorales, runs with the stage "chorales" (predict the
///               next chord) have the same numbers, and validation_loss
///   cost        ratio: seconds of a step to those of the unconstrained network, measured in turns; step,
///               free_step: these seconds; all three are medians of [ratios], [steps], [free_steps]. No other
///               number
inline constexpr std::array<Stage, 9> stages{{
    {"grid", "Which strength of each policy is best on samples that were not trained on?", ""},
    {"final", "Does the best strength of each policy help on the test samples?", ""},
    {"few", "Does it help where samples are few?", "training samples"},
    {"irrelevant", "Does it help against inputs that mean nothing?", "inputs of noise added"},
    {"where", "Should the input layer be constrained, or all layers?", "0: the input layer, 1: all layers"},
    {"depth", "Does the gradient reach the input layer of a deep network?", "hidden layers"},
    {"recovery", "Does a run survive a learning rate that is too large?", "factor on the learning rate"},
    {"recurrent", "Does the gradient reach the first time steps of a recurrent network?", "time steps"},
    {"cost", "What does a step cost?", ""},
}};

/// Standard deviations of the noise, in those of the inputs.
inline constexpr std::array<double, 4> noise_levels{0.25, 0.5, 1, 2};

}  // namespace study
