// SPDX-License-Identifier: MIT
#include "option_names.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace study {

namespace {

/// Whole phrases of the library's messages, longer ones first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> phrases{{
    {"the options header and skip settle it, units skips a row of units under the header",
     "--skip leaves out the lines above the numbers"},
    {"the options header and skip settle it", "--skip leaves out the lines above the numbers"},
    {"the option target is for quantities, classes lists classes", "--target is for quantities"},
    {" (the option trailing_separators reads separators too many)", ""},
    {"the option comment = '#' skips lines that begin so", "--skip leaves out lines above the table"},
    {"the option target", "--target"},
    {"the option ignore leaves it out", "--ignore leaves it out"},
    {"the option separator", "the --separator"},
}};

/// One of the hints in "(the option ...; ...)"; empty where the program has no such option.
std::string hint_of(std::string_view hint) {
  constexpr std::string_view most = " is the most that text = Text::one_hot reads", many = "max_categories, ";
  if (hint.starts_with("gaps ") || hint.starts_with("ignore ") || hint.starts_with("label "))
    return "--" + std::string(hint);
  if (hint.starts_with("drop_unlabeled ")) return "--gaps drop" + std::string(hint.substr(14));
  if (hint.starts_with("text = Text::one_hot ")) return "--text one_hot " + std::string(hint.substr(21));
  if (hint.starts_with(many) && hint.ends_with(most)) {
    hint.remove_prefix(many.size());
    hint.remove_suffix(most.size() + 1);  // a comma stands before it
    return std::string(hint) + " different texts are the most that --text one_hot reads";
  }
  return "";
}

/// All of them; empty where the program has none.
std::string hints_of(std::string_view list) {
  std::string hints;
  for (;;) {
    const std::size_t end = list.find("; ");
    if (const std::string hint = hint_of(list.substr(0, end)); !hint.empty())
      hints += (hints.empty() ? " (" : "; ") + hint;
    if (end == list.npos) return hints.empty() ? hints : hints + ")";
    list.remove_prefix(end + 2);
  }
}

}  // namespace

std::string with_option_names(std::string message) {
  for (const auto& [from, to] : phrases)
    for (std::size_t at = 0; (at = message.find(from, at)) != message.npos; at += to.size())
      message.replace(at, from.size(), to);
  const std::string_view before = " (the option ";
  const std::size_t begin = message.find(before), end = message.find(')', begin);
  if (begin == message.npos || end == message.npos) return message;
  const std::string list = message.substr(begin + before.size(), end - begin - before.size());
  return message.replace(begin, end + 1 - begin, hints_of(list));
}

}  // namespace study
