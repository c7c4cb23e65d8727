// SPDX-License-Identifier: MIT
// The sections of the page, each empty where its stages have no runs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "chart.hpp"
#include "page.hpp"

namespace study::page {

/// Lines of a number of a stage over its level, one for each policy, with 95 % intervals over the seeds.
std::vector<ChartSeries> over_levels(const Study& study, const std::string& stage, const std::string& name,
                                     double scale);
/// A table with a row for each policy and a column for each level.
std::string by_level(const std::vector<LevelPoint>& points, const std::string& level_name,
                     const std::function<std::string(const LevelPoint&)>& cell);
/// The paired differences of the metric of the validation samples to unconstrained: a row a policy, a column
/// a level. Empty without policies.
std::string difference_table(const Study& study, const std::string& stage, const std::string& level_name);

std::string verdict_section(const Study& study);
std::string generalization_section(const Study& study);
std::string strength_section(const Study& study);
std::string feature_section(const Study& study);
std::string gradient_section(const Study& study);
std::string recovery_section(const Study& study);
std::string cost_section(const Study& study);
std::string method_section(const Study& study);

}  // namespace study::page
