// SPDX-License-Identifier: MIT
// expect: a set of whole rows cannot be combined exactly with another set
#include "espalier/layer/dense.hpp"

#include <algorithm>

using namespace espalier;

struct SumToZero {
  bool contains(const auto& row) const { return row.sum() == 0; }
  void project(auto& row) const { row -= row.mean(); }
};
struct Sorted {
  bool contains(const auto& row) const { return std::is_sorted(row.data(), row.data() + row.size()); }
  void project(auto& row) const { std::sort(row.data(), row.data() + row.size()); }
};

#ifdef REFUSED
Dense<4, 3, SumToZero, Sorted> layer;
#else
Dense<4, 3, Sorted> layer;
#endif
