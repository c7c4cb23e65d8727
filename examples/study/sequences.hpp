// SPDX-License-Identifier: MIT
// Tasks for recurrent networks: the adding problem, and the next chord of a chorale.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <espalier/core/matrix.hpp>
#include <espalier/core/rng.hpp>

namespace study {

namespace esp = espalier;

/// Sequences, one a column, and what a network should say about them. Time step t of an input is in rows
/// t * features ... (t + 1) * features - 1, as Recurrent has it; targets are of every time step, or one.
struct Sequences {
  long steps = 0, target_steps = 1;
  bool binary = false;  ///< targets are 0 and 1, and outputs logits
  esp::Matrix<float> inputs{}, targets{};
  std::vector<float> weights{};  ///< how much each step of a target counts, sample by sample; empty: 1

  long samples() const { return static_cast<long>(inputs.cols()); }
  long features() const { return static_cast<long>(inputs.rows()) / steps; }
  long outputs() const { return static_cast<long>(targets.rows()) / target_steps; }
};

/// The mean squared error, or the binary cross-entropy for each note and time step; sets `gradient` to its
/// derivative by the outputs.
double sequence_loss(const Sequences& data, const esp::Matrix<float>& outputs, esp::Matrix<float>& gradient);

/// At most `most` samples whose last target counts, and nothing of them but that: how far back its gradient
/// reaches is not hidden by the losses of earlier steps.
Sequences last_step_of(const Sequences& data, long most);

/// The adding problem (Hochreiter & Schmidhuber 1997): each time step has a number from 0 to 1 and a mark.
/// One mark stands in the first half, one in the second, and the target is the sum of the two marked numbers.
/// To say 1 whatever comes has a mean squared error of 1/6. At least 2 steps.
Sequences adding_problem(long steps, long samples, esp::Rng& rng);
inline constexpr double adding_baseline = 1.0 / 6;

/// Time steps of a piece, and the keys from 0 to 87 that sound in each.
using Piece = std::vector<std::vector<int>>;
inline constexpr long keys = 88;

/// One piece a line, time steps separated by ';', the keys of a step by ','; a step without keys is a rest.
/// The file may be gzip. Throws InputError (errors.hpp) that names the file and the line.
std::vector<Piece> read_pieces(const std::string& path);
/// JSB_Chorales_<part>data.txt.gz of a folder, or the same without ".gz" where there is no such file.
std::string chorale_file(const std::string& folder, const std::string& part);

/// CRC-32 of the pieces of the parts "train", "valid" and "test" of a folder; never 0. It does not depend on
/// how the files are packed.
unsigned long checksum_of_chorales(const std::string& folder);

/// Pieces cut into windows of `steps` inputs, whose targets are the chords that follow each; every chord of a
/// piece but the first is a target once. The last window of a piece is padded with rests, which do not count.
/// Throws InputError, which names `where`, unless one window is full.
Sequences windows_of(const std::vector<Piece>& pieces, long steps, const std::string& where);

/// What a network trains on, batch by batch, and what it is measured on.
struct SequenceTask {
  std::function<Sequences(esp::Rng&)> draw;
  Sequences validation, test;  ///< `validation` is empty where batches are never seen twice
};
/// The test sequences depend on the seed alone.
SequenceTask adding_task(long steps, long batch, long seed);
/// The parts "train", "valid" and "test" of a folder.
SequenceTask chorale_task(const std::string& folder, long steps, long batch);

}  // namespace study
