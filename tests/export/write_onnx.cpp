// SPDX-License-Identifier: MIT
// What each layer computes in the file is tested in onnx_net.cpp, onnx_sequence.cpp and onnx_activation.cpp,
// and by OpenCV.
#include "espalier/export/write_onnx.hpp"

#include <iterator>
#include <limits>

#include "data/files.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/quantized.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/quantized_relu.hpp"
#include "nets.hpp"
#include "onnx_interpreter.hpp"

using namespace espalier;

namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

auto small_net() {
  auto net = sequential<double>(Dense(3, 4, MaxNorm{.radius = 1}), Tanh{}, Dense(4, 2));
  initialize(net, {.seed = 1});
  return net;
}

}  // namespace

TEST_CASE("the file takes the place of what was there, with names and metadata") {
  const TemporaryDirectory folder;
  const auto net = small_net();
  const auto path = folder.write("net.onnx", "old");
  write_onnx(net, path, {.input = "sensors", .output = "0.weight"});
  CHECK(bytes_of(path) == onnx_bytes(net, {.input = "sensors", .output = "0.weight"}));
  CHECK(std::distance(std::filesystem::directory_iterator(folder / ""), {}) == 1);
  const onnx::File file(bytes_of(path));
  CHECK(file.port(11).first == "sensors");
  CHECK(file.port(12).first == "0.weight");
  std::map<std::string, std::string> found;
  for (const onnx::Message& entry : file.model.messages(14)) found[entry.text(1)] = entry.text(2);
  CHECK(found == detail::metadata_of(net.parameters(), detail::stored(net)));
  CHECK(found.at("espalier.policies") == "0.weight MaxNorm{radius = 1}\n");
}

TEST_CASE("a net of integers computes the same numbers in the file, to the bit") {
  const Quantized levels{.step = 0.125, .lo = -4, .hi = 4};
  Sequential net{Dense(6, 9, levels), QuantizedReLU{.step = 0.5, .hi = 7.5}, Dense(9, 2, levels)};
  initialize(net, {.seed = 3});
  Matrix<float> x(6, 4);
  Rng rng{1};
  for (Index i = 0; i < x.size(); ++i) x(i) = static_cast<float>(rng.below(21) - 10);
  const onnx::Array y = onnx::File(onnx_bytes(net)).run(4, {x.data(), x.data() + x.size()});
  CHECK(Eigen::Map<const Eigen::MatrixXd>(y.x.data(), 2, 4) == net.predict(x).cast<double>());
}

TEST_CASE("certificates are in the metadata where they are asked for") {
  const auto net = small_net();
  std::map<std::string, std::string> found;
  const onnx::File file(onnx_bytes(net, {.certificates = true}));
  for (const onnx::Message& entry : file.model.messages(14)) found[entry.text(1)] = entry.text(2);
  CHECK(found.at("espalier.certificates") == text_of(certificates(net)));
  CHECK(found.size() == detail::metadata_of(net.parameters(), detail::stored(net)).size() + 1);
}

TEST_CASE("a net of doubles is one of doubles in the file, or by option of floats") {
  const auto net = small_net();
  const Matrix<double> x = random_matrix<double>(3, 2, 1);
  const auto distance = [&](bool as_float) {
    const onnx::File file(onnx_bytes(net, {.as_float = as_float}));
    CHECK(file.graph.message(11).message(2).message(1).whole(1) == (as_float ? 1 : 11));
    const onnx::Array y = file.run(2, {x.data(), x.data() + x.size()});
    return (Eigen::Map<const Eigen::MatrixXd>(y.x.data(), 2, 2) - net.predict(x)).cwiseAbs().maxCoeff();
  };
  CHECK(distance(false) < 1e-15);
  CHECK(distance(true) > 1e-10);  // the weights are rounded
  CHECK(distance(true) < 1e-6);
}

TEST_CASE("names, weights and places that cannot be are errors, and what was there stays") {
  const TemporaryDirectory folder;
  auto net = small_net();
  const auto path = folder.write("net.onnx", "old");
  CHECK(message_of([&] { write_onnx(net, path, {.input = "x", .output = "x"}); }) ==
        "write_onnx: expected two different names, {.input = ..., .output = ...}, found 'x' and 'x'");
  CHECK_THROWS_AS(write_onnx(net, path, {.input = ""}), ValueError);
  const std::string nowhere = (folder / "no/folder/net.onnx").string();
  CHECK(message_of([&] { write_onnx(net, nowhere); }) ==
        nowhere + ": expected a file that can be written, found No such file or directory");
  detail::arena(net)[0] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(write_onnx(net, path), NotFiniteError);
  CHECK(bytes_of(path) == "old");
}

TEST_CASE("the number of samples is open, or that of the options") {
  const auto net = small_net();
  CHECK(onnx::File(onnx_bytes(net)).port(11).second == std::vector<std::size_t>{0, 3});
  const onnx::File file(onnx_bytes(net, {.samples = 2}));
  CHECK(file.port(11).second == std::vector<std::size_t>{2, 3});
  CHECK(file.port(12).second == std::vector<std::size_t>{2, 2});
  CHECK(message_of([&] { onnx_bytes(net, {.samples = -1}); }) ==
        "write_onnx: expected {.samples = ...} of at least 1, or 0 for any, found -1");
}
