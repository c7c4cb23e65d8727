// SPDX-License-Identifier: MIT
#include "option_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "errors.hpp"
#include "espalier/core/error.hpp"

namespace study {
namespace {

constexpr long most = 1'000'000'000;  // of anything that can be counted here

template <class T>
bool read_all(const std::string& text, T& value) {
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stopped == end;
}

}  // namespace

void OptionText::refuse(const std::string& expected, const std::string& found) const {
  const std::string where = file.empty() ? name : fmt::format("{}: {}", file, name);
  throw InputError(fmt::format("{}: expected {}, found {}", where, expected, found));
}

const std::string& OptionText::one() const {
  if (texts.size() != 1)
    refuse("one value (in a file, in quotes if it has blanks or commas)", fmt::format("{}", texts.size()));
  return texts[0];
}

std::vector<std::string> OptionText::list() const {
  std::vector<std::string> parts;
  for (const std::string& text : texts)
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t comma = std::min(text.find(',', begin), text.size());
      parts.push_back(text.substr(begin, comma - begin));
      begin = comma + 1;
    }
  if (parts == std::vector<std::string>{""}) parts.clear();
  if (std::find(parts.begin(), parts.end(), "") != parts.end())
    refuse("something between commas", espalier::detail::quoted_text(joined(texts, ",")));
  return parts;
}

long whole_number(const OptionText& option, const std::string& text, long least) {
  long value = 0;
  if (!read_all(text, value) || value < least || value > most)
    option.refuse(fmt::format("a whole number >= {}", least), espalier::detail::quoted_text(text));
  return value;
}

double positive_number(const OptionText& option, const std::string& text) {
  double value = 0;
  if (!read_all(text, value) || !(value > 0) || !std::isfinite(value))
    option.refuse("a number > 0", espalier::detail::quoted_text(text));
  return value;
}

long OptionText::whole(long least) const { return whole_number(*this, one(), least); }
double OptionText::positive() const { return positive_number(*this, one()); }

std::size_t OptionText::choice(const std::vector<std::string>& among) const {
  const auto found = std::find(among.begin(), among.end(), one());
  if (found == among.end()) refuse("one of " + joined(among), espalier::detail::quoted_text(one()));
  return static_cast<std::size_t>(found - among.begin());
}

std::map<std::string, std::vector<double>> named_strengths(const OptionText& option) {
  std::map<std::string, std::vector<double>> result;
  std::vector<double>* strengths = nullptr;
  for (std::string text : option.list()) {
    if (const std::size_t equals = text.find('='); equals != std::string::npos) {
      const std::string name = text.substr(0, equals);
      if (result.contains(name)) option.refuse("each policy once", fmt::format("{} again", name));
      strengths = &result[name];
      text = text.substr(equals + 1);
    }
    if (!strengths) option.refuse("POLICY=a,b,c", espalier::detail::quoted_text(text));
    const double value = positive_number(option, text);
    if (std::find(strengths->begin(), strengths->end(), value) != strengths->end())
      option.refuse("different strengths", fmt::format("{} again", value));
    strengths->push_back(value);
  }
  return result;
}

std::string joined(const std::vector<std::string>& texts, const char* between) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : between) + text;
  return all;
}

}  // namespace study
