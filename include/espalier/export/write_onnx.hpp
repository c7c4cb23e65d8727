// SPDX-License-Identifier: MIT
// A trained net as a file of ONNX, which other programs run: `write_onnx(net, "net.onnx")`.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "espalier/data/write_file.hpp"
#include "espalier/export/code_writer.hpp"
#include "espalier/export/net_steps.hpp"
#include "espalier/export/onnx_net.hpp"
#include "espalier/io/metadata.hpp"
#include "espalier/io/names.hpp"
#include "espalier/model/finite.hpp"

namespace espalier {

struct OnnxOptions {
  std::string input = "input", output = "output";  ///< what the file calls the tensor in and the tensor out
  bool as_float = false;  ///< a net of doubles as tensors of float, which more programs run
};

namespace detail {

inline void check_onnx_names(const OnnxOptions& options) {
  if (options.input.empty() || options.output.empty() || options.input == options.output)
    fail("write_onnx", "two different names, {.input = ..., .output = ...}",
         quoted_text(options.input) + " and " + quoted_text(options.output));
}

/// The whole file.
inline std::string onnx_file(const CodeSteps& steps, Index inputs, bool single, const OnnxOptions& options,
                             std::map<std::string, std::string> metadata) {
  OnnxGraph graph(single);
  const OnnxValue in{graph.own_name(options.input), inputs, image_read(steps)};
  graph.own_name(options.output);
  const OnnxValue out = OnnxNet(graph).chain(steps, in);
  graph.rename_output(out.name, options.output);
  return graph.file({options.input, in.extents()}, {options.output, out.extents()},
                    {version_text(), std::move(metadata)});
}

}  // namespace detail

/// The bytes of the file that `write_onnx` writes.
template <Scalar S, class... Layers>
std::string onnx_bytes(const Sequential<S, Layers...>& net, const OnnxOptions& options = {}) {
  detail::check_onnx_names(options);
  detail::require_finite(net.parameters(), "weights", net.values());
  const detail::CodeStyle style{"", false, sizeof(S) == sizeof(float)};
  return detail::onnx_file(detail::net_steps(net, style), net.inputs(), style.single || options.as_float,
                           options, detail::metadata_of(net.parameters(), detail::stored(net)));
}

/// Writes what a net computes outside training as a file of ONNX, for the programs that read it. Tensors are
/// samples x features or, where the net begins with layers of images, samples x channels x height x width;
/// the number of samples is open. Weights stand as they multiply. docs/export.md says what was checked.
///
/// Throws ValueError for names that are empty or the same and for a layer whose source text is no
/// function that ONNX has, NotFiniteError for weights that are not finite, FileError where the file cannot be
/// written; what stood there is then as it was.
template <Scalar S, class... Layers>
void write_onnx(const Sequential<S, Layers...>& net, const std::filesystem::path& file,
                const OnnxOptions& options = {}) {
  detail::write_file(file, onnx_bytes(net, options));
}

}  // namespace espalier
