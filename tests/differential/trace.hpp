// SPDX-License-Identifier: MIT
// What PyTorch computed (make_traces.py), and how the library's numbers are held against it.
#pragma once

#include <cmath>
#include <fstream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "espalier/core/matrix.hpp"

namespace differential {

/// A file of `name count value...`. Throws std::runtime_error for a file or a name that is not there.
class Fixture {
 public:
  explicit Fixture(const std::string& path) : path_(path) {
    std::ifstream file(path);
    std::string name;
    for (std::size_t count; file >> name >> count;) {
      std::vector<double>& values = blocks_[name];
      if (!values.empty()) throw std::runtime_error(fmt::format("{}: '{}' is there twice", path, name));
      values.resize(count);
      for (double& value : values) file >> value;
      if (!file) throw std::runtime_error(fmt::format("{}: '{}' is cut off", path, name));
    }
    if (!file.eof() || blocks_.empty())
      throw std::runtime_error(fmt::format("{}: unreadable after '{}'", path, name));
  }

  const std::vector<double>& operator[](const std::string& name) const {
    const auto found = blocks_.find(name);
    if (found == blocks_.end()) throw std::runtime_error(fmt::format("{}: there is no '{}'", path_, name));
    return found->second;
  }

  /// `name` as a matrix, its rows contiguous.
  template <espalier::Scalar S>
  espalier::Matrix<S> rows(const std::string& name, espalier::Index rows) const {
    const std::vector<double>& values = (*this)[name];
    const espalier::Index size = static_cast<espalier::Index>(values.size());
    if (size % rows != 0) throw std::runtime_error(fmt::format("{}: '{}' has no {} rows", path_, name, rows));
    return Eigen::Map<const espalier::WeightMatrix<double>>(values.data(), rows, size / rows).cast<S>();
  }

  /// `name` as a batch, features x samples, one sample contiguous.
  template <espalier::Scalar S>
  espalier::Matrix<S> batch(const std::string& name, espalier::Index features) const {
    const std::vector<double>& values = (*this)[name];
    return rows<S>(name, static_cast<espalier::Index>(values.size()) / features).transpose();
  }

 private:
  std::string path_;
  std::map<std::string, std::vector<double>> blocks_;
};

template <espalier::Scalar S>
inline constexpr double tolerance = sizeof(S) == sizeof(double) ? 1e-9 : 1e-4;

/// Where the losses of `trace` first part from PyTorch's by more than the tolerance; empty if nowhere.
template <espalier::Scalar S>
std::string parting(const std::string& trace, std::span<const double> expected,
                    std::span<const double> found) {
  if (expected.size() != found.size())
    return fmt::format("{}: {} steps, PyTorch made {}", trace, found.size(), expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) {
    const double error = std::abs(found[k] - expected[k]) / std::abs(expected[k]);
    if (!(error <= tolerance<S>))
      return fmt::format("{}, step {}: {:.17g}, PyTorch {:.17g} ({:.1e} apart)", trace, k + 1, found[k],
                         expected[k], error);
  }
  return {};
}

/// The number of `found` farthest from PyTorch's, if by more than the tolerance of the largest; else empty.
template <espalier::Scalar S>
std::string parting(const std::string& name, const espalier::Matrix<S>& expected,
                    const espalier::Matrix<S>& found) {
  if (expected.rows() != found.rows() || expected.cols() != found.cols())
    return fmt::format("{}: {} x {}, PyTorch has {} x {}", name, found.rows(), found.cols(), expected.rows(),
                       expected.cols());
  espalier::Index row, col;
  const double error =
      static_cast<double>((expected - found).cwiseAbs().template maxCoeff<Eigen::PropagateNaN>(&row, &col));
  if (error <= tolerance<S> * static_cast<double>(expected.cwiseAbs().maxCoeff())) return {};
  return fmt::format("{}({}, {}): {:.17g}, PyTorch {:.17g}", name, row, col, found(row, col),
                     expected(row, col));
}

}  // namespace differential
