// SPDX-License-Identifier: MIT
// Files of ONNX in a runtime that knows nothing of this library: OpenCV's dnn module. Its numbers are floats,
// which are off from those of `predict` by rounding.
#include <opencv2/dnn.hpp>

#include "onnx_nets.hpp"

using namespace espalier;

namespace {

/// What OpenCV makes of the file for all samples at once.
Matrix<float> run_opencv(const std::string& bytes, const std::vector<int>& extents, const Matrix<float>& x) {
  cv::dnn::Net net = cv::dnn::readNetFromONNX(bytes.data(), bytes.size());
  std::vector<int> shape{static_cast<int>(x.cols())};
  shape.insert(shape.end(), extents.begin(), extents.end());
  Matrix<float> in = x;  // a column a sample: the rows of ONNX
  net.setInput(cv::Mat(shape, CV_32F, in.data()), "input");
  const cv::Mat out = net.forward("output");
  const auto* const numbers = out.ptr<float>();
  return Eigen::Map<const Matrix<float>>(numbers, static_cast<Index>(out.total()) / x.cols(), x.cols());
}

constexpr Index samples = 3;

void check(const std::string& name, const auto& net, const std::vector<int>& extents,
           const OnnxOptions& options = {}) {
  INFO(name);
  const Matrix<float> x = random_matrix<float>(net.inputs(), samples, 5);
  CHECK((run_opencv(onnx_bytes(net, options), extents, x) - net.predict(x)).cwiseAbs().maxCoeff() < 1e-5F);
}

}  // namespace

TEST_CASE("OpenCV computes from the file what predict does, for every activation") {
  each_onnx_activation<float>([](const auto&... net) { check(net...); });
}

TEST_CASE("OpenCV computes from the file what predict does, for every layer") {
  each_onnx_layer<float>([](const auto&... net) { check(net...); });
}

TEST_CASE("OpenCV computes from the file what predict does, for LSTM with a known number of samples") {
  each_onnx_lstm<float>([](const auto&... net) { check(net..., {.samples = samples}); });
}
