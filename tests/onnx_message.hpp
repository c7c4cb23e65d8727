// SPDX-License-Identifier: MIT
// A file of ONNX as messages, arrays and nodes: it knows the wire format and the numbers of fields in
// onnx.proto, and nothing of the library.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace onnx {

/// A message in the wire format, as it is read.
struct Message {
  struct Field {
    std::uint64_t whole = 0;  // a varint, or four or eight bytes
    std::string_view bytes{};
  };
  std::multimap<std::uint64_t, Field> fields{};

  explicit Message(std::string_view bytes) {
    std::size_t at = 0;
    const auto little_endian = [&](std::size_t count) {
      std::uint64_t x = 0;
      for (std::size_t k = 0; k < count; ++k)
        x |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes.at(at++))) << (8 * k);
      return x;
    };
    const auto varint = [&] {
      std::uint64_t x = 0;
      for (unsigned shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.at(at++));
        x |= static_cast<std::uint64_t>(byte & 127U) << shift;
        if (byte < 128) return x;
      }
    };
    while (at < bytes.size()) {
      const std::uint64_t key = varint();
      Field field;
      switch (key & 7U) {
        case 0:
          field.whole = varint();
          break;
        case 1:
          field.whole = little_endian(8);
          break;
        case 5:
          field.whole = little_endian(4);
          break;
        case 2: {
          const std::size_t size = varint();
          if (size > bytes.size() - at) throw std::runtime_error("a field longer than its message");
          field.bytes = bytes.substr(at, size);
          at += size;
          break;
        }
        default:
          throw std::runtime_error("a wire type that does not exist");
      }
      fields.emplace(key >> 3U, field);
    }
  }

  bool has(std::uint64_t field) const { return fields.count(field) > 0; }
  std::uint64_t whole(std::uint64_t field) const { return fields.find(field)->second.whole; }
  std::string text(std::uint64_t field) const {
    return has(field) ? std::string(fields.find(field)->second.bytes) : "";
  }
  Message message(std::uint64_t field) const { return Message(fields.find(field)->second.bytes); }
  std::vector<Message> messages(std::uint64_t field) const {
    std::vector<Message> all;
    for (auto [at, end] = fields.equal_range(field); at != end; ++at) all.emplace_back(at->second.bytes);
    return all;
  }
  std::vector<std::string> texts(std::uint64_t field) const {
    std::vector<std::string> all;
    for (auto [at, end] = fields.equal_range(field); at != end; ++at) all.emplace_back(at->second.bytes);
    return all;
  }
  std::vector<std::size_t> wholes(std::uint64_t field) const {
    std::vector<std::size_t> all;
    for (auto [at, end] = fields.equal_range(field); at != end; ++at) all.push_back(at->second.whole);
    return all;
  }
};

/// By rows.
struct Array {
  std::vector<std::size_t> shape;
  std::vector<double> x{};

  std::size_t size() const {
    std::size_t n = 1;
    for (const std::size_t extent : shape) n *= extent;
    return n;
  }
  /// Of all extents from the k-th on.
  std::size_t size_from(std::size_t k) const {
    std::size_t n = 1;
    for (; k < shape.size(); ++k) n *= shape[k];
    return n;
  }
};

inline Array array_of(const Message& tensor) {
  Array array{tensor.wholes(1)};
  const std::string raw = tensor.text(9);
  const auto read = [&]<class T>(T) {
    for (std::size_t at = 0; at < raw.size(); at += sizeof(T)) {
      T x;
      std::memcpy(&x, raw.data() + at, sizeof x);
      array.x.push_back(static_cast<double>(x));
    }
  };
  switch (tensor.whole(2)) {
    case 1:
      read(0.0F);
      break;
    case 7:
      read(std::int64_t{});
      break;
    case 11:
      read(0.0);
      break;
    default:
      throw std::runtime_error("a tensor of a type that was not expected");
  }
  if (array.x.size() != array.size()) throw std::runtime_error("a tensor of another size than its extents");
  return array;
}

/// One node.
struct Node {
  Message message;
  std::string operation = message.text(4);

  Message attribute(const std::string& name) const {
    for (const Message& a : message.messages(5))
      if (a.text(1) == name) return a;
    throw std::runtime_error(operation + " without " + name);
  }
  double real(const std::string& name) const {
    const Message a = attribute(name);
    const auto bits = static_cast<std::uint32_t>(a.whole(2));
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return static_cast<double>(x);
  }
  std::size_t whole(const std::string& name) const { return attribute(name).whole(3); }
  std::vector<std::size_t> wholes(const std::string& name) const { return attribute(name).wholes(8); }
};

}  // namespace onnx
