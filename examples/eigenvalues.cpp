// SPDX-License-Identifier: MIT
#include "eigenvalues.hpp"

#include <Eigen/Eigenvalues>

Eigenvalues eigenvalues_of(const Eigen::MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  return {solver.eigenvalues(), solver.eigenvectors()};
}
