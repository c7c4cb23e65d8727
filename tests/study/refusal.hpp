// SPDX-License-Identifier: MIT
// What several tests of the study need.
#pragma once

#include <string>

#include "../data/files.hpp"
#include "study/errors.hpp"

/// The message of the InputError that `f` throws; the test fails if it throws none.
template <class F>
std::string refusal(F f) {
  try {
    f();
  } catch (const study::InputError& error) {
    return error.what();
  }
  FAIL("expected a study::InputError, found none");
  return {};
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
