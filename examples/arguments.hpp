// SPDX-License-Identifier: MIT
// The options of the example programs: --name VALUE, or --name alone; --help prints them, an unknown one ends
// the program.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

class Arguments {
 public:
  /// `usage` is what --help prints; every option that it does not name is refused with exit code 2.
  Arguments(int argc, char** argv, std::string_view usage) : usage_(usage), words_(argv + 1, argv + argc) {
    for (const std::string& word : words_) {
      if (word == "--help") {
        fmt::print("{}", usage);
        std::exit(0);
      }
      if (word.starts_with("--") && word != "--quick" &&
          usage.find("  " + word + " ") == std::string_view::npos)
        refuse(fmt::format("unknown option {}", word));
    }
  }

  bool has(std::string_view name) const { return find(name) != words_.size(); }

  std::string text(std::string_view name, std::string otherwise) const {
    const std::size_t k = find(name);
    if (k == words_.size()) return otherwise;
    if (k + 1 == words_.size()) refuse(fmt::format("{} needs a value", name));
    return words_[k + 1];
  }

  long number(std::string_view name, long otherwise) const {
    const std::string word = text(name, std::to_string(otherwise));
    long value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() || value < 1)
      refuse(fmt::format("{}: expected a whole number >= 1, found '{}'", name, word));
    return value;
  }

 private:
  std::size_t find(std::string_view name) const {
    std::size_t k = 0;
    while (k < words_.size() && words_[k] != name) ++k;
    return k;
  }
  [[noreturn]] void refuse(const std::string& why) const {
    fmt::print(stderr, "{}\n\n{}", why, usage_);
    std::exit(2);
  }

  std::string_view usage_;
  std::vector<std::string> words_;
};
