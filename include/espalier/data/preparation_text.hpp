// SPDX-License-Identifier: MIT
// A preparation as text, for a file or the metadata of one, and back without a loss.
#pragma once

#include <charconv>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "espalier/data/preparation.hpp"

namespace espalier {
namespace detail {

/// A line's words: `column "Sex" 4` has three, of which one is text in quotes.
struct PreparationWord {
  std::string text;
  bool quoted = false;
};
using PreparationWords = std::vector<PreparationWord>;

inline constexpr std::string_view preparation_title = "espalier-preparation 1";

template <class E>
constexpr auto words_of() {
  using Words = std::vector<std::string_view>;
  if constexpr (std::is_same_v<E, Gaps>) return Words{"refuse", "drop", "mean", "median", "most_frequent"};
  if constexpr (std::is_same_v<E, Text>) return Words{"refuse", "ignore", "one_hot"};
  if constexpr (std::is_same_v<E, CsvHeader>) return Words{"automatic", "yes", "no"};
  if constexpr (std::is_same_v<E, DateOrder>)
    return Words{"year_month_day", "day_month_year", "month_day_year"};
}

/// Calls f(key, member) for all but the columns. What is ignored, a category or a date in the first file is
/// known from them.
template <class P, class F>
void visit_preparation(P& preparation, F&& f) {
  auto& options = preparation.options;
  f("label", options.label), f("target", options.target), f("weight", options.weight);
  f("gaps", options.gaps), f("mark_gaps", options.mark_gaps), f("drop_unlabeled", options.drop_unlabeled);
  f("text", options.text), f("max_categories", options.max_categories);
  f("header", options.header), f("separator", options.separator), f("decimal", options.decimal);
  f("thousands", options.thousands), f("comment", options.comment), f("skip", options.skip);
  f("units", options.units), f("trailing_separators", options.trailing_separators);
  f("missing", options.missing), f("usual_marks", options.usual_marks), f("classes", options.classes);
  f("label_places", preparation.label_places), f("width", preparation.width);
  f("by_name", preparation.by_name);
  f("input_shift", preparation.inputs.shift), f("input_scale", preparation.inputs.scale);
  f("target_shift", preparation.targets.shift), f("target_scale", preparation.targets.scale);
}

/// In quotes, and in ASCII: whatever holds the text leaves it as it is.
inline std::string word_of(std::string_view text) {
  std::string word = " \"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e || c == '"' || c == '\\')
      word += format_message("\\x{:02x}", {static_cast<int>(byte)});
    else
      word += c;
  }
  return word + '"';
}
inline std::string word_of(const std::string& text) { return word_of(std::string_view(text)); }
inline std::string word_of(char c) { return word_of(std::string_view(&c, 1)); }
inline std::string word_of(bool yes) { return yes ? " yes" : " no"; }
inline std::string word_of(Index whole) { return format_message(" {}", {whole}); }
inline std::string word_of(double number) { return format_message(" {}", {number}); }  // as short as is exact
inline std::string word_of(const Column& c) { return c.name ? word_of(*c.name) : word_of(c.place); }
template <class E>
requires std::is_enum_v<E> std::string word_of(E choice) {
  return " " + std::string(words_of<E>()[static_cast<std::size_t>(choice)]);
}
template <class T>
std::string word_of(const std::optional<T>& some) {
  return some ? word_of(*some) : std::string();
}
template <class T>
requires requires(const T& list) {
  list.size(), list[0];
} &&(!std::is_convertible_v<T, std::string_view>)std::string word_of(const T& list) {
  std::string words;
  for (const auto& item : list) words += word_of(item);
  return words;
}

/// One line of the text. All errors are FileError with its number.
class PreparationLine {
 public:
  PreparationLine(std::string_view line, std::size_t number) : number_(number) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] == ' ') continue;
      PreparationWord word{.text = {}, .quoted = line[at] == '"'};
      if (!word.quoted)
        while (at < line.size() && line[at] != ' ') word.text += line[at++];
      else
        at = read_quoted(line, at + 1, word.text);
      words_.push_back(std::move(word));
    }
  }

  bool empty() const { return words_.empty(); }
  const std::string& key() const { return words_[0].text; }
  /// Is there another word, this one?
  bool takes(std::string_view word) {
    const bool found = at_ < words_.size() && !words_[at_].quoted && words_[at_].text == word;
    at_ += found;
    return found;
  }
  bool at_end() const { return at_ == words_.size(); }
  void end() const {
    if (!at_end()) refuse("the end of the line", words_[at_].text);
  }
  [[noreturn]] void refuse(std::string_view expected, std::string_view found) const {
    fail<FileError>(format_message("preparation, line {}", {number_}), expected, quoted_text(found));
  }

  void read(std::string& text) { text = next(true, "text in quotes"); }
  void read(char& c) {
    const std::string text = next(true, "a character in quotes");
    if (text.size() != 1) refuse("one character", text);
    c = text[0];
  }
  void read(bool& yes) { yes = one_of({"no", "yes"}) == 1; }
  void read(Index& whole) { read_as(whole, "a whole number"); }
  void read(double& number) { read_as(number, "a number"); }
  void read(Column& column) {
    if (at_ < words_.size() && words_[at_].quoted)
      column = Column(next(true, "a name"));
    else
      read(column.place);
  }
  template <class E>
  requires std::is_enum_v<E>
  void read(E& choice) { choice = static_cast<E>(one_of(words_of<E>())); }
  void read(std::optional<Column>& column) {
    if (at_end()) return;
    column.emplace(0);
    read(*column);
  }
  void read(Columns& all) {
    for (Column column(0); !at_end(); all.push_back(column), column = Column(0)) read(column);
  }
  template <class T>
  void read(std::vector<T>& all) {
    for (T one{}; !at_end(); all.push_back(one)) read(one);
  }
  void read(Vector<double>& all) {
    std::vector<double> numbers;
    read(numbers);
    all = Eigen::Map<const Vector<double>>(numbers.data(), static_cast<Index>(numbers.size()));
  }
  void read(PreparedColumn& column) {
    read(column.name), read(column.place);
    if (takes("date")) read(column.date.emplace());
    if (takes("fill")) read(column.fill.emplace());
    column.mark_gaps = takes("mark_gaps");
    if (takes("categories")) read(column.categories);
  }

 private:
  std::size_t read_quoted(std::string_view line, std::size_t at, std::string& text) const {
    for (; at < line.size() && line[at] != '"'; ++at) {
      unsigned byte = static_cast<unsigned char>(line[at]);
      if (line[at] == '\\') {
        const char* const end = line.data() + std::min(line.size(), at + 4);
        if (end - line.data() < static_cast<std::ptrdiff_t>(at + 4) || line[at + 1] != 'x' ||
            std::from_chars(end - 2, end, byte, 16).ptr != end)
          refuse("\\x and two hexadecimal digits", line.substr(at));
        at += 3;
      }
      text += static_cast<char>(byte);
    }
    if (at == line.size()) refuse("a closing quote", line);
    return at;
  }
  const std::string& next(bool quoted, std::string_view expected) {
    if (at_end()) refuse(expected, "");
    if (words_[at_].quoted != quoted) refuse(expected, words_[at_].text);
    return words_[at_++].text;
  }
  template <class T>
  void read_as(T& value, std::string_view expected) {
    const std::string& text = next(false, expected);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) refuse(expected, text);
  }
  std::size_t one_of(const std::vector<std::string_view>& words) {
    const std::string& text = next(false, words[0]);
    for (std::size_t k = 0; k < words.size(); ++k)
      if (words[k] == text) return k;
    refuse("a choice of the option", text);
  }

  PreparationWords words_;
  std::size_t at_ = 1, number_;
};

