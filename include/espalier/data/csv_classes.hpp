// SPDX-License-Identifier: MIT
// Different texts of a column, numbered: the classes of labels, the categories of features.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/csv_number.hpp"

namespace espalier::detail {

/// Numbers texts as they come; puts them in order at the end, when all are known.
class CsvClasses {
 public:
  int number_of(std::string_view text, std::size_t line) {
    const auto known = numbers_.find(text);
    if (known != numbers_.end()) return known->second;
    seen_.emplace_back(text);
    lines_.push_back(line);
    return numbers_.emplace(text, static_cast<int>(numbers_.size())).first->second;
  }

  std::size_t size() const { return seen_.size(); }
  /// For the number of a text: the text, and the line where it was first.
  const std::string& text(std::size_t number) const { return seen_[number]; }
  std::size_t line(std::size_t number) const { return lines_[number]; }

  /// The class of each number, -1 for a text that is not in `names`. Without names, sets them to the texts:
  /// numbers in their order, anything else as text. With names, these alone say whether 1.0 is the class 1:
  /// what else is in the file changes nothing.
  [[gnu::cold]] std::vector<int> arrange(std::vector<std::string>& names) const {
    const std::vector<std::string>& decide = names.empty() ? seen_ : names;
    const bool numeric = std::all_of(decide.begin(), decide.end(), is_number);
    if (names.empty()) names = sorted(numeric);
    std::map<std::string, int> class_of;
    for (const std::string& name : names)
      class_of.emplace(key(name, numeric), static_cast<int>(class_of.size()));
    if (class_of.size() != names.size()) fail("csv options", "classes that differ", "one twice");
    std::vector<int> classes;
    for (const std::string& text : seen_) {
      const auto found = class_of.find(key(text, numeric));
      classes.push_back(found == class_of.end() ? -1 : found->second);
    }
    return classes;
  }

  /// More different numbers than classes have: with decimals, or hardly one twice among the samples.
  [[gnu::cold]] bool are_quantities(std::size_t samples) const {
    constexpr std::size_t most = 20;  // classes of numbers with decimals; more are hardly ever meant
    return seen_.size() > most && std::all_of(seen_.begin(), seen_.end(), is_number) &&
           (2 * seen_.size() > samples ||
            std::any_of(seen_.begin(), seen_.end(),
                        [](const std::string& text) { return value(text) != std::floor(value(text)); }));
  }

 private:
  static double value(const std::string& text) {
    double result = 0;
    read_number(text, result);
    return result + 0.0;  // no -0
  }
  /// Numbers are the same class however they are written: 1 and 1.0. Where doubles no longer tell whole
  /// numbers apart, the text does.
  static std::string key(const std::string& text, bool numeric) {
    return numeric && is_number(text) && std::fabs(value(text)) < 0x1p53 ? format_message("{}", {value(text)})
                                                                         : text;
  }

  [[gnu::cold]] std::vector<std::string> sorted(bool numeric) const {
    std::map<std::pair<double, std::string>, bool> order;  // as text, all are 0
    for (const std::string& text : seen_)
      order.emplace(std::pair(numeric ? value(text) : 0, key(text, numeric)), true);
    std::vector<std::string> names;
    for (const auto& [number_and_text, ignored] : order) names.push_back(number_and_text.second);
    return names;
  }

  std::map<std::string, int, std::less<>> numbers_;
  std::vector<std::string> seen_;
  std::vector<std::size_t> lines_;  ///< where each was seen first
};

}  // namespace espalier::detail
