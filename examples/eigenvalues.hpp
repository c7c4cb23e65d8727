// SPDX-License-Identifier: MIT
// Eigenvalues of symmetric matrices for the programs here, compiled once: Eigen's solver takes longer to
// compile than most of them.
#pragma once

#include <Eigen/Core>

struct Eigenvalues {
  Eigen::VectorXd values;   ///< in rising order
  Eigen::MatrixXd vectors;  ///< the eigenvector of each is a column
};

/// Of a symmetric n x n matrix, of which the lower triangle is read.
Eigenvalues eigenvalues_of(const Eigen::MatrixXd& symmetric);
