// SPDX-License-Identifier: MIT
// Recurrent networks: does the gradient reach the first time steps, and what keeps it from growing without
// end?
#pragma once

#include <string>
#include <vector>

#include <espalier/espalier.hpp>

#include "each_step.hpp"
#include "sequences.hpp"
#include "trial.hpp"

namespace study {

/// Plain networks (tanh; Elman 1990) under each of recurrent_policies, on the adding problem (stage
/// "recurrent") and on chorales (stage "chorales").
///
/// Settings under which gradients can explode and can vanish:
///
/// - The recurrent weight starts normal with the variance recurrent_gain^2 / hidden. Its spectral radius is
///   about recurrent_gain then (Ginibre 1965) and its 2-norm about twice that, so that gradients grow with
///   the time steps until units saturate (Pascanu et al. 2013). Runs under a constraint begin with the same
///   weight, moved into the set: clipped at 0.1 its radius is well below 1, and gradients vanish.
/// - The optimizer is stochastic gradient descent with momentum 0.9. Unlike Adam it does not divide by the
///   size of gradients, so that a large one throws the weights far.
/// - The learning rate is at the edge. Where all units are saturated, the curvature of the squared error in
///   the output layer is 2 (hidden + 1), and descent diverges above 2 (1 + momentum) / (2 (hidden + 1)),
///   which is 0.058 for 32 units.
///
/// The rate was chosen for what it shows, after a look at 0.02, 0.05, 0.07 and 0.1: with the other defaults
/// none, most and all of the unconstrained runs overflow at the last three, in the output layer, and none of
/// the other policies. So the share that diverges is no estimate of how often this happens elsewhere, and the
/// test losses are those of a rate at which unconstrained runs do badly. The bound of 0.1 and the gain are
/// one choice each. The default is too short to solve the problem, too: most runs end near adding_baseline.
struct RecurrentOptions {
  std::string chorales{};  ///< the folder of JSB_Chorales_*data.txt.gz; empty: the adding problem alone
  long hidden = 32;
  long steps = 1000;  ///< of training
  long batch = 32, seeds = 3;
  std::vector<long> lengths{20, 60};  ///< time steps of the sequences
  double learning_rate = 0.07;
};

inline constexpr double recurrent_gain = 1.5, recurrent_momentum = 0.9;
/// Where gradients are clipped, their norm is at most this.
inline constexpr double gradient_limit = 1;

/// A policy on the recurrent weight, or on the gradients.
struct RecurrentPolicy {
  std::string name;
  double strength = 0;  ///< the bound; 0 where there is none
};
/// "unconstrained", "clipped weights", "clipped gradients", "SpectralBall" and "Orthonormal".
const std::vector<RecurrentPolicy>& recurrent_policies();

using RecurrentNet = esp::Sequential<float, esp::Recurrent<>, EachStep>;

/// A network with outputs as `task` wants them, and the initial weights of the seed, without policies. The
/// recurrent weight is "0.weight_hh".
RecurrentNet recurrent_net(const Sequences& task, long hidden, long seed);
/// Puts the policy of a trial on the recurrent weight, and moves it into its set. Throws InputError for a
/// policy that is none of recurrent_policies.
void constrain(RecurrentNet& net, const Trial& trial);

/// For each time step, the norm of the derivative of a sample's loss by the inputs of that step: the root of
/// its mean square over the samples.
std::vector<double> gradient_by_step(RecurrentNet& net, const Sequences& data);

/// Seed by seed, so that an interrupted stage has pairs.
std::vector<Trial> recurrent_trials(const RecurrentOptions& options);

/// Trains one network and measures it as stages.hpp says. Further numbers: train_loss (the mean of the last
/// tenth of the steps), validation_loss of chorales, steps made, seconds. Throws Stopped (workers.hpp) within
/// a step when a stop is requested.
Result run_recurrent(const RecurrentOptions& options, const Trial& trial);

}  // namespace study
