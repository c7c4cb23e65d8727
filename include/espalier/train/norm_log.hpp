// SPDX-License-Identifier: MIT
// The norms of gradients and weights by layer, epoch by epoch: what vanishes, what explodes.
#pragma once

#include <string>
#include <vector>

#include "espalier/kernel/norm.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {

/// One parameter in one epoch: Euclidean norms of the whole tensor, the gradient's that of the last step,
/// smooth penalties and transforms included.
struct NormRecord {
  long epoch;
  std::string parameter;  ///< "0.weight"
  double weight, gradient;
};

/// `NormLog norms; fit(net, data, loss, optimizer, {}, norms); for (const NormRecord& n : norms.records)
/// ...`
struct NormLog {
  std::vector<NormRecord> records;

  void epoch(const auto& model, const EpochReport& report) {
    model.for_each_parameter([&](const auto& p) {
      records.push_back(
          {report.epoch, p.path, detail::norm(p.values, p.size()), detail::norm(p.gradients, p.size())});
    });
  }
};

}  // namespace espalier
