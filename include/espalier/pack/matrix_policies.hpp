// SPDX-License-Identifier: MIT
// What a policy of matrices does to a whole weight. In its pack it is the only policy that follows a step.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "espalier/core/block.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/pack/vector_policies.hpp"

namespace espalier::detail {

// A policy may work in room that it asks for.

/// The set of a pack, as it is for w.
template <class PackType, MatrixSet P, class S>
decltype(auto) matrix_set(const P& p, const Block<S>& w) {
  return set_of(p, w.memory.of(PackType::template memory_of<P>));
}
template <MatrixSet P, Scalar S>
bool matrix_holds(const P& p, Block<const S> w, [[maybe_unused]] double* room) {
  if constexpr (requires { p.contains(w, room); })
    return p.contains(w, room);
  else
    return p.contains(w);
}
template <MatrixSet P, Scalar S>
void project_one(const P& p, Block<S> w, [[maybe_unused]] double* room,
                 [[maybe_unused]] Steps<S> steps = {nullptr, S(1)}) {
  if constexpr (ProjectsMatrixInSteps<P>)
    p.project(w, steps);
  else if constexpr (requires { p.project(w, room); })
    p.project(w, room);
  else
    p.project(w);
}
template <MatrixPenalty P, Scalar S>
void prox_one(const P& p, Block<S> w, S t, [[maybe_unused]] double* room) {
  if constexpr (requires { p.prox(w, t, room); })
    p.prox(w, t, room);
  else
    p.prox(w, t);
}

/// The one step size of a weight for its penalty: 1 over the mean of 1 / t, so that a displacement in a
/// random direction is as long as in the metric of the step.
template <Scalar S>
S harmonic_mean(Steps<S> steps, Index n) {
  if (!steps.each || n == 0) return steps.uniform;
  double sum = 0;
  for (Index i = 0; i < n; ++i) sum += 1 / static_cast<double>(steps.each[i]);
  return static_cast<S>(static_cast<double>(n) / sum);
}

/// After a step, as Pack::constrain.
template <class PackType, Scalar S>
bool constrain_matrix(const PackType& pack, Block<S> w, Steps<S> steps, Scratch<S> scratch, Index* active) {
  pack.each([&]<class P>(const P& policy, std::size_t k) {
    if constexpr (MatrixSet<P>) {
      const auto& p = matrix_set<PackType>(policy, w);
      if (matrix_holds<std::decay_t<decltype(p)>, S>(p, w, scratch.room)) return;
      const S rate = steps.uniform;
      project_one(p, w, scratch.room, pack.metric(steps, rate));
      ++active[k];
    } else if constexpr (MatrixPenalty<P>) {
      const S t = harmonic_mean(steps, w.size());
      if (!(t > 0)) return;
      std::copy(w.data, w.data + w.size(), scratch.row);
      prox_one(policy, w, t, scratch.room);
      active[k] += !std::equal(w.data, w.data + w.size(), scratch.row);
    }
  });
  return (ConstArrayMap<S>(w.data, w.size()) * S(0)).sum() == 0;
}

/// f(the set, its place, room for it), outside of steps.
template <class PackType, class S, class F>
void with_matrix_set(const PackType& pack, const Block<S>& w, F&& f) {
  std::vector<double> room(static_cast<std::size_t>(PackType::room * w.size()));
  pack.each([&]<class P>([[maybe_unused]] const P& p, [[maybe_unused]] std::size_t k) {
    if constexpr (MatrixSet<P>) f(matrix_set<PackType>(p, w), k, room.data());
  });
}

template <class PackType, Scalar S>
void project_matrix(const PackType& pack, Block<S> w) {
  with_matrix_set(pack, w, [&](const auto& p, std::size_t, double* room) {
    if (!matrix_holds<std::decay_t<decltype(p)>, S>(p, w, room)) project_one(p, w, room);
  });
}

template <class PackType, Scalar S>
bool contains_matrix(const PackType& pack, Block<const S> w) {
  bool inside = true;
  with_matrix_set(pack, w,
                  [&](const auto& p, std::size_t, double* room) { inside = matrix_holds(p, w, room); });
  return inside;
}

/// The Euclidean distance to the set of the k-th policy, as distance_to_set.
template <class PackType, Scalar S>
double matrix_violation(const PackType& pack, std::size_t k, Block<const S> w) {
  double distance = 0;
  with_matrix_set(pack, w, [&](const auto& p, std::size_t index, double* room) {
    if (index != k || matrix_holds(p, w, room)) return;
    distance = std::numeric_limits<double>::infinity();
    if (!ConstArrayMap<S>(w.data, w.size()).allFinite()) return;
    std::vector<S> nearest(w.data, w.data + w.size());
    project_one(p, Block<S>{nearest.data(), w.rows, w.cols}, room);
    for (Index i = 0; i < w.size(); ++i) nearest[static_cast<std::size_t>(i)] -= w.data[i];
    distance = std::max(norm(nearest.data(), w.size()), std::numeric_limits<double>::min());
  });
  return distance;
}

template <class PackType, Scalar S>
double matrix_penalty(const PackType& pack, Block<const S> w) {
  double sum = 0;
  pack.each([&]<class P>([[maybe_unused]] const P& p, std::size_t) {
    if constexpr (MatrixPenalty<P>) sum += static_cast<double>(p.value(w));
  });
  return sum;
}

// Smooth penalties stand beside whatever else: in their pack they need not be alone.

template <class PackType, Scalar S>
double smooth_matrix_penalty([[maybe_unused]] const PackType& pack, [[maybe_unused]] Block<const S> w) {
  double sum = 0;
  if constexpr (PackType::smooth_matrix)
    pack.each([&]<class P>([[maybe_unused]] const P& p, std::size_t) {
      if constexpr (SmoothMatrixPenalty<P>) sum += static_cast<double>(p.value(w));
    });
  return sum;
}

/// g += their gradients. Counts each penalty whose gradient was not zero.
template <class PackType, Scalar S>
void add_matrix_gradient(const PackType& pack, Block<const S> w, S* g, Index* active) {
  pack.each([&]<class P>([[maybe_unused]] const P& p, [[maybe_unused]] std::size_t k) {
    if constexpr (SmoothMatrixPenalty<P>) {
      active[k] += p.add_gradient(w, Block<S>{g, w.rows, w.cols});
    }
  });
}

}  // namespace espalier::detail
