// SPDX-License-Identifier: MIT
// What a first layer has learned, in numbers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "trial.hpp"

namespace study {

/// Writes zeros, unread, row_norm, input_share and effective_rank of a weight, neurons x inputs (stages.hpp).
void measure_filters(const Eigen::MatrixXf& weight, std::map<std::string, double>& numbers);

/// exp of the entropy of the singular values, as shares of their sum (Roy & Vetterli 2007): the number of
/// singular values where all are equal. 0 for a weight of zeros.
double effective_rank(const Eigen::MatrixXf& weight);

/// For each row of `weight` the largest absolute cosine to a row of `other`; their mean over rows that are
/// not 0. NaN where all are.
double similarity(const Eigen::MatrixXf& weight, const Eigen::MatrixXf& other);

/// The share of rows i for which max(weight_i x + bias_i, 0) is 0 for all columns x of `inputs`.
double dead_share(const Eigen::MatrixXf& weight, const Eigen::VectorXf& bias, const Eigen::MatrixXf& inputs);

/// The share of the last `count` columns of a weight in the sum of its squares; 0 for a weight of zeros.
double share_of_last(const Eigen::MatrixXf& weight, long count);

/// Writes the norms of the gradients of each layer's weight (a number for each epoch), the ratio of the first
/// to the last and the largest of all steps.
void measure_gradients(const std::vector<std::vector<double>>& norms, double largest, Result& result);

}  // namespace study
