// SPDX-License-Identifier: MIT
// The texts of options as numbers and choices. Each message names the option.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace study {

/// The texts of one option, as often as it was given; a comma separates several in one.
struct OptionText {
  std::string name;
  std::vector<std::string> texts{};
  std::string file{};  ///< where the texts are from; empty: the command line

  bool given() const { return !texts.empty(); }
  /// InputError unless it was given once.
  const std::string& one() const;
  /// All parts between commas; of `--arch ""` none.
  std::vector<std::string> list() const;

  long whole(long least) const;
  double positive() const;
  /// The place of the text among these.
  std::size_t choice(const std::vector<std::string>& among) const;
  [[noreturn]] void refuse(const std::string& expected, const std::string& found) const;
};

/// "64", "0.001"; InputError for anything else than a number above 0 in all of the text.
double positive_number(const OptionText& option, const std::string& text);
/// The same for whole numbers from `least` on.
long whole_number(const OptionText& option, const std::string& text, long least);

/// "L1=0.1,0.2,MaxNorm=1" by name.
std::map<std::string, std::vector<double>> named_strengths(const OptionText& option);

std::string joined(const std::vector<std::string>& texts, const char* between = ", ");

}  // namespace study
