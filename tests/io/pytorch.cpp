// SPDX-License-Identifier: MIT
// The files in tests/io/pytorch were made by PyTorch 1.13 (make.py there), with what it computes from them in
// double.
#include "data/files.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/io/load.hpp"
#include "espalier/io/save.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/lstm.hpp"
#include "nets.hpp"

using namespace espalier;

namespace {

/// PyTorch's Flatten has a number of its own, which Identity takes here.
template <Scalar S>
auto same_net() {
  return sequential<S>(Conv2D(Image{5, 4, 2}, 3, Kernel{3, 2}, {.padding = 1}), BatchNorm(3, {.per = 25}),
                       Tanh{}, Identity{}, Dense(75, 6, WeightNorm{}), Tanh{}, Dense(6, 4), BatchNorm(4));
}

TensorFile file_of(const std::string& name) {
  return read_tensors("tests/io/pytorch/" + name + ".safetensors");
}

/// A tensor of samples, as features x samples.
template <Scalar S>
Matrix<S> batch_of(const TensorFile& file, std::string_view name) {
  const Tensor& tensor = file.at(name);
  const auto samples = static_cast<Index>(tensor.shape[0]);
  const std::vector<S> numbers = tensor.numbers<S>();
  return Eigen::Map<const Matrix<S>>(numbers.data(), static_cast<Index>(tensor.size()) / samples, samples);
}

/// How far predictions after loading are from PyTorch's at most.
template <Scalar S>
double distance(const std::string& name) {
  auto net = same_net<S>();
  CHECK(load(net, file_of(name)).complete());
  const TensorFile expected = file_of(name + "_outputs");
  const Matrix<S> y = net.predict(batch_of<S>(expected, "inputs"));
  return (y.template cast<double>() - batch_of<double>(expected, "outputs")).cwiseAbs().maxCoeff();
}

}  // namespace

// Outputs are about 1, sums have up to 75 terms of about 0.1: 1e-15 in double, 1e-6 in float are a few
// roundings.

TEST_CASE("a state_dict of PyTorch in any of its precisions predicts what PyTorch does") {
  for (const std::string name : {"f64", "f32", "f16", "bf16"}) {
    INFO(name);
    CHECK(distance<double>(name) < 1e-14);
    CHECK(distance<float>(name) < 3e-6);
  }
}

TEST_CASE("the two biases of PyTorch's LSTM are one here") {
  auto net = sequential<double>(LSTM(3, 4, 6));
  CHECK(load(net, file_of("lstm")).complete());
  const TensorFile expected = file_of("lstm_outputs");
  const Matrix<double> y = net.predict(batch_of<double>(expected, "inputs"));
  CHECK((y - batch_of<double>(expected, "outputs")).cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("what PyTorch has saved is saved again with the same names, types, shapes and bytes") {
  auto net = same_net<float>();
  load(net, file_of("f32"));
  const TensorFile before = file_of("f32"), after = tensors(net);
  CHECK(after.tensors.size() == before.tensors.size());
  for (const Tensor& tensor : before.tensors) {
    INFO(tensor.name);
    if (tensor.name.ends_with("num_batches_tracked"))
      CHECK((after.at(tensor.name).dtype == "I64" && after.at(tensor.name).shape.empty()));
    else
      CHECK(after.at(tensor.name) == tensor);
  }
}

// Then: python3 tests/io/pytorch/make.py --check written.safetensors
TEST_CASE("writes a file for the script's --check", "[.write]") {
  auto net = same_net<float>();
  initialize(net, {.seed = 5});
  const Matrix<float> x = random_matrix<float>(40, 7, 3);
  for (int pass = 0; pass < 3; ++pass) net.forward(x);
  TensorFile file = tensors(net);
  const Matrix<float> y = net.predict(x);
  file.tensors.push_back(Tensor::of<float>("inputs", {7, 40}, {x.data(), 280}));
  file.tensors.push_back(Tensor::of<float>("outputs", {7, 4}, {y.data(), 28}));
  write_tensors("written.safetensors", file);
  CHECK(read_tensors("written.safetensors") == file);
}
