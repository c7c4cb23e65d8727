// SPDX-License-Identifier: MIT
// A small and strict reader of XML, enough to tell that a page is well formed and to find its elements.
#pragma once

#include <cctype>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// An element with the text directly inside it.
struct Element {
  std::string name;
  std::map<std::string, std::string> attributes{};
  std::string text{};
  std::size_t parent = 0;  ///< its place in the list; the root's is its own
};

/// Throws std::runtime_error for what is not well formed.
class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : rest_(text) {}

  std::vector<Element> read() {
    if (rest_.starts_with("<!DOCTYPE html>")) rest_.remove_prefix(15);
    while (!rest_.empty()) {
      if (rest_.starts_with("</"))
        close();
      else if (rest_.front() == '<')
        open();
      else
        take_text();
    }
    if (!open_.empty()) fail("not closed: " + all_[open_.back()].name);
    if (all_.empty()) fail("no element");
    return all_;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(why + ", before: " + std::string(rest_.substr(0, 40)));
  }
  void expect(std::string_view what) {
    if (!rest_.starts_with(what)) fail("expected " + std::string(what));
    rest_.remove_prefix(what.size());
  }
  std::string name() {
    std::size_t n = 0;
    while (n < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[n])) || rest_[n] == '-')) ++n;
    if (n == 0) fail("expected a name");
    const std::string result(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return result;
  }
  /// Up to one of `ends`, entities replaced.
  std::string characters(std::string_view ends) {
    static const std::map<std::string, char> entities{
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"#39", '\''}};
    std::string result;
    while (!rest_.empty() && ends.find(rest_.front()) == ends.npos) {
      const char c = rest_.front();
      if (c == '<' || (static_cast<unsigned char>(c) < 32 && c != '\n'))
        fail("a character that may not be here");
      if (c == '&') {
        const std::string entity(rest_.substr(1, rest_.find(';') - 1));
        if (!entities.contains(entity)) fail("unknown entity");
        result += entities.at(entity);
        rest_.remove_prefix(entity.size() + 2);
      } else {
        result += c;
        rest_.remove_prefix(1);
      }
    }
    return result;
  }
  void take_text() {
    const std::string text = characters("<");
    if (!open_.empty())
      all_[open_.back()].text += text;
    else if (text.find_first_not_of('\n') != text.npos)
      fail("text outside");
  }
  void close() {
    expect("</");
    const std::string closed = name();
    expect(">");
    if (open_.empty() || all_[open_.back()].name != closed) fail("</" + closed + "> closes another element");
    open_.pop_back();
  }
  void open() {
    expect("<");
    if (open_.empty() && !all_.empty()) fail("a second root");
    Element element{name()};
    element.parent = open_.empty() ? 0 : open_.back();
    while (rest_.starts_with(" ")) {
      expect(" ");
      const std::string attribute = name();
      expect("=\"");
      if (!element.attributes.emplace(attribute, characters("\"")).second) fail("twice: " + attribute);
      expect("\"");
    }
    all_.push_back(element);
    if (rest_.starts_with("/"))
      expect("/>");
    else
      expect(">"), open_.push_back(all_.size() - 1);
  }

  std::string_view rest_;
  std::vector<Element> all_;
  std::vector<std::size_t> open_;
};

inline std::vector<Element> elements_of(std::string_view text) { return XmlReader(text).read(); }

/// A point of a chart in the data's coordinates.
struct Point {
  double x, y;
};

/// The drawn points of a line.
struct DrawnLine {
  std::vector<Point> points{};
  int parts = 0;
  double y_resolution = 0;  ///< what half a unit of the picture is in y, or as a ratio on a logarithmic axis
  bool log = false;
};

/// "1,2 3" -> 1, 2, 3
inline std::vector<double> numbers_in(std::string text) {
  for (char& c : text)
    if (c == ',') c = ' ';
  std::vector<double> numbers;
  for (std::size_t at = 0, used = 0; at < text.size(); at += used)
    numbers.push_back(std::stod(text.substr(at), &used));
  return numbers;
}

/// The line of that name in the chart of that title.
inline DrawnLine line_in(const std::vector<Element>& page, const std::string& title,
                         const std::string& name) {
  DrawnLine line;
  std::vector<double> x, y;
  bool in_chart = false;
  std::string in_line;
  for (const Element& e : page) {
    if (e.name == "figure") in_chart = false;
    if (e.name == "figcaption") in_chart = e.text.starts_with(title);
    if (!in_chart) continue;
    if (e.attributes.contains("data-x")) {
      x = numbers_in(e.attributes.at("data-x")), y = numbers_in(e.attributes.at("data-y"));
      line.log = e.attributes.contains("data-log");
      line.y_resolution = 0.5 / 2000 * (line.log ? std::log(y[1] / y[0]) : y[1] - y[0]);
    }
    if (e.name == "title") in_line = e.text;
    if (in_line != name || (e.name != "polyline" && e.name != "circle")) continue;
    const auto numbers = e.name == "circle" ? numbers_in(e.attributes.at("cx") + "," + e.attributes.at("cy"))
                                            : numbers_in(e.attributes.at("points"));
    ++line.parts;
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
      const double across = numbers[i] / 5600, up = 1 - numbers[i + 1] / 2000;
      line.points.push_back({x[0] + across * (x[1] - x[0]),
                             line.log ? y[0] * std::pow(y[1] / y[0], up) : y[0] + up * (y[1] - y[0])});
    }
  }
  return line;
}

/// Is y what is drawn, but for the rounding to the picture's units?
inline bool drawn_as(const DrawnLine& line, double drawn, double y) {
  const double off = line.log ? std::abs(std::log(drawn / y)) : std::abs(drawn - y);
  return off <= line.y_resolution * (1 + 1e-6);
}