/// FileError for numbers that contradict each other: what is read with a preparation relies on them.
inline void check(const Preparation& p) {
  const auto expect = [](bool right, std::string_view what) {
    if (!right) fail<FileError>("preparation", what, "others");
  };
  for (const FeatureScale& scale : {p.inputs, p.targets}) {
    expect(scale.shift.size() == scale.scale.size(), "as many shifts as scales");
    expect(scale.shift.allFinite() && scale.scale.allFinite() && (scale.scale.array() != 0).all(),
           "finite shifts, and finite scales other than 0");
  }
  expect(p.inputs.shift.size() == 0 || p.inputs.shift.size() == p.features(), "a scale for each feature");
  expect(p.targets.shift.size() == 0 || p.targets.shift.size() == static_cast<Index>(p.options.target.size()),
         "a scale for each target");
  std::set<Index> places;
  const auto is_new = [&](Index place) {
    return place >= 0 && place < p.width && places.insert(place).second;
  };
  for (const Index place : p.label_places) expect(is_new(place), "places of columns, each once");
  for (const PreparedColumn& column : p.columns) {
    expect(is_new(column.place), "places of columns, each once");
    expect(!column.date || !column.is_text(), "dates or categories in a column");
    expect(!column.mark_gaps || column.fill, "a fill where gaps are marked");
    expect(std::set<std::string>(column.categories.begin(), column.categories.end()).size() ==
               column.categories.size(),
           "categories that differ");
    expect(!column.fill || !column.is_text() ||
               (*column.fill >= 0 && *column.fill < static_cast<double>(column.categories.size()) &&
                *column.fill == std::floor(*column.fill)),
           "a category as fill");
  }
}

}  // namespace detail

/// Lines of ASCII text, a key and its values each.
inline std::string to_text(const Preparation& preparation) {
  std::string text = std::string(detail::preparation_title) + "\n";
  detail::visit_preparation(preparation, [&](std::string_view key, const auto& value) {
    text += std::string(key) + detail::word_of(value) + "\n";
  });
  for (const PreparedColumn& column : preparation.columns) {
    text += "column" + detail::word_of(column.name) + detail::word_of(column.place);
    if (column.date) text += " date" + detail::word_of(*column.date);
    if (column.fill) text += " fill" + detail::word_of(*column.fill);
    if (column.mark_gaps) text += " mark_gaps";
    if (column.is_text()) text += " categories" + detail::word_of(column.categories);
    text += "\n";
  }
  return text;
}

/// What `to_text` wrote, all of it. FileError, with the line, for anything else.
inline Preparation preparation_from_text(std::string_view text) {
  Preparation result;
  std::set<std::string> seen;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view all = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), all.size() + 1));
    detail::PreparationLine line(all, number);
    if (number == 1 && all != detail::preparation_title) line.refuse(detail::preparation_title, all);
    if (number == 1 || line.empty()) continue;
    bool known = line.key() == "column";
    if (known) line.read(result.columns.emplace_back());
    if (!known && !seen.insert(line.key()).second) line.refuse("each key once", line.key());
    detail::visit_preparation(result, [&](std::string_view key, auto& value) {
      if (key == line.key()) known = true, line.read(value);
    });
    if (!known) line.refuse("a key of a preparation", line.key());
    line.end();
  }
  std::size_t keys = 0;
  detail::visit_preparation(result, [&](std::string_view, const auto&) { ++keys; });
  if (seen.size() != keys) detail::fail<FileError>("preparation", {"{} keys", {keys}}, seen.size());
  detail::check(result);
  return result;
}

}  // namespace espalier
