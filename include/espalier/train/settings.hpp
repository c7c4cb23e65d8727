// SPDX-License-Identifier: MIT
// Settings of a run as text, a line "loss: Huber{delta = 1}" for each, and what two runs differ in.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/error.hpp"

namespace espalier::detail {

/// A name has no colon.
[[gnu::cold]] inline void add_setting(std::string& lines, std::string_view name, std::string_view value) {
  ((lines += name) += ": ") += value;
  lines += '\n';
}

struct Setting {
  std::string_view name, value;
};

[[gnu::cold]] inline std::vector<Setting> settings_of(std::string_view lines) {
  std::vector<Setting> all;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    const std::size_t colon = std::min(line.find(": "), line.size());
    if (!line.empty()) all.push_back({line.substr(0, colon), line.substr(std::min(colon + 2, line.size()))});
  }
  return all;
}

/// "batch: 64 here, 32 in the file" for each setting that is not the same; `elsewhere` says where `there` is.
[[gnu::cold]] inline std::vector<std::string> other_settings(std::string_view here, std::string_view there,
                                                             std::string_view elsewhere) {
  const std::vector<Setting> ours = settings_of(here), theirs = settings_of(there);
  const auto value_in = [](const std::vector<Setting>& all, std::string_view name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == name; });
    return found == all.end() ? std::string_view("nothing") : found->value;
  };
  std::vector<std::string> others;
  const auto compare = [&](std::string_view name, std::string_view mine, std::string_view other) {
    if (mine != other) others.push_back(format_message("{}: {} here, {} {}", {name, mine, other, elsewhere}));
  };
  for (const Setting& s : ours) compare(s.name, s.value, value_in(theirs, s.name));
  for (const Setting& s : theirs)
    if (value_in(ours, s.name) == "nothing") compare(s.name, "nothing", s.value);
  return others;
}

/// Throws ValueError with these, a line each.
[[noreturn, gnu::noinline, gnu::cold]] inline void fail_settings(std::string_view where,
                                                                 std::string_view expected,
                                                                 const std::vector<std::string>& found) {
  std::string message = format_message("{}: expected {}, found", {where, expected});
  for (const std::string& one : found) (message += "\n  ") += one;
  throw ValueError(message);
}

}  // namespace espalier::detail
