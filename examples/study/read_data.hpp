// SPDX-License-Identifier: MIT
// Samples as the file has them, whatever its format.
#pragma once

#include <string>

#include "espalier/data/dataset.hpp"
#include "task.hpp"

namespace study {

struct Samples {
  espalier::Dataset data, test;            ///< `test` is empty unless files have a test part of their own
  long image_rows = 0, image_columns = 0;  ///< where the file says so
  bool has_test() const { return test.inputs.size() > 0; }
};

/// InputError for options that the format does not have; the library's errors for the rest.
Samples read_samples(const std::string& path, const DataOptions& options);

}  // namespace study
