// SPDX-License-Identifier: MIT
// What a study trains on: samples from a file, a test part that is looked at once, and scales.
#pragma once

#include <string>
#include <vector>

#include "espalier/data/csv_options.hpp"
#include "espalier/data/dataset.hpp"
#include "trial.hpp"

namespace study {

/// How the file is read. The names in comments are the options of the command line, which messages name.
struct DataOptions {
  std::string label{};   ///< --label: column (CSV) or array (NPZ) of classes; empty: the last column, "y"
  std::string target{};  ///< --target: column, array or file (NPY) of numbers to predict; empty: classes
  std::string labels{};  ///< --labels: file of labels beside an NPY or IDX file
  std::string test{};    ///< --test: file of test samples; empty: a part of the samples
  espalier::Gaps gaps = espalier::Gaps::refuse;  ///< --gaps
  espalier::Text text = espalier::Text::refuse;  ///< --text
  std::vector<std::string> ignore{};             ///< --ignore: columns that are not read
  char separator = ',';                          ///< --separator: between columns
  long skip = 0;                                 ///< --skip: lines above the table
  long image_rows = 0, image_columns = 0;        ///< --image; 0: as an IDX or NPY file of images says
  double test_share = 0.2;                       ///< where there is no file of test samples
  unsigned long seed = 1;                        ///< of that part
};

struct Task {
  espalier::Dataset fit, test;  ///< scaled as the fit part says
  std::string name;             ///< of the file, without folder
  unsigned long checksum = 0;   ///< CRC-32 of the numbers before they were scaled
  long classes = 0;             ///< 0: regression
  long outputs = 1;             ///< of the network
  long image_rows = 0, image_columns = 0;
  double target_scale = 1;           ///< a distance of scaled targets times this is in the target's unit
  std::vector<std::string> notes{};  ///< what was done that nobody asked for
};

/// Reads CSV, IDX (a folder with MNIST's files, or a file of images with the labels beside it), NPY or NPZ,
/// splits off the test part unless there is one, and scales. InputError, naming the file with line or option,
/// for all that cannot be studied: a constant target, one class, classes of less than 3 samples.
Task load_task(const std::string& path, const DataOptions& options = {});

/// Writes the facts of the data into a setup: its fields from `data` to `image_columns`. `samples` are those
/// of the fit part.
void describe(const Task& task, Setup& setup);

}  // namespace study
