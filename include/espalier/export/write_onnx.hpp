// SPDX-License-Identifier: MIT
// A trained net as a file of ONNX, which other programs run: `write_onnx(net, "net.onnx")`.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "espalier/certify/certificates_text.hpp"
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
  Index samples = 0;      ///< how many there are in every call, for programs that must know; 0: any number
  bool certificates =
      false;  ///< also "espalier.certificates" in the metadata, as `save` writes it: cubic time
};

namespace detail {

inline void check_onnx_options(const OnnxOptions& options) {
  if (options.input.empty() || options.output.empty() || options.input == options.output)
    fail("write_onnx", "two different names, {.input = ..., .output = ...}",
         quoted_text(options.input) + " and " + quoted_text(options.output));
  if (options.samples < 0)
    fail("write_onnx", "{.samples = ...} of at least 1, or 0 for any", options.samples);
}

/// The whole file.
inline std::string onnx_file(const CodeSteps& steps, Index inputs, bool single, const OnnxOptions& options,
                             std::map<std::string, std::string> metadata) {
  OnnxGraph graph(single);
  OnnxValue in{graph.own_name(options.input), extents_read(steps)};
  if (in.extents.empty()) in.extents = {inputs};
  graph.own_name(options.output);
  const OnnxValue out = OnnxNet(graph).chain(steps, in);
  graph.rename_output(out.name, options.output);
  return graph.file({options.input, in.extents, options.samples},
                    {options.output, out.extents, options.samples}, {version_text(), std::move(metadata)});
}

}  // namespace detail

/// The bytes of the file that `write_onnx` writes.
template <Scalar S, class... Layers>
std::string onnx_bytes(const Sequential<S, Layers...>& net, const OnnxOptions& options = {}) {
  detail::check_onnx_options(options);
  detail::require_finite(net.parameters(), "weights", net.values());
  const detail::CodeStyle style{"", false, sizeof(S) == sizeof(float)};
  auto metadata = detail::metadata_of(net.parameters(), detail::stored(net));
  if (options.certificates) metadata.emplace(detail::certificates_key, text_of(certificates(net)));
  return detail::onnx_file(detail::net_steps(net, style), net.inputs(), style.single || options.as_float,
                           options, std::move(metadata));
}

/// Writes what a net computes outside training as a file of ONNX, for the programs that read it. Tensors are
/// samples x features, samples x channels x height x width where the net begins with layers of images, or
/// samples x steps x features where it begins with recurrent ones. The number of samples is open, or that of
/// the options. Weights stand as they multiply. docs/export.md says what was checked.
///
/// Throws ValueError for names that are empty or the same, a negative number of samples, and a layer whose
/// source text is no function that ONNX has, NotFiniteError for weights that are not finite, FileError where
/// the file cannot be written; what stood there is then as it was.
template <Scalar S, class... Layers>
void write_onnx(const Sequential<S, Layers...>& net, const std::filesystem::path& file,
                const OnnxOptions& options = {}) {
  detail::write_file(file, onnx_bytes(net, options));
}

}  // namespace espalier
