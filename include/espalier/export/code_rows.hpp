// SPDX-License-Identifier: MIT
// The preparation of the data as source text: from a row of the user's table to the inputs of a net, and from
// its outputs back to the unit of the table.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/data/preparation.hpp"
#include "espalier/export/code_text.hpp"

namespace espalier::detail {

/// Letters, digits and underscores of a text, "Fare_in_pounds", and a number behind it where others have the
/// same; `seen` has those.
inline std::string identifier_of(std::string_view text, std::set<std::string>& seen) {
  std::string name;
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (fits || (!name.empty() && name.back() != '_')) name += fits ? c : '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  if (name.empty()) name = "unnamed";
  if (name.front() >= '0' && name.front() <= '9') name = "n" + name;
  std::string own = name;
  for (int k = 2; !seen.insert(own).second; ++k) own = name + "_" + std::to_string(k);
  return own;
}

/// A text in quotes, whatever bytes it has.
inline std::string string_literal(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || c == '?')
      (literal += '\\') += c;
    else if (byte >= 32 && byte < 127)
      literal += c;
    else
      for (const int shift : {6, 3, 0})
        (literal += shift == 6 ? "\\" : "") += static_cast<char>('0' + (byte >> shift & 7));
  }
  return literal + "\"";
}

/// Writes the function predict_row, with names for columns, categories and classes.
class CodeRows {
 public:
  CodeRows(CodeText& out, const Preparation& preparation) : out_(out), preparation_(preparation) {}

  void write() {
    names();
    out_.add(
        "\n/* A row of the table has a number for each of the columns: NaN for a gap, and for a text one of "
        "the\n"
        " * names above. The answer is $no$, and nothing in out, for a gap that nothing fills, an infinite "
        "number\n"
        " * and what is no category. */\n"
        "$fn$ $bool$ $my$predict_row(const $S$* row, $S$* out) {\n"
        "  $S$ in[$features$] = {0}, x;\n",
        {{"bool", out_.style().c ? "int" : "bool"},
         {"no", no()},
         {"features", std::to_string(preparation_.features())}});
    Index to = 0;
    for (std::size_t i = 0; i < preparation_.columns.size(); ++i) {
      column(i, to);
      to += preparation_.columns[i].features();
    }
    const FeatureScale& scale = preparation_.inputs;
    for (Index i = 0; i < scale.shift.size(); ++i)
      out_.add("  in[$i$] = ($S$)(((double)in[$i$] - $a$) / $b$);\n",
               {{"i", std::to_string(i)}, {"a", exact(scale.shift(i))}, {"b", exact(scale.scale(i))}});
    out_.add("  $my$predict(in, out);\n");
    const FeatureScale& back = preparation_.targets;
    for (Index i = 0; i < back.shift.size(); ++i)
      out_.add("  out[$i$] = ($S$)((double)out[$i$] * $b$ + $a$);\n",
               {{"i", std::to_string(i)}, {"a", exact(back.shift(i))}, {"b", exact(back.scale(i))}});
    out_.add("  return $yes$;\n}\n", {{"yes", out_.style().c ? "1" : "true"}});
  }

 private:
  std::string no() const { return out_.style().c ? "0" : "false"; }
  /// A double as it is, in brackets if it has a sign.
  std::string exact(double x) const {
    CodeStyle style = out_.style();
    style.single = false;
    return x < 0 ? "(" + style.number(x) + ")" : style.number(x);
  }

  void enumerators(const std::vector<std::string>& all) {
    out_.add("enum {\n");
    for (std::size_t k = 0; k < all.size(); ++k)
      out_.add("  $my$$name$ = $k$$comma$\n",
               {{"name", all[k]}, {"k", std::to_string(k)}, {"comma", k + 1 < all.size() ? "," : ""}});
    out_.add("};\n");
  }

  void names() {
    std::set<std::string> seen, all;
    std::vector<std::string> places;
    for (const PreparedColumn& c : preparation_.columns)
      places.push_back("column_" + identifier_of(c.name, seen));
    out_.add("\n/* Places in a row, and the numbers of texts. */\n");
    places.push_back("columns");  // how many there are
    all.insert(places.begin(), places.end());
    enumerators(places);
    for (std::size_t i = 0; i + 1 < places.size(); ++i)
      if (preparation_.columns[i].date)
        out_.add("/* $my$$name$: a date, as days since 1970-01-01 in UTC; 0.5 is noon. */\n",
                 {{"name", places[i]}});
    for (std::size_t i = 0; i + 1 < places.size(); ++i) {
      const PreparedColumn& c = preparation_.columns[i];
      if (!c.is_text()) continue;
      std::vector<std::string> categories;
      for (const std::string& category : c.categories)
        categories.push_back(identifier_of(places[i].substr(7) + " is " + category, all));
      enumerators(categories);
    }
    if (preparation_.options.classes.empty()) return;
    out_.add("$how$ char* const $my$class_names[] = {",
             {{"how", out_.style().c ? "static const" : "inline constexpr const"}});
    std::string list;
    for (const std::string& name : preparation_.options.classes)
      (list += list.empty() ? "" : ", ") += string_literal(name);
    out_.text() += list + "};\n";
  }

  void column(std::size_t i, Index to) {
    const PreparedColumn& c = preparation_.columns[i];
    const auto count = static_cast<Index>(c.categories.size());
    out_.add("  x = row[$i$];\n", {{"i", std::to_string(i)}});
    if (c.mark_gaps)
      out_.add("  if (x != x) in[$at$] = 1;\n", {{"at", std::to_string(to + c.features() - 1)}});
    if (c.fill)
      out_.add("  if (x != x) x = $fill$;\n", {{"fill", out_.style().number(static_cast<double>(*c.fill))}});
    else
      out_.add("  if (x != x) return $no$;\n", {{"no", no()}});
    if (c.is_text())
      out_.add("  if (!(x >= 0 && x < $count$ && x == ($S$)(int)x)) return $no$;\n",
               {{"count", std::to_string(count)}, {"no", no()}});
    else
      out_.add("  if (x - x != 0) return $no$;\n", {{"no", no()}});  // infinite, which no table has
    if (!c.is_text() || count == 2)
      out_.add("  in[$to$] = x;\n", {{"to", std::to_string(to)}});
    else if (count == 1)
      out_.add("  in[$to$] = 1;\n", {{"to", std::to_string(to)}});
    else
      out_.add("  in[$to$ + (int)x] = 1;\n", {{"to", std::to_string(to)}});
  }

  CodeText& out_;
  const Preparation& preparation_;
};

}  // namespace espalier::detail
