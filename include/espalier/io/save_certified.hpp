// SPDX-License-Identifier: MIT
// A model to a file with what its weights prove: `save(net, "net.safetensors", CertifyOptions{})`.
#pragma once

#include <filesystem>

#include "espalier/certify/certificates_text.hpp"
#include "espalier/io/save.hpp"

namespace espalier {

/// As `save`, with the text of `certificates(net, options)`, computed now, in the metadata of the file under
/// "espalier.certificates". `load` does not read it: certificates are computed again from what was read.
template <Model M>
void save(const M& model, const std::filesystem::path& path, const CertifyOptions& options) {
  TensorFile file = tensors(model);
  file.metadata[std::string(detail::certificates_key)] = text_of(certificates(model, options));
  write_tensors(path, file);
}

}  // namespace espalier
