// SPDX-License-Identifier: MIT
#include "page.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "espalier/report/html_text.hpp"

namespace study::page {

namespace {

/// How many bytes the UTF-8 sign at the front has; 0 if there is none (RFC 3629, without the signs that XML
/// has no place for).
std::size_t sign_length(std::string_view t) {
  const auto byte = [&](std::size_t k) { return k < t.size() ? static_cast<unsigned char>(t[k]) : 0U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || t.size() < length) return 0;
  unsigned code = first & (0xffU >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(k) & 0x3f);
  }
  const bool too_long = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool no_sign = (code >= 0xd800 && code < 0xe000) || code == 0xfffe || code == 0xffff;
  return too_long || no_sign || code > 0x10ffff ? 0 : length;
}

}  // namespace

std::string text(std::string_view of_users) {
  std::string valid;
  while (!of_users.empty()) {
    const std::size_t length = sign_length(of_users);
    if (length == 0)
      valid += '?';
    else
      valid += of_users.substr(0, length);
    of_users.remove_prefix(std::max<std::size_t>(1, length));
  }
  return espalier::detail::escaped(valid);
}

std::string shortened(std::string_view of_users, std::size_t most) {
  std::size_t at = 0;
  for (std::size_t signs = 0; at < of_users.size(); ++signs) {
    if (signs == most) return std::string(of_users.substr(0, at)) + "\u2026";
    at += std::max<std::size_t>(1, sign_length(of_users.substr(at)));
  }
  return std::string(of_users);
}

std::string written(double x, const char* pattern) {
  return std::isfinite(x) ? fmt::format(fmt::runtime(pattern), x) : dash;
}

std::string near_one(double x) {
  return written(x, std::abs(x) >= 0.1 && std::abs(x) < 1000 ? "{:.2f}" : "{:.3g}");
}

std::string percent(double share) { return std::isfinite(share) ? written(100 * share, "{:.1f} %") : dash; }

std::string counted(long count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& all) {
  std::string sentence;
  for (std::size_t k = 0; k < all.size(); ++k)
    sentence += (k == 0 ? "" : k + 1 == all.size() ? " and " : ", ") + all[k];
  return sentence;
}

namespace {

/// Rounded to a hundredth, and never a negative zero.
double hundredths(double x) { return std::round(100 * x) / 100 + 0.0; }

}  // namespace

std::string Metric::value(double x) const {
  return accuracy ? written(hundredths(100 * x), "{:.2f} %") : written(x);
}
std::string Metric::difference(double x) const {
  return accuracy ? written(hundredths(100 * x), "{:+.2f}") : written(x + 0.0, "{:+.3g}");
}
std::string Metric::interval(const Comparison& c) const {
  if (c.pairs == 0 || !std::isfinite(c.low) || !std::isfinite(c.high)) return dash;
  return difference(c.low) + " to " + difference(c.high);
}
std::string Metric::both(const Comparison& c) const {
  if (c.pairs == 0) return dash;
  const std::string around = interval(c);
  return difference(c.mean) + (around == dash ? "" : " (" + around + ")");
}

long Group::failed() const {
  return std::count_if(runs.begin(), runs.end(), [](const Result* r) { return !r->failed.empty(); });
}

std::vector<double> Group::values(const std::string& name) const {
  std::vector<double> all;
  for (const Result* run : runs)
    if (const double x = number(*run, name); run->failed.empty() && std::isfinite(x)) all.push_back(x);
  return all;
}

std::vector<Group> groups(const Study& study, const std::string& stage) {
  std::vector<Group> all;
  for (const Result& result : study.results) {
    const Trial& t = result.trial;
    if (t.stage != stage) continue;
    const auto same = std::find_if(all.begin(), all.end(), [&](const Group& g) {
      return g.policy == t.policy && g.strength == t.strength && g.level == t.level;
    });
    Group& group = same == all.end() ? all.emplace_back(Group{t.policy, t.strength, t.level}) : *same;
    group.runs.push_back(&result);
  }
  const auto& policies = study.setup.policies;
  const auto rank = [&](const std::string& policy) {
    return policy == free_name ? -1 : std::find(policies.begin(), policies.end(), policy) - policies.begin();
  };
  const auto place = [&](const Group& g) {
    const auto k = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, rank(g.policy)));
    if (k >= study.setup.strengths.size()) return 0.0;
    const auto& strengths = study.setup.strengths[k];
    return static_cast<double>(std::find(strengths.begin(), strengths.end(), g.strength) - strengths.begin());
  };
  std::stable_sort(all.begin(), all.end(), [&](const Group& a, const Group& b) {
    const auto key = [&](const Group& g) { return std::tuple(rank(g.policy), g.policy, place(g), g.level); };
    return key(a) < key(b);
  });
  return all;
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return std::nan("");
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double x : values) sum += x;
  return values.empty() ? std::nan("") : sum / static_cast<double>(values.size());
}

std::string strength_text(double strength) { return strength == 0 ? dash : written(strength, "{:g}"); }

std::string label(const std::string& policy, double strength) {
  return strength == 0 ? policy : policy + " at " + strength_text(strength);
}

}  // namespace study::page
