// SPDX-License-Identifier: MIT
// The file format safetensors: 8 bytes with the length of a header, the header in JSON, and the numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/file.hpp"
#include "espalier/data/file_format.hpp"
#include "espalier/data/write_file.hpp"
#include "espalier/io/json.hpp"
#include "espalier/io/tensor.hpp"

namespace espalier {

/// A value: what a file holds, `write_tensors("a.safetensors", file)` and `read_tensors("a.safetensors")`.
struct TensorFile {
  std::vector<Tensor> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor of this name; null if there is none.
  const Tensor* find(std::string_view name) const {
    for (const Tensor& tensor : tensors)
      if (tensor.name == name) return &tensor;
    return nullptr;
  }
  /// The same; FileError if there is none.
  const Tensor& at(std::string_view name) const {
    if (const Tensor* found = find(name)) return *found;
    std::string names;
    for (const Tensor& tensor : tensors) names += (names.empty() ? "" : ", ") + tensor.name;
    detail::fail<FileError>(name, "a tensor of this name",
                            names.empty() ? "a file without any" : detail::quoted_text(names, 400));
  }

  bool operator==(const TensorFile&) const = default;
};

namespace detail {

/// The longest header that readers of the format accept, in bytes.
inline constexpr std::uint64_t longest_header = 100'000'000;

/// A tensor in the header: its bytes are from `begin` to `end` behind it.
struct PlacedTensor {
  Tensor tensor;
  std::uint64_t begin = 0, end = 0;
};

/// Reads a header and checks all that it says.
class TensorHeaderReader {
 public:
  TensorHeaderReader(std::string_view header, std::uint64_t data, std::string_view where)
      : json_(header, where), data_(data), where_(where) {}

  [[gnu::cold]] void read(std::vector<PlacedTensor>& placed, std::map<std::string, std::string>& metadata) {
    bool has_metadata = false;
    json_.object([&](std::string name) {
      if (name == "__metadata__") {
        json_.expect(!std::exchange(has_metadata, true), "__metadata__ once");
        json_.object([&](std::string key) {
          json_.expect(metadata.emplace(key, json_.string()).second, "every key of __metadata__ once");
        });
      } else {
        placed.push_back(entry(std::move(name)));
      }
    });
    json_.end();
    check_names(placed);
    check_places(placed);
  }

 private:
  [[gnu::cold]] PlacedTensor entry(std::string name) {
    PlacedTensor result;
    result.tensor.name = std::move(name);
    std::vector<std::uint64_t> offsets;
    bool dtype = false, shape = false, places = false;
    json_.object([&](const std::string& key) {
      if (key == "dtype") {
        json_.expect(!std::exchange(dtype, true), "dtype once");
        result.tensor.dtype = json_.string();
      } else if (key == "shape") {
        json_.expect(!std::exchange(shape, true), "shape once");
        json_.array([&] { result.tensor.shape.push_back(json_.whole()); });
      } else {
        json_.expect(key == "data_offsets" && !std::exchange(places, true),
                     "dtype, shape and data_offsets, each once, before this");
        json_.array([&] { offsets.push_back(json_.whole()); });
      }
    });
    json_.expect(dtype && shape && offsets.size() == 2,
                 "a tensor with dtype, shape and two data_offsets before this");
    result.begin = offsets[0], result.end = offsets[1];
    check(result);
    return result;
  }

  [[gnu::cold]] void check(const PlacedTensor& placed) const {
    const Tensor& t = placed.tensor;
    const std::string name = quoted_text(t.name);
    const unsigned bits = bits_of(t.dtype);
    if (bits == 0) fail<FileError>(where_, {"a dtype of safetensors for {}", {name}}, quoted_text(t.dtype));
    if (placed.begin > placed.end || placed.end > data_)
      fail<FileError>(where_,
                      {"data_offsets of {} that rise and end within the {} bytes of data", {name, data_}},
                      std::to_string(placed.begin) + " and " + std::to_string(placed.end));
    std::uint64_t bytes = 0;
    if (!bytes_of_shape(t.shape, bits, bytes) || bytes != placed.end - placed.begin)
      fail<FileError>(where_, {"bytes for {} numbers of type {} in {}", {shape_text(t.shape), t.dtype, name}},
                      std::to_string(placed.end - placed.begin) + " bytes");
  }

  [[gnu::cold]] void check_names(const std::vector<PlacedTensor>& placed) const {
    std::vector<std::string_view> names;
    for (const PlacedTensor& p : placed) names.push_back(p.tensor.name);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) fail<FileError>(where_, "every name once", quoted_text(*twice) + " twice");
  }

  /// Every byte of the data belongs to one tensor.
  [[gnu::cold]] void check_places(const std::vector<PlacedTensor>& placed) const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
    for (const PlacedTensor& p : placed) places.emplace_back(p.begin, p.end);
    std::sort(places.begin(), places.end());
    std::uint64_t next = 0;
    for (const auto& [begin, end] : places) {
      if (begin != next)
        fail<FileError>(where_, {"tensors one behind the other, the next at byte {} of the data", {next}},
                        "one at " + std::to_string(begin));
      next = end;
    }
    if (next != data_) fail<FileError>(where_, {"{} bytes of data, which the tensors say", {next}}, data_);
  }

  JsonReader json_;
  std::uint64_t data_;
  std::string_view where_;
};

