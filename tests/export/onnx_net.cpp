// SPDX-License-Identifier: MIT
// Files of nets of all layers, interpreted by the words of ONNX's specification, beside predict.
#include "espalier/export/onnx_net.hpp"

#include "onnx_check.hpp"

using namespace espalier;

TEST_CASE("a file of doubles computes what predict does, for every layer") {
  OnnxSchema schema;
  each_onnx_layer<double>([&](const std::string& name, const auto& net, const auto& extents) {
    check_onnx(1e-13, name, net, extents);
    schema.add(net);
  });
  schema.check();
}

TEST_CASE("sorted groups are TopK of rows, and must be full") {
  OnnxSchema schema;
  each_onnx_sort<double>([&](const std::string& name, const auto& net, const auto& extents) {
    check_onnx(1e-13, name, net, extents);
    schema.add(net);
  });
  schema.check();
  auto net = sequential<double>(Dense(2, 5), GroupSort{});
  CHECK(message_of([&] { onnx_bytes(net); }) ==
        "write_onnx: expected groups of 2 that are all full in layer 1, found 5 numbers");
}

TEST_CASE("inputs are images or sequences where the first layer that moves numbers reads such") {
  using Extents = std::vector<Index>;
  detail::CodeStep function{detail::StepKind::function, 12, 12}, dense{detail::StepKind::dense, 12, 12};
  detail::CodeStep pool{detail::StepKind::max_pool, 12, 3};
  pool.image = {2, 3, 2};
  detail::CodeStep around{detail::StepKind::residual, 12, 12};
  around.branches = {{function, pool}};
  detail::CodeStep sequence{detail::StepKind::sequence, 12, 12};
  sequence.per = 3;
  sequence.branches = {{dense}, {dense}, {function}};
  CHECK(detail::extents_read({function, pool}) == Extents{2, 2, 3});  // channels, height, width
  CHECK(detail::extents_read({around}) == Extents{2, 2, 3});
  CHECK(detail::extents_read({function, sequence, pool}) == Extents{3, 4});
  CHECK(detail::extents_read({dense, pool}).empty());
  CHECK(detail::extents_read({}).empty());
}
