// SPDX-License-Identifier: MIT
// Files that a study writes: each is whole at any moment.
#pragma once

#include <string>

namespace study {

/// The folder that the file is to stand in, with those above it. InputError, naming it, if it cannot be made.
void make_folder_of(const std::string& file);

/// Writes the file aside and renames it: whoever looks finds the old one or the new one. Its folder is made.
/// InputError, naming the file, if that cannot be done: the old one is as it was.
void write_whole(const std::string& path, const std::string& text);

}  // namespace study
