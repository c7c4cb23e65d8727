// SPDX-License-Identifier: MIT
// How a study knows the files that it wrote, so that it does not write over those of others.
#pragma once

#include <string>

namespace study {

/// In the head of report.html.
inline constexpr auto page_mark = "<meta name=\"generator\" content=\"espalier-study\"/>";
/// What results.csv begins with; a column for each number follows.
inline constexpr auto table_mark = "stage,policy,strength,level,seed,failed";

/// InputError, naming the file, if the folder has a report.html or a results.csv that no study wrote: it
/// would be written over at the end. Files without their marks belong to a study too if results.jsonl beside
/// them is one of results. The same for a folder where a file is to stand, for a file where `filters` is to,
/// and for files in `filters` without results.
void refuse_foreign_files(const std::string& folder);

}  // namespace study
