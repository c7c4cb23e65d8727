// SPDX-License-Identifier: MIT
#include "espalier/io/save.hpp"

#include <limits>

#include "data/files.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/recurrent.hpp"
#include "nets.hpp"

using namespace espalier;

namespace {

/// "0.weight F32 2 x 3", one a line.
std::string list_of(const TensorFile& file) {
  std::string text;
  for (const Tensor& t : file.tensors)
    text += t.name + " " + t.dtype + " " + detail::shape_text(t.shape) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a file has the numbers of a model by name, in its precision") {
  auto net = sequential<double>(Conv2D(Image{3, 3, 2}, 2, Kernel{2, 2}), BatchNorm(2, {.per = 4}),
                                Dense(8, 3, WeightNorm{}), Recurrent(3, 2, 1, {}, NoBias{}));
  initialize(net, {.seed = 3});
  const TensorFile file = tensors(net);
  CHECK(list_of(file) ==
        "0.weight F64 2 x 2 x 2 x 2\n0.bias F64 2\n1.weight F64 2\n1.bias F64 2\n1.running_mean F64 "
        "2\n1.running_var F64 2\n"
        "2.weight_v F64 3 x 8\n2.weight_g F64 3 x 1\n2.bias F64 3\n3.weight_ih_l0 F64 2 x 3\n3.weight_hh_l0 "
        "F64 2 x 2\n"
        "1.num_batches_tracked I64 1\n");
  CHECK(file.at("1.num_batches_tracked").shape.empty());
  const Matrix<double> kernels = parameter(net, "0.weight");
  const std::vector<double> stored = file.at("0.weight").numbers<double>();
  CHECK(stored[3 * 4 + 1] == kernels(1, 5));  // kernel 1, channel 1, y 0, x 1
  CHECK(file.metadata.size() == 4);
}

TEST_CASE("the one bias of a recurrent layer is the sum of PyTorch's two, bit for bit") {
  Sequential net{Recurrent(1, 3, 1)};
  initialize(net, {.seed = 1});
  assign(net, "0.bias", (Matrix<float>(3, 1) << 0.5F, -0.0F, 0).finished());
  const TensorFile file = tensors(net);
  const auto one = file.at("0.bias_ih_l0").numbers<float>(), other = file.at("0.bias_hh_l0").numbers<float>();
  CHECK(one == std::vector<float>{0.5F, 0, 0});
  CHECK(other == std::vector<float>{0, 0, 0});
  CHECK(std::signbit(one[1] + other[1]));
  CHECK_FALSE(std::signbit(one[2] + other[2]));
}

TEST_CASE("what policies keep of the start is in the file, once for tied weights") {
  Sequential net{Dense(2, 2, Frozen{1, 0}, NoBias{}), Dense(2, 2, Frozen{1, 0}, NoBias{})};
  tie(net, "0.weight", "1.weight");
  initialize(net, {.seed = 2});
  const TensorFile file = tensors(net);
  CHECK(list_of(file) == "0.weight F32 2 x 2\n0.weight.Frozen F32 2 x 2\n1.weight F32 2 x 2\n");
  CHECK(file.at("1.weight").bytes == file.at("0.weight").bytes);
  const auto kept = file.at("0.weight.Frozen").numbers<float>(), all = file.at("0.weight").numbers<float>();
  CHECK(kept[2] == all[2]);
  CHECK(std::isnan(kept[1]));
}

TEST_CASE("weights that are not finite are not saved, and the old file stays") {
  const TemporaryDirectory directory;
  Sequential net{Dense(2, 2)};
  initialize(net, {.seed = 2});
  save(net, directory / "net");
  const std::string before = detail::read_file(directory / "net");
  detail::arena(net)[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK(message_of([&] { save(net, directory / "net"); }) ==
        "0.weight: expected finite weights, found NaN or infinity");
  CHECK(detail::read_file(directory / "net") == before);
  CHECK_THROWS_AS(save(net, directory / "net"), NotFiniteError);
}

TEST_CASE("a model that cannot be written says why, and an old file stays") {
  const TemporaryDirectory directory;
  Sequential net{Dense(2, 2)};
  initialize(net, {.seed = 2});
  CHECK_THROWS_AS(save(net, directory / "none/net"), FileError);
  CHECK_THROWS_AS(save(net, directory / ""), FileError);
  if (std::filesystem::exists("/dev/full")) CHECK_THROWS_AS(save(net, "/dev/full"), FileError);
  save(net, directory / "net");
  CHECK(read_tensors(directory / "net") == tensors(net));
}
