// SPDX-License-Identifier: MIT
// A file of ONNX beside predict, and by the schema.
#pragma once

#include <cstdlib>

#include "data/files.hpp"
#include "onnx_interpreter.hpp"
#include "onnx_nets.hpp"

/// How far the outputs of the file are from those of the net, for some samples.
template <class Net>
double distance_of_onnx(const Net& net, const std::string& file) {
  using S = typename Net::scalar_type;
  const espalier::Matrix<S> x = random_matrix<S>(net.inputs(), 3, 5), y = net.predict(x);
  const onnx::Array found = onnx::File(file).run(3, {x.data(), x.data() + x.size()});
  const Eigen::Map<const Eigen::MatrixXd> z(found.x.data(), y.rows(), y.cols());
  return (y.template cast<double>() - z).cwiseAbs().maxCoeff();
}

inline void check_onnx(double most, const std::string& name, const auto& net,
                       const std::vector<int>& extents) {
  INFO(name);
  const std::string bytes = onnx_bytes(net);
  const onnx::File file(bytes);
  std::vector<std::size_t> expected{0};
  expected.insert(expected.end(), extents.begin(), extents.end());
  CHECK(file.port(11).second == expected);
  CHECK(distance_of_onnx(net, bytes) < most);
}

/// Writes the files of some nets, for the onnx package of Python, where there is one.
class OnnxSchema {
 public:
  void add(const auto& net) {
    const std::string name = std::to_string(count_++) + ".onnx";
    write_onnx(net, folder_ / name);
    files_ += " " + (folder_ / name).string();
  }
  void check() const {
    for (const std::string python : {"python3", "/usr/bin/python3"})
      if (std::system((python + " -c 'import onnx' 2> /dev/null").c_str()) == 0) {
        CHECK(std::system((python + " tests/export/onnx_schema.py" + files_).c_str()) == 0);
        return;
      }
    WARN("not checked by the schema: Python has no package onnx");
  }

 private:
  TemporaryDirectory folder_;
  std::string files_{};
  int count_ = 0;
};
