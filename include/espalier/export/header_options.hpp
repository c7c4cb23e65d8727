// SPDX-License-Identifier: MIT
// What is chosen of a net that is written as a header: its name, its language, and what it is good at.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "espalier/core/error.hpp"

namespace espalier {

enum class Language {
  cpp,  ///< C++17
  c,    ///< C99
};

/// How weights that are exactly 0 are written.
enum class ZeroWeights {
  smallest,  ///< each layer in the form that takes the fewest bytes; without them, if that is it
  fastest,   ///< left out only where no time is lost: inputs that nobody reads, outputs that read nothing
};

struct HeaderOptions {
  std::string name{};  ///< namespace in C++, prefix in C: an identifier
  Language language = Language::cpp;
  bool same_order = false;  ///< sums in the order of `predict` on this processor: the same bits
  ZeroWeights zeros = ZeroWeights::smallest;
  bool certificates = false;  ///< also lipschitz_1, lipschitz_2, lipschitz_infinity, input_signs: cubic time
};

namespace detail {

/// Words that no variable may be called in C99, C++17 or C++20, each between spaces.
inline constexpr std::string_view keywords =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t"
    " char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr"
    " constinit continue decltype default delete do double dynamic_cast else enum explicit export"
    " extern false float for friend goto if inline int long main mutable namespace new noexcept not"
    " not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires"
    " restrict return short signed sizeof static static_assert static_cast std struct switch template"
    " this thread_local throw true try typedef typeid typename union unsigned using virtual void"
    " volatile wchar_t while xor xor_eq ";

/// Throws ValueError unless the name can be a namespace and begin other names, in C and in C++.
inline void check_header_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto fits = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  if (name.empty() || !letter(name.front()) || !std::all_of(name.begin(), name.end(), fits))
    fail("write_header",
         "{.name = ...} of ASCII letters, digits and underscores that does not begin with a digit",
         quoted_text(name));
  if (name.front() == '_' || name.find("__") != name.npos)
    fail("write_header", "a name that is not reserved: without _ in front and without __", quoted_text(name));
  if (keywords.find(" " + std::string(name) + " ") != keywords.npos)
    fail("write_header", "a name that is no word of C or C++", quoted_text(name));
}

}  // namespace detail
}  // namespace espalier
