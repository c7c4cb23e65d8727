// SPDX-License-Identifier: MIT
// Options of `fit`, and the state of a run, which can be copied and taken up again.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/dataset.hpp"
#include "espalier/optimizer/schedule.hpp"

namespace espalier {

/// How far a run has come. With copies of the model, the optimizer and the observers it is all that a run
/// needs to be taken up where it was, bit for bit: the order of the data in an epoch follows from the seed
/// and the steps before it.
struct TrainState {
  long epoch = 0;  ///< finished so far
  long step = 0;   ///< finished so far
  double loss =
      std::numeric_limits<double>::quiet_NaN();  ///< what schedules see of the latest epoch; NaN before it
  /// The schedule as it is now: OnPlateau remembers. Empty: take that of the options.
  std::function<double(const Progress&)> schedule{};
};

namespace detail {

/// Does a state belong to a run of so many epochs and batches an epoch, and to this optimizer?
inline void check_state(const TrainState& state, long epochs, long batches, long optimizer_steps) {
  if (state.epoch > epochs)
    fail("fit", {"epochs, of the whole run, >= the {} of the state", {state.epoch}}, epochs);
  if (state.step != state.epoch * batches)
    fail("fit",
         {"data and a batch size as in the run of the state, with {} steps in {} epochs",
          {state.step, state.epoch}},
         format_message("{} steps an epoch", {batches}));
  if (state.step > 0 && optimizer_steps == 0)
    fail("fit", "the optimizer of the run that the state belongs to", "one that has made no step");
}

}  // namespace detail

template <Scalar S>
struct BasicFitOptions {
  long epochs = 10;
  Index batch = 32;  ///< samples a step
  /// Anew in each epoch, of further calls too: the order follows from `seed` and the steps that the optimizer
  /// has made before the epoch.
  bool shuffle = true;
  double validation = 0;                             ///< the share of the data that is held out for it
  const BasicDataset<S>* validation_data = nullptr;  ///< or these
  std::uint64_t seed = 0;                            ///< of shuffling and of the validation split
  /// Schedule of the learning rate, CosineDecay{} for example; empty: constant. A run works with a copy;
  /// another copy is tried at the first step before anything changes.
  std::function<double(const Progress&)> schedule{};
  /// The run goes on from this state, up to `epochs` in all, and writes it after every epoch, before
  /// observers see the epoch. Null: it begins.
  TrainState* state = nullptr;
  int threads = 0;  ///< of this run; 0: as set_threads says
};
using FitOptions = BasicFitOptions<float>;

}  // namespace espalier
