// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "errors.hpp"
#include "espalier/data/write_file.hpp"

namespace study {

void make_folder_of(const std::string& file) {
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw InputError(
        fmt::format("{}: expected a folder that can be made, found {}", folder.string(), error.message()));
}

void write_whole(const std::string& path, const std::string& text) {
  make_folder_of(path);
  try {
    espalier::detail::write_file(path, text);
  } catch (const espalier::FileError& error) {
    throw InputError(error.what());
  }
}

}  // namespace study
