// SPDX-License-Identifier: MIT
// The scalars and the matrix shapes that every other header speaks of.
#pragma once

#include <Eigen/Core>
#include <concepts>

#include "espalier/core/instruction_set.hpp"

namespace espalier {

using Index = Eigen::Index;

/// An extent that is known at run time only. Index and Dynamic are Eigen's own, so that they mean one thing
/// beside `using namespace Eigen`; Matrix and Vector have one parameter here, and need a word before them.
using Eigen::Dynamic;

/// The precisions a model can have.
template <class T>
concept Scalar = std::same_as<T, float> || std::same_as<T, double>;

/// A batch: features x samples, one sample contiguous (a C-ordered NumPy `(samples, features)` array,
/// unchanged).
template <Scalar S>
using Matrix = Eigen::Matrix<S, Dynamic, Dynamic>;

/// A weight: outputs x inputs, one neuron's incoming weights contiguous.
template <Scalar S>
using WeightMatrix = Eigen::Matrix<S, Dynamic, Dynamic, Eigen::RowMajor>;

template <Scalar S>
using Vector = Eigen::Matrix<S, Dynamic, 1>;

/// Consecutive numbers, read or written as an array.
template <Scalar S>
using ArrayMap = Eigen::Map<Eigen::Array<S, Dynamic, 1>>;
template <Scalar S>
using ConstArrayMap = Eigen::Map<const Eigen::Array<S, Dynamic, 1>>;

/// A batch, or consecutive samples of one, read without a copy.
template <Scalar S>
using ConstBatch = Eigen::Ref<const Matrix<S>>;

}  // namespace espalier
