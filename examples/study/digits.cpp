// SPDX-License-Identifier: MIT
// espalier-study: which constraint on the input layer helps, for the handwritten digits or a file of yours.
#include "study.hpp"

int main(int argc, char** argv) {
  study::Options defaults;
  defaults.data = ESPALIER_STUDY_DIGITS;
  defaults.reading.image_rows = defaults.reading.image_columns = 8;
  return study::run(argc, argv, study::usual_grid(), defaults);
}
