// SPDX-License-Identifier: MIT
// A study with a policy of one's own in the grid, on the digits unless --data names a file.
#include "study.hpp"

/// No weight above a limit.
struct AtMost {
  double limit = 0.2;

  template <espalier::Scalar S>
  bool contains(S w) const {
    return w <= static_cast<S>(limit);
  }
  template <espalier::Scalar S>
  S project(S w) const {
    return w > static_cast<S>(limit) ? static_cast<S>(limit) : w;
  }
};

int main(int argc, char** argv) {
  study::Grid grid = study::usual_grid();
  grid.push_back(
      study::entry("AtMost", "limit", {0.5, 0.2, 0.1}, [](double limit) { return AtMost{limit}; }));
  study::Options defaults;
  defaults.data = ESPALIER_STUDY_DIGITS;
  return study::run(argc, argv, grid, defaults);
}
