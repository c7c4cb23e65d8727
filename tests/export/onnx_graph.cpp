// SPDX-License-Identifier: MIT
#include "espalier/export/onnx_graph.hpp"

#include "onnx_interpreter.hpp"
#include "support.hpp"

using namespace espalier;
using namespace espalier::detail;

TEST_CASE("names that are taken get a number") {
  OnnxGraph graph(true);
  const double one[] = {1};
  CHECK(graph.own_name("x") == "x");
  CHECK(graph.constant("x", {1}, one) == "x.2");
  CHECK(graph.node("Relu", "x", {"x"}) == "x.Relu");
  CHECK(graph.node("Relu", "x", {"x"}) == "x.Relu.2");
  CHECK(graph.own_name("x") == "x.3");
}

TEST_CASE("the file says who wrote it, which operators it takes, and what is known") {
  OnnxGraph graph(true);
  graph.rename_output(graph.node("Relu", "0", {"x"}), "y");
  const std::string bytes = graph.file({"x", {3}}, {"y", {3}}, {"1.2.3", {{"a", "b"}, {"c", ""}}});
  const onnx::File file(bytes);
  CHECK(file.model.whole(1) == 6);
  CHECK(file.model.text(2) == "espalier");
  CHECK(file.model.text(3) == "1.2.3");
  CHECK(file.model.message(8).text(1).empty());
  CHECK(file.model.message(8).whole(2) == 11);
  CHECK(file.model.messages(14).at(0).text(1) == "a");
  CHECK(file.model.messages(14).at(0).text(2) == "b");
  CHECK(file.model.messages(14).at(1).text(1) == "c");
  CHECK(file.graph.message(11).message(2).message(1).whole(1) == 1);  // float
  CHECK(file.port(11) == std::pair(std::string("x"), std::vector<std::size_t>{0, 3}));
  CHECK(file.run(1, {-1, 2, 3}).x == std::vector<double>{0, 2, 3});
}

TEST_CASE("outputs before the one that counts are there without a name") {
  OnnxGraph graph(true);
  graph.rename_output(graph.node("LSTM", "0", {"x"}, {}, 1), "y");
  const onnx::File file(graph.file({"x", {3}}, {"y", {3}}, {"1"}));
  CHECK(file.graph.message(1).texts(2) == std::vector<std::string>{"", "y"});
}

TEST_CASE("what comes out is a copy where no node gives it") {
  OnnxGraph graph(false);
  graph.rename_output("x", "y");
  const onnx::File file(graph.file({"x", {2}}, {"y", {2}}, {"1"}));
  CHECK(file.graph.message(11).message(2).message(1).whole(1) == 11);  // double
  CHECK(file.run(2, {1, 2, 3, 4}).x == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("constants are floats or doubles, to the bit, and a number that no float holds is an error") {
  const double numbers[] = {0.1, -0.0, 1e-300};
  for (const bool single : {true, false}) {
    OnnxGraph graph(single);
    graph.constant("0.bias", {3}, numbers);
    graph.node("Relu", "0", {"x"});
    const onnx::File file(graph.file({"x", {1}}, {"y", {1}}, {"1"}));
    const onnx::Array found = onnx::array_of(file.graph.message(5));
    CHECK(found.x == (single ? std::vector<double>{static_cast<double>(0.1F), 0, 0}
                             : std::vector<double>{0.1, 0, 1e-300}));
    CHECK(std::signbit(found.x[1]));
  }
  OnnxGraph graph(true);
  const double large[] = {1e39};
  CHECK(message_of([&] { graph.constant("0.bias", {1}, large); }) ==
        "write_onnx: expected numbers that a float holds in 0.bias, found 1e+39");
}
