// SPDX-License-Identifier: MIT
// The options of the example programs: --name VALUE, or --name alone; --help prints them, anything unknown
// ends the program, as does an error.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <string_view>

class Arguments {
 public:
  /// `usage` is what --help prints, an option a line: "  --name VALUE  what for", or "  --name  what for".
  /// What it does not name is refused with exit code 2.
  Arguments(int argc, char** argv, std::string_view usage) : usage_(usage) {
    for (int k = 1; k < argc; ++k) {
      const std::string word = argv[k];
      if (word == "--help") {
        fmt::print("{}", usage);
        std::exit(0);
      }
      const std::size_t place = usage.find("  " + word + " ");
      if (!word.starts_with("--") || place == std::string_view::npos)
        refuse(fmt::format("unknown option {}", word));
      std::string& value = values_[word];
      if (usage[place + word.size() + 3] == ' ') continue;  // it stands alone
      if (++k == argc || std::string_view(argv[k]).starts_with("--"))
        refuse(fmt::format("{} needs a value", word));
      value = argv[k];
    }
  }

  bool has(const std::string& name) const { return values_.contains(name); }

  std::string text(const std::string& name, std::string otherwise) const {
    return has(name) ? values_.at(name) : otherwise;
  }

  long number(const std::string& name, long otherwise, long least = 1) const {
    const std::string word = text(name, std::to_string(otherwise));
    long value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() || value < least)
      refuse(fmt::format("{}: expected a whole number >= {}, found '{}'", name, least, word));
    return value;
  }

  /// A number that is not negative.
  double real(const std::string& name, double otherwise) const {
    if (!has(name)) return otherwise;
    const std::string word = text(name, "");
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() || !(value >= 0) || value > 1e300)
      refuse(fmt::format("{}: expected a number >= 0, found '{}'", name, word));
    return value;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    fmt::print(stderr, "error: {}\n\n{}", why, usage_);
    std::exit(2);
  }

  std::string_view usage_;
  std::map<std::string, std::string> values_;
};

/// `int main(int argc, char** argv) try { ... } catch (const std::exception& error) { return failed(error);
/// }`
inline int failed(const std::exception& error) {
  fmt::print(stderr, "error: {}\n", error.what());
  return 1;
}
