// SPDX-License-Identifier: MIT
// Text and bytes as they stand in an HTML page that is XML too.
#pragma once

#include <string>
#include <string_view>

namespace espalier::detail {

/// The text with the signs that mean something in HTML written as entities, fit for attributes too. Control
/// characters, which XML has no place for, become spaces.
inline std::string escaped(std::string_view text) {
  std::string all;
  for (const char c : text) {
    if (c == '&')
      all += "&amp;";
    else if (c == '<')
      all += "&lt;";
    else if (c == '>')
      all += "&gt;";
    else if (c == '"')
      all += "&quot;";
    else if (c == '\'')
      all += "&#39;";
    else
      all += static_cast<unsigned char>(c) < 32 ? ' ' : c;
  }
  return all;
}

/// Bytes in base 64 (RFC 4648), three of them in four characters.
inline std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U;
    };
    const unsigned three = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (unsigned k = 0; k < 4; ++k) {
      const bool missing = i + k > bytes.size();
      text += missing ? '=' : digits[three >> (18 - 6 * k) & 63];
    }
  }
  return text;
}

}  // namespace espalier::detail
