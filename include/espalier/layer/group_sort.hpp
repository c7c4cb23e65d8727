// SPDX-License-Identifier: MIT
// Sorting as an activation: the numbers of a group in rising order.
#pragma once

#include <algorithm>

#include "espalier/core/aligned.hpp"
#include "espalier/core/check.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/layer/norm_bounds.hpp"

namespace espalier {

/// `GroupSort{}`, `GroupSort{.size = 8}`: each `size` outputs are the inputs of the same places in rising
/// order; the last group is what is left (Anil, Lucas & Grosse 2019, arXiv 1811.05381). Size 2 is MaxMin, 0
/// sorts all of them, FullSort. A rearrangement keeps every norm of an input and of a gradient, which ReLU
/// shrinks: the activation of nets with `Orthonormal` weights. 1-Lipschitz in every p-norm. The gradient goes
/// where the number came from, equal ones staying in their order; NaN comes last.
struct GroupSort {
  static constexpr bool by_sample = true, monotone = true;
  Index size = 2;  ///< numbers in a group; 0: all

  void validate() const {
    if (size < 0) detail::fail("GroupSort", "size >= 0", size);
  }
  void describe(auto&& f) const { f("size", static_cast<double>(size)); }

  /// Sorting brings two inputs no farther apart in any of these norms (the rearrangement inequality).
  static constexpr NormBounds norm_bounds() { return {1, 1, 1}; }

  void forward(const auto& x, auto&& y) const {
    for (Index i = 0; i < x.cols(); ++i)
      each_group(x.rows(), [&, from = x.col(i).data(), to = y.col(i).data()](Index begin, Index n) {
        sort(from + begin, n, to + begin);
      });
  }

  void backward(const auto& x, const auto& y, const auto& dy, auto&& dx) const {
    for (Index i = 0; i < x.cols(); ++i)
      each_group(x.rows(), [&, from = x.col(i).data(), sorted = y.col(i).data(), given = dy.col(i).data(),
                            to = dx.col(i).data()](Index begin, Index n) {
        hand_back(from + begin, sorted + begin, n, given + begin, to + begin);
      });
  }

  void write_code(auto& out) const { out.group_sort(size); }

  bool operator==(const GroupSort&) const = default;

 private:
  template <class F>
  void each_group(Index width, F&& f) const {
    const Index group = size == 0 ? width : size;
    for (Index begin = 0; begin < width; begin += group) f(begin, std::min(group, width - begin));
  }

  static constexpr auto less = []<Scalar S>(S a, S b) { return (a < b) | ((a == a) & (b != b)); };

  template <Scalar S>
  static void sort(const S* x, Index n, S* y) {
    if (n == 2) {
      const S first = x[0], second = x[1];
      const bool turned = less(second, first);
      y[0] = turned ? second : first, y[1] = turned ? first : second;
    } else {
      std::copy_n(x, n, y);
      std::sort(y, y + n, less);
    }
  }

  template <Scalar S>
  static void hand_back(const S* x, const S* y, Index n, const S* dy, S* dx) {
    if (n == 2) {
      const S first = dy[0], second = dy[1];
      const bool turned = less(x[1], x[0]);
      dx[0] = turned ? second : first, dx[1] = turned ? first : second;
      return;
    }
    S* const given = detail::scratch<S>(n);  // dx may be the memory of dy
    std::copy_n(dy, n, given);
    for (Index i = 0; i < n; ++i) {
      Index at = std::lower_bound(y, y + n, x[i], less) - y;
      if (at + 1 < n && !less(x[i], y[at + 1]))  // others equal it: those before it come first
        for (Index k = 0; k < i; ++k) at += !less(x[k], x[i]) && !less(x[i], x[k]);
      dx[i] = given[at];
    }
  }
};

}  // namespace espalier
