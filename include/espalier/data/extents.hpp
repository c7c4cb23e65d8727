// SPDX-License-Identifier: MIT
// The shape that a file claims, checked against the bytes that it holds before anything is allocated.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "espalier/core/error.hpp"

namespace espalier::detail {

/// "2 x 3"; without extents there is one number, "1".
inline std::string extents_text(std::span<const std::size_t> extents) {
  std::string text;
  for (const std::size_t extent : extents) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text.empty() ? "1" : text;
}

/// FileError unless every extent is at least 1 and their product is exactly `bytes` / `item`.
inline void check_extents(std::string_view where, std::span<const std::size_t> extents, std::size_t bytes,
                          std::size_t item = 1) {
  const std::size_t room = bytes / item;
  std::size_t count = 1;
  const std::string shape = extents_text(extents);
  for (const std::size_t extent : extents) {
    if (extent == 0) fail<FileError>(where, "extents of at least 1", shape);
    count =
        extent > room / count ? room + 1 : count * extent;  // above `room` is wrong anyway: nothing overflows
  }
  if (count != room || bytes % item != 0)
    fail<FileError>(where, {"{} numbers of {} bytes after the header", {shape, item}},
                    detail::format_message("{} bytes", {bytes}));
}

}  // namespace espalier::detail
