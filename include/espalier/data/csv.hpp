// SPDX-License-Identifier: MIT
// Data sets from CSV files: RFC 4180, plain or (with espalier/data/gzip.hpp) gzip, with or without a header.
#pragma once

#include <cctype>
#include <memory>

#include "espalier/data/csv_table.hpp"

namespace espalier {
namespace detail {

[[gnu::cold]] inline void check_marks(const CsvOptions& options) {
  if (std::string_view("\"\r\n+-.").find(options.separator) != std::string_view::npos ||
      std::isalnum(static_cast<unsigned char>(options.separator)))
    fail("csv options", "a separator that cannot be part of a number", quoted_text({&options.separator, 1}));
  if (options.decimal != '.' && options.decimal != ',')
    fail("csv options", "decimal '.' or ','", quoted_text({&options.decimal, 1}));
  if (std::string_view("\0,. '_", 6).find(options.thousands) == std::string_view::npos ||
      options.thousands == options.decimal)
    fail("csv options", "thousands ',' '.' ' ' '\\'' or '_', and another than decimal",
         quoted_text({&options.thousands, 1}));
  if (options.comment != '\0' && (options.comment == options.separator || options.comment == '"' ||
                                  options.comment == '\n' || options.comment == '\r'))
    fail("csv options", "a comment mark other than the separator, quotes and line ends",
         quoted_text({&options.comment, 1}));
}

[[gnu::cold]] inline void check(const CsvOptions& options) {
  if (!options.classes.empty() && !options.label)
    fail("csv options", "a label column for the classes", "none");
  if (options.skip < 0) fail("csv options", "skip >= 0", options.skip);
  if (options.max_categories < 1) fail("csv options", "max_categories >= 1", options.max_categories);
  if (options.mark_gaps && (options.gaps == Gaps::refuse || options.gaps == Gaps::drop))
    fail("csv options", "gaps that are filled, for mark_gaps", "gaps that are refused or dropped");
  check_marks(options);
}

/// `known`: what the first file taught, or null.
template <Scalar S>
BasicDataset<S> read_table(CsvSource& source, const CsvOptions& options, const Preparation* known) {
  CsvReader reader(source, options);
  const std::vector<std::string_view> names(reader.names().begin(), reader.names().end());
  const CsvLayout layout = known ? CsvLayout(names, reader.width(), reader.where(), *known)
                                 : CsvLayout(options, names, reader.width(), reader.where());
  return CsvTable<S>(reader, layout, options, known).read();
}

inline const Preparation& known(const Preparation& preparation) { return preparation; }
inline const Preparation& known(const std::shared_ptr<const Preparation>& preparation) {
  if (!preparation) fail("read_csv", "the preparation of data that were read from a file", "none");
  return *preparation;
}

/// A preparation, or what a data set has of it.
template <class P>
concept PreparationOrPointer = requires(const P& preparation) {
  known(preparation);
};

template <Scalar S>
BasicDataset<S> read_as_first(CsvSource&& source, const Preparation& preparation) {
  check(preparation.options);
  return read_table<S>(source, preparation.options, &preparation);
}

}  // namespace detail

/// Reads a file of numbers, one sample a row: `read_csv("iris.csv", {.label = "species"})`. Columns with no
/// role in the options are features. Messages count lines and columns from 1. FileError for anything that is
/// not as announced: an unreadable or empty file, rows of different lengths, gaps and text that no option
/// reads, an unknown column.
template <Scalar S = float>
BasicDataset<S> read_csv(const std::filesystem::path& path, const CsvOptions& options = {}) {
  detail::check(options);
  detail::CsvSource source = detail::CsvSource::of_file(path, options.skip > 0);
  return detail::read_table<S>(source, options, nullptr);
}

/// Reads a second file as the first was read, with what was learnt from it: `read_csv("test.csv",
/// train.preparation)`. Features are matched by name. The file may lack the label, targets and weight, and
/// have other columns. A text that the first file does not have in a column is a gap.
template <Scalar S = float, detail::PreparationOrPointer P>
BasicDataset<S> read_csv(const std::filesystem::path& path, const P& preparation) {
  const Preparation& known = detail::known(preparation);
  return detail::read_as_first<S>(detail::CsvSource::of_file(path, known.options.skip > 0), known);
}

/// The same from text in memory.
template <Scalar S = float>
BasicDataset<S> parse_csv(std::string_view text, const CsvOptions& options = {}) {
  detail::check(options);
  detail::CsvSource source(std::string(text), "csv text", options.skip > 0);
  return detail::read_table<S>(source, options, nullptr);
}
template <Scalar S = float, detail::PreparationOrPointer P>
BasicDataset<S> parse_csv(std::string_view text, const P& preparation) {
  const Preparation& known = detail::known(preparation);
  return detail::read_as_first<S>(detail::CsvSource(std::string(text), "csv text", known.options.skip > 0),
                                  known);
}

}  // namespace espalier
