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

TEST_CASE("inputs are images where the first layer that moves numbers reads images") {
  detail::CodeStep function{detail::StepKind::function, 12, 12}, dense{detail::StepKind::dense, 12, 12};
  detail::CodeStep pool{detail::StepKind::max_pool, 12, 3};
  pool.image = {2, 3, 2};
  detail::CodeStep around{detail::StepKind::residual, 12, 12};
  around.branches = {{function, pool}};
  CHECK(detail::image_read({function, pool}) == pool.image);
  CHECK(detail::image_read({around}) == pool.image);
  CHECK_FALSE(detail::image_read({dense, pool}).has_value());
  CHECK_FALSE(detail::image_read({}).has_value());
}
