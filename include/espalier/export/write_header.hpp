// SPDX-License-Identifier: MIT
// A trained net as one header without dependencies: for programs that have no place for a library.
#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>

#include "espalier/certify/audit.hpp"
#include "espalier/certify/certificates.hpp"
#include "espalier/data/write_file.hpp"
#include "espalier/export/code_net.hpp"
#include "espalier/export/header_options.hpp"
#include "espalier/export/net_steps.hpp"
#include "espalier/io/prepared.hpp"

namespace espalier {

namespace detail {

#ifdef EIGEN_VECTORIZE_FMA
inline constexpr bool has_fma = true;
#else
inline constexpr bool has_fma = false;
#endif

inline CodeStyle code_style(const HeaderOptions& options, bool single, Index lanes) {
  check_header_name(options.name);
  return {options.name,
          options.language == Language::c,
          single,
          options.same_order,
          options.same_order && has_fma,
          options.zeros == ZeroWeights::smallest,
          lanes};
}

/// "4 -> 16 -> 1, 353 numbers"
inline std::string describe_widths(std::span<const Index> widths, Index numbers) {
  std::string text;
  for (std::size_t k = 0; k < widths.size(); ++k)
    if (k == 0 || widths[k] != widths[k - 1]) text += (k > 0 ? " -> " : "") + std::to_string(widths[k]);
  return text + ", " + std::to_string(numbers) + " trained numbers";
}

/// Adds what is known; bounds that are infinite are not written.
inline void add_certificates(CodeFacts& facts, const Certificates& known) {
  const auto add = [&](const char* name, double bound) {
    if (std::isfinite(bound)) facts.bounds.emplace_back(name, bound);
  };
  if (const auto& bounds = known.lipschitz) {
    add("lipschitz_1", bounds->one), add("lipschitz_2", bounds->two);
    add("lipschitz_infinity", bounds->infinity);
  }
  if (known.input_signs)
    for (Index i = 0; i < facts.inputs; ++i) facts.input_signs.push_back(known.input_signs->sign(i));
}

}  // namespace detail

/// The text of the header that `write_header` writes.
template <Scalar S, class... Layers>
std::string header_text(const Sequential<S, Layers...>& net, const HeaderOptions& options,
                        const Preparation* preparation = nullptr) {
  if (preparation) detail::check_features(*preparation, net.inputs(), net.outputs());
  const detail::CodeStyle style =
      detail::code_style(options, sizeof(S) == sizeof(float), Index{detail::lanes<S>});
  detail::require_finite(net.parameters(), "weights", net.values());
  detail::CodeFacts facts{net.inputs(), net.outputs(), audit(net).violation(),
                          detail::describe_widths(net.widths(), count(net)), preparation};
  if (options.certificates) detail::add_certificates(facts, certificates(net));
  return detail::net_text(style, detail::net_steps(net, style), facts);
}

/// Writes a net as a header of its own: weights as constants, and `predict(in, out)` for one sample, without
/// memory from the heap and without exceptions. `write_header(net, "digits_net.hpp", {.name = "digits"})`
/// makes digits::predict; beside it stand digits::inputs, outputs, weights, zeros, violation (as `audit`),
/// inputs_never_read[inputs]; with .certificates = true also lipschitz_1, lipschitz_2, lipschitz_infinity and
/// input_signs[inputs] (as `certificates`). docs/export.md says what it promises.
///
/// Throws ValueError for a name that is no identifier, NotFiniteError for weights that are not finite,
/// FileError where the file cannot be written; what stood there is then as it was.
template <Scalar S, class... Layers>
void write_header(const Sequential<S, Layers...>& net, const std::filesystem::path& file,
                  const HeaderOptions& options) {
  detail::write_file(file, header_text(net, options));
}

/// The same with the preparation of the data (data/preparation.hpp), so that the header takes raw rows:
/// `digits::predict_row(row, out)`, with names for the columns and for the categories of texts
/// (`titanic::column_Sex`, `titanic::Sex_is_male`). Gaps are filled, features scaled, and outputs are in the
/// unit of the table. ShapeError for a preparation of other features than the net's, or with scales for
/// another number of targets.
template <Scalar S, class... Layers>
void write_header(const Sequential<S, Layers...>& net, const Preparation& preparation,
                  const std::filesystem::path& file, const HeaderOptions& options) {
  detail::write_file(file, header_text(net, options, &preparation));
}

}  // namespace espalier
