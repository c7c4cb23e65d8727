// SPDX-License-Identifier: MIT
// A graph of ONNX as it grows: nodes and constants with names of their own, and the file of it.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"
#include "espalier/export/protobuf.hpp"

namespace espalier::detail {

/// Operators as ONNX 1.6 (2019) has them, which every reader since understands. What is written means the
/// same in all operator sets from 11 to 13.
inline constexpr Index onnx_operators = 11, onnx_format = 6;

/// A setting of a node. The numbers of fields and types are those of onnx.proto.
struct OnnxAttribute {
  ProtoMessage message{};

  OnnxAttribute(std::string_view name, float x) : OnnxAttribute(name, 1) { message.real(2, x); }
  OnnxAttribute(std::string_view name, Index x) : OnnxAttribute(name, 2) { message.whole(3, x); }
  OnnxAttribute(std::string_view name, std::initializer_list<Index> all) : OnnxAttribute(name, 7) {
    for (const Index x : all) message.whole(8, x);
  }

 private:
  OnnxAttribute(std::string_view name, int type) {
    message.bytes(1, name);
    message.whole(20, type);
  }
};

/// What goes in and comes out: samples x extents. 0 samples are any number of them.
struct OnnxPort {
  std::string name;
  std::vector<Index> extents;
  Index samples = 0;
};

/// What the file says beside the graph.
struct OnnxFacts {
  std::string version;
  std::map<std::string, std::string> metadata{};
};

class OnnxGraph {
 public:
  /// Tensors of float, or of double.
  explicit OnnxGraph(bool single) : single_(single) {}

  bool single() const { return single_; }

  /// The name, or with a number behind it if it is taken.
  std::string own_name(const std::string& name) {
    std::string own = name;
    for (int k = 2; !names_.insert(own).second; ++k) own = name + "." + std::to_string(k);
    return own;
  }

  /// Numbers by rows, of which there are as many as the extents say; returns the tensor's name.
  std::string constant(const std::string& name, std::initializer_list<Index> extents,
                       std::span<const double> numbers) {
    std::string raw;
    raw.reserve(numbers.size() * (single_ ? sizeof(float) : sizeof(double)));
    for (const double x : numbers) {
      if (single_)
        append(raw, std::bit_cast<std::uint32_t>(as_float(name, x)));
      else
        append(raw, std::bit_cast<std::uint64_t>(x));
    }
    return tensor(name, extents, element_type(), raw);
  }
  /// The extents of a tensor, which nodes read as one.
  std::string shape(const std::string& name, const std::vector<Index>& extents) {
    std::string raw;
    for (const Index x : extents) append(raw, static_cast<std::uint64_t>(x));
    constexpr int int64 = 7;
    return tensor(name, {static_cast<Index>(extents.size())}, int64, raw);
  }

  /// Adds a node, and returns the name of its output that counts: the first, or the one behind `skipped`
  /// others, which nobody reads and which may be left out; `unread` more behind it may not, and get names.
  /// `path` is that of the layer.
  std::string node(const std::string& operation, const std::string& path, std::vector<std::string> inputs,
                   std::vector<OnnxAttribute> attributes = {}, int skipped = 0, int unread = 0) {
    nodes_.push_back(
        {operation, own_name(path + "." + operation), std::move(inputs), std::move(attributes), skipped, {}});
    for (int k = 0; k < unread; ++k) nodes_.back().unread.push_back(own_name(path + ".unread"));
    return nodes_.back().output;
  }

  /// The name of what the latest node gives, or, if that is not what comes out, of a copy.
  void rename_output(const std::string& from, const std::string& to) {
    if (nodes_.empty() || nodes_.back().output != from) node("Identity", "output", {from});
    nodes_.back().output = to;
  }

  /// The whole file. ValueError if it has more bytes than Protocol Buffers allow.
  std::string file(const OnnxPort& input, const OnnxPort& output, const OnnxFacts& facts) const {
    ProtoMessage model;
    model.whole(1, onnx_format);
    model.bytes(2, "espalier");
    model.bytes(3, facts.version);
    model.message(7, graph(input, output));
    ProtoMessage operators;
    operators.bytes(1, "");
    operators.whole(2, onnx_operators);
    model.message(8, operators);
    for (const auto& [key, value] : facts.metadata) {
      ProtoMessage entry;
      entry.bytes(1, key);
      entry.bytes(2, value);
      model.message(14, entry);
    }
    if (model.bytes().size() > most_bytes)
      fail("write_onnx", {"a file of at most {} bytes, which is the limit of Protocol Buffers", {most_bytes}},
           model.bytes().size());
    return model.bytes();
  }

 private:
  static constexpr std::size_t most_bytes = (std::size_t{1} << 31U) - 1;

  struct Node {
    std::string operation, output;
    std::vector<std::string> inputs;
    std::vector<OnnxAttribute> attributes;
    int skipped;
    std::vector<std::string> unread;
  };

  Index element_type() const { return single_ ? 1 : 11; }

  static float as_float(const std::string& name, double x) {
    const float rounded = static_cast<float>(x);
    if (!std::isfinite(rounded)) fail("write_onnx", {"numbers that a float holds in {}", {name}}, x);
    return rounded;
  }

  /// Little endian.
  template <class Bits>
  static void append(std::string& raw, Bits bits) {
    for (std::size_t k = 0; k < sizeof bits; ++k) raw += static_cast<char>(bits >> (8 * k) & 255U);
  }

  std::string tensor(const std::string& name, std::initializer_list<Index> extents, Index type,
                     std::string_view raw) {
    std::string own = own_name(name);
    ProtoMessage message;
    for (const Index extent : extents) message.whole(1, extent);
    message.whole(2, type);
    message.bytes(8, own);
    message.bytes(9, raw);
    tensors_.push_back(std::move(message));
    return own;
  }

  ProtoMessage port(const OnnxPort& port) const {
    ProtoMessage samples, shape, tensor, type, result;
    if (port.samples == 0)
      samples.bytes(2, "batch");
    else
      samples.whole(1, port.samples);
    shape.message(1, samples);
    for (const Index extent : port.extents) {
      ProtoMessage fixed;
      fixed.whole(1, extent);
      shape.message(1, fixed);
    }
    tensor.whole(1, element_type());
    tensor.message(2, shape);
    type.message(1, tensor);
    result.bytes(1, port.name);
    result.message(2, type);
    return result;
  }

  ProtoMessage graph(const OnnxPort& input, const OnnxPort& output) const {
    ProtoMessage result;
    for (const Node& node : nodes_) {
      ProtoMessage message;
      for (const std::string& name : node.inputs) message.bytes(1, name);
      for (int k = 0; k < node.skipped; ++k) message.bytes(2, "");  // an output without a name is left out
      message.bytes(2, node.output);
      for (const std::string& name : node.unread) message.bytes(2, name);
      message.bytes(3, node.output);
      message.bytes(4, node.operation);
      for (const OnnxAttribute& attribute : node.attributes) message.message(5, attribute.message);
      result.message(1, message);
    }
    result.bytes(2, "espalier");
    for (const ProtoMessage& message : tensors_) result.message(5, message);
    result.message(11, port(input));
    result.message(12, port(output));
    return result;
  }

  bool single_;
  std::set<std::string> names_{};
  std::vector<Node> nodes_{};
  std::vector<ProtoMessage> tensors_{};
};

}  // namespace espalier::detail
