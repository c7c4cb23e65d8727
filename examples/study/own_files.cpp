// SPDX-License-Identifier: MIT
#include "own_files.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "errors.hpp"

namespace study {

namespace {

namespace fs = std::filesystem;

/// The first bytes of a file, which have its mark; nothing of one that cannot be read.
std::string beginning_of(const fs::path& path) {
  std::string text(2000, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

[[noreturn]] void refuse(const fs::path& path, const char* expected, const char* found) {
  throw InputError(
      fmt::format("{}: expected {} (--out names another folder), found {}", path.string(), expected, found));
}

}  // namespace

void refuse_foreign_files(const std::string& folder) {
  std::error_code ignored;
  const bool has_results = beginning_of(fs::path(folder) / "results.jsonl").starts_with("{\"study\":");
  const fs::path filters = fs::path(folder) / "filters";
  if (fs::exists(filters, ignored) && !fs::is_directory(filters, ignored))
    refuse(filters, "a folder, or none", "a file");
  if (!has_results && fs::exists(filters, ignored) && !fs::is_empty(filters, ignored))
    refuse(filters, "an empty folder, or none, where there are no results", "one with files");
  for (const auto& [name, mark] : {std::pair("report.html", page_mark), {"results.csv", table_mark}}) {
    const fs::path path = fs::path(folder) / name;
    if (!fs::exists(path, ignored)) continue;
    if (!fs::is_regular_file(path, ignored)) refuse(path, "a file, or none", "something else");
    if (!has_results && beginning_of(path).find(mark) == std::string::npos)
      refuse(path, "a file that a study wrote, or none", "one of somebody else");
  }
}

}  // namespace study