/// A file that is no safetensors is named where its first bytes tell what it is.
[[noreturn, gnu::cold]] inline void fail_other_format(std::string_view bytes, std::string_view where) {
  std::string found = found_format(bytes.substr(0, format_prefix));
  if (found == pytorch_file || found == "a Python pickle")
    found +=
        ", as torch.save writes it: safetensors.torch.save_file(net.state_dict(), path) writes what is read "
        "here";
  fail<FileError>(where, "a safetensors file", found);
}

}  // namespace detail

/// Reads the bytes of a file; `where` names it in messages. FileError, which says the place, for anything
/// that is not exactly safetensors. The order of the tensors is that of the header.
inline TensorFile parse_tensors(std::string_view bytes, std::string_view where) {
  constexpr std::uint64_t prefix = 8;
  if (bytes.size() < prefix)
    detail::fail<FileError>(where, "a file of safetensors, at least 8 bytes",
                            detail::format_message("{}", {bytes.size()}));
  const auto length = detail::number_at<std::uint64_t>(bytes, 0);
  if (!bytes.substr(prefix).starts_with('{')) detail::fail_other_format(bytes, where);
  if (length > detail::longest_header || length > bytes.size() - prefix)
    detail::fail<FileError>(where,
                            {"a header of {} bytes, as the first 8 of the file say, and at most {}",
                             {std::to_string(length), detail::longest_header}},
                            std::to_string(bytes.size() - prefix) + " bytes behind them");
  const std::string_view header = bytes.substr(prefix, length), data = bytes.substr(prefix + length);
  std::vector<detail::PlacedTensor> placed;
  TensorFile file;
  detail::TensorHeaderReader(header, data.size(), where).read(placed, file.metadata);
  for (detail::PlacedTensor& p : placed) {
    p.tensor.bytes = data.substr(p.begin, p.end - p.begin);
    file.tensors.push_back(std::move(p.tensor));
  }
  return file;
}

/// FileError, with the path, if there is no such file or it is not exactly safetensors.
inline TensorFile read_tensors(const std::filesystem::path& path) {
  return parse_tensors(detail::read_bytes(path), path.string());
}

namespace detail {

/// ValueError unless every tensor has a name of its own, and as many bytes as its type and shape say.
[[gnu::cold]] inline void check_tensors(const TensorFile& file, std::string_view where) {
  std::set<std::string_view> names;
  for (const Tensor& t : file.tensors) {
    std::uint64_t bytes = 0;
    const unsigned bits = bits_of(t.dtype);
    const std::string name = quoted_text(t.name);
    if (bits == 0 || !bytes_of_shape(t.shape, bits, bytes) || bytes != t.bytes.size())
      fail(where,
           {"the bytes of {} numbers of type {} in {}", {shape_text(t.shape), shown_text(t.dtype), name}},
           t.bytes.size());
    if (t.name == "__metadata__" || !names.insert(t.name).second)
      fail(where, "a name of its own for every tensor", name);
  }
}

/// The header with its length, and what stands behind it, in the order of the file: numbers of many bytes
/// first, so that each stands at a multiple of its size.
[[gnu::cold]] inline std::string header_of(const TensorFile& file, std::vector<const Tensor*>& order,
                                           std::string_view where) {
  check_tensors(file, where);
  std::vector<std::uint64_t> begins(file.tensors.size());
  std::uint64_t next = 0;
  for (const unsigned bits : {64U, 32U, 16U, 8U, 6U, 4U})
    for (std::size_t k = 0; k < file.tensors.size(); ++k) {
      const Tensor& t = file.tensors[k];
      if (bits_of(t.dtype) != bits) continue;
      order.push_back(&t), begins[k] = next;
      next += t.bytes.size();
    }
  std::string header = "{";
  const auto comma = [&] {
    if (header.size() > 1) header += ',';
  };
  if (!file.metadata.empty()) {
    std::string members;
    for (const auto& [key, value] : file.metadata)
      ((((members += members.empty() ? "" : ",") += json_string(key)) += ':') += json_string(value));
    header += "\"__metadata__\":{" + members + "}";
  }
  for (std::size_t k = 0; k < file.tensors.size(); ++k) {
    const Tensor& t = file.tensors[k];
    std::string shape;
    for (const std::uint64_t extent : t.shape) (shape += shape.empty() ? "" : ",") += std::to_string(extent);
    comma();
    header += json_string(t.name);
    (((header += R"(:{"dtype":")") += t.dtype) += R"(","shape":[)") += shape;
    ((header += R"(],"data_offsets":[)") += std::to_string(begins[k])) += ',';
    (header += std::to_string(begins[k] + t.bytes.size())) += "]}";
  }
  header += '}';
  header.append((8 - header.size() % 8) % 8, ' ');
  if (header.size() > longest_header)
    fail(where, {"a header of at most {} bytes", {longest_header}}, header.size());
  std::string length;
  for (int k = 0; k < 64; k += 8) length += static_cast<char>(header.size() >> k & 0xFF);
  return length + header;
}

}  // namespace detail

/// Replaces the file at `path` when all of the new one is on the disk. FileError, and the old file as it was,
/// if that fails; ValueError for tensors of one name, or whose bytes are not those of their shape.
inline void write_tensors(const std::filesystem::path& path, const TensorFile& file) {
  std::vector<const Tensor*> order;
  const std::string header = detail::header_of(file, order, path.string());
  std::vector<std::string_view> pieces{header};
  for (const Tensor* tensor : order) pieces.push_back(tensor->bytes);
  detail::write_file(path, pieces);
}

}  // namespace espalier
