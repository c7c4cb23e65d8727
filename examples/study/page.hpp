// SPDX-License-Identifier: MIT
// What the sections of the page are made of: numbers as text, tables, and the runs that belong together.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "report.hpp"
#include "trial.hpp"
#include "verdict.hpp"

namespace study::page {

/// All that the sections look at.
struct Study {
  const Setup& setup;
  const std::vector<Result>& results;
  const std::vector<FilterWeights>& filters;
  long planned = 0;
  std::vector<PolicyCurve> curves{};
  Verdict verdict{};
};

/// Text of users, fit for the page: signs of HTML as entities, bytes that are no UTF-8 as question marks.
std::string text(std::string_view of_users);
/// At most so many characters of it, not yet fit for the page.
std::string shortened(std::string_view of_users, std::size_t most);

inline constexpr const char* dash = "\u2013";

/// A number; a dash if there is none.
std::string written(double x, const char* pattern = "{:.4g}");
/// A number near 1 with two decimals, so that columns are aligned.
std::string near_one(double x);
/// 0.1234 as "12.3 %"
std::string percent(double share);
/// "1 run", "2 runs"
std::string counted(long count, const char* what);
/// "a", "a and b", "a, b and c"
std::string listed(const std::vector<std::string>& all);

/// How the metric of the task is written: accuracies in percent, errors as they are.
struct Metric {
  bool accuracy;

  double scale() const { return accuracy ? 100 : 1; }
  const char* name() const { return accuracy ? "accuracy" : "RMSE"; }
  const char* axis() const { return accuracy ? "accuracy, %" : "RMSE, units of the target"; }
  const char* points() const { return accuracy ? "percentage points" : "units of the target"; }
  std::string value(double x) const;
  std::string difference(double x) const;  ///< with its sign
  /// "-0.1 to +0.9"; a dash if it is infinite
  std::string interval(const Comparison& c) const;
  /// "+0.4 (-0.1 to +0.9)"; a dash without pairs
  std::string both(const Comparison& c) const;
};
inline Metric metric(const Setup& setup) { return {setup.classification()}; }

/// A table of the page. Cells are plain text.
class Table {
 public:
  /// The first `texts` columns are text, the others numbers.
  explicit Table(std::vector<std::string> names, std::size_t texts = 1);
  void row(const std::vector<std::string>& cells);
  bool empty() const { return rows_.empty(); }
  std::string html() const;  ///< nothing without rows

 private:
  std::vector<std::string> names_;
  std::size_t texts_;
  std::string rows_;
};

/// The runs of a stage that differ in nothing but the seed.
struct Group {
  std::string policy;
  double strength = 0, level = 0;
  std::vector<const Result*> runs{};

  long failed() const;
  /// Of the runs that did not fail; what is not finite is left out.
  std::vector<double> values(const std::string& name) const;
};
/// Unconstrained first, then in the order of the setup; levels rise.
std::vector<Group> groups(const Study& study, const std::string& stage);

/// The value below which a share of the values is, between them by a straight line; NaN without any.
double quantile(std::vector<double> values, double share);
double mean(const std::vector<double>& values);

/// "L2 at 0.001"; without a strength only the policy.
std::string label(const std::string& policy, double strength);
std::string strength_text(double strength);

bool has_stage(const Study& study, const std::string& stage);
/// "From 40 runs of the stage few; 2 of them failed. ..."
std::string source(const Study& study, std::initializer_list<const char*> stages,
                   const std::string& more = "");
/// A paragraph of plain text.
std::string paragraph(const std::string& plain, const char* style = "");
/// Figures beside each other; nothing if there are none.
std::string beside(const std::string& figures, bool small = false);
std::string subheading(const std::string& plain);
/// A section with its first sentence; `id` is its anchor. Nothing if `body` is empty.
std::string section(const char* id, const char* title, const std::string& lead, const std::string& body);

}  // namespace study::page
