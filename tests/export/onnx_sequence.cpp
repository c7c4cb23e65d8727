// SPDX-License-Identifier: MIT
// Files of recurrent nets, interpreted by the equations of ONNX's specification, beside predict.
#include "espalier/export/onnx_sequence.hpp"

#include "onnx_check.hpp"

using namespace espalier;

TEST_CASE("a file of doubles computes what predict does, for Recurrent and LSTM") {
  OnnxSchema schema;
  const auto check = [&](const std::string& name, const auto& net, const auto& extents) {
    check_onnx(1e-13, name, net, extents);
    schema.add(net);
  };
  each_onnx_lstm<double>(check);
  each_onnx_recurrent<double>(check);
  schema.check();
}

TEST_CASE("the gates i, f, g, o of a row each stand as i, o, f, c in the file") {
  CHECK(detail::in_onnx_order({1, 1, 2, 2, 3, 3, 4, 4}) == std::vector<double>{1, 1, 4, 4, 2, 2, 3, 3});
}

TEST_CASE("the states of all steps come out as a sequence, that of the last step as features") {
  const auto out = [](const auto&... layers) {
    Sequential net{layers...};
    initialize(net, {.seed = 1});
    return onnx::File(onnx_bytes(net)).port(12).second;
  };
  CHECK(out(LSTM(2, 3, 4)) == std::vector<std::size_t>{0, 4, 3});
  CHECK(out(LSTM(2, 3, 4, {.last = true})) == std::vector<std::size_t>{0, 3});
  CHECK(out(LSTM(2, 3, 1)) == std::vector<std::size_t>{0, 3});  // one step, which is the last
}
