// SPDX-License-Identifier: MIT
// The bytes of a CSV text, piece by piece and as often as asked for: a large file is never in memory as a
// whole.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "espalier/data/file.hpp"
#include "espalier/data/file_format.hpp"

namespace espalier::detail {

/// UTF-16 as UTF-8, where the byte order mark or zeros say that it is UTF-16; other text as it is. Half a
/// pair of surrogates becomes U+FFFD, as elsewhere.
[[gnu::cold]] inline std::string as_utf8(std::string text) {
  if (what_is(text) != "UTF-16 text") return text;
  const bool big = text.starts_with("\xfe\xff") || (text[0] == '\0' && text[1] != '\0');
  const auto unit = [&](std::size_t k) {
    const auto first = static_cast<unsigned char>(text[k]), second = static_cast<unsigned char>(text[k + 1]);
    return static_cast<unsigned>(big ? first * 256U + second : second * 256U + first);
  };
  std::string utf8;
  for (std::size_t k = 0; k + 1 < text.size(); k += 2) {
    unsigned code = unit(k);
    if (code >= 0xd800 && code < 0xdc00 && k + 3 < text.size() && unit(k + 2) >= 0xdc00 &&
        unit(k + 2) < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (unit(k + 2) - 0xdc00);
      k += 2;
    } else if (code >= 0xd800 && code < 0xe000) {
      code = 0xfffd;
    }
    const auto put = [&](unsigned byte) { utf8 += static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
      continue;
    }
    if (code < 0x800) put(0xc0 | (code >> 6));
    if (code >= 0x800 && code < 0x10000) put(0xe0 | (code >> 12));
    if (code >= 0x10000) put(0xf0 | (code >> 18)), put(0x80 | ((code >> 12) & 0x3f));
    if (code >= 0x800) put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
  return utf8;
}

/// More than a tenth of the first bytes are no characters: an instrument's file, a program.
inline bool is_binary(std::string_view head) {
  head = head.substr(0, 512);
  const auto odd = std::count_if(head.begin(), head.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
  return static_cast<std::size_t>(10 * odd) > head.size();
}

/// FileError that names the format, if this is no text of rows. Text before the table (`skip`) may look like
/// anything.
[[gnu::cold]] inline void check_is_table(std::string_view head, std::string_view where, bool skips) {
  std::string_view found = what_is(head);
  const bool text = found == "an ARFF file" || found == "an HTML page" || found == "an XML document";
  if (found.empty() && !skips && (begins_with_word(head, "{") || begins_with_word(head, "[{")))
    found = "JSON";
  if (found.empty() && is_binary(head))
    fail<FileError>(where, "rows of text, one sample each", found_format(head));
  if (found.empty() || found == "UTF-16 text" || (skips && text)) return;
  fail<FileError>(where, "rows of text, one sample each", found);
}

/// Text in memory, or a file that is read as it is needed.
class CsvSource {
 public:
  /// Text in memory; `name` stands in messages.
  CsvSource(std::string text, std::string name, bool skips = false)
      : name_(std::move(name)), text_(as_utf8(std::move(text))) {
    check_is_table(text_, name_, skips);
  }
  /// A file. What has to be unpacked or decoded is, and so is what cannot be read twice, in memory.
  [[gnu::cold]] static CsvSource of_file(const std::filesystem::path& path, bool skips) {
    CsvSource source(std::string(), path.string());
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) {
      source.file_.open(path, std::ios::binary);
      std::string head;
      source.more(head);
      const bool packed = is_gzip(head);
      if (!packed) check_is_table(head, source.name_, skips);
      if (source.file_.is_open() && !packed && what_is(head) != "UTF-16 text") return source;
      source.file_.close();
    }
    source.text_ = as_utf8(read_file(path));
    check_is_table(source.text_, source.name_, skips);
    return source;
  }

  const std::string& name() const { return name_; }

  void rewind() {
    at_ = 0;
    if (!file_.is_open()) return;
    file_.clear();
    file_.seekg(0);
  }

  /// Appends the next piece to the buffer, as long as the buffer or longer; false at the end.
  bool more(std::string& buffer) {
    constexpr std::size_t least = std::size_t{1}
                                  << 17;  // bytes; as fast as larger ones, and stays in the cache
    const std::size_t before = buffer.size(), size = std::max(before, least);
    if (!file_.is_open()) {
      buffer.append(text_, at_, size);
      at_ += buffer.size() - before;
      return buffer.size() > before;
    }
    buffer.resize(before + size);
    file_.read(buffer.data() + before, static_cast<std::streamsize>(size));
    buffer.resize(before + static_cast<std::size_t>(file_.gcount()));
    if (file_.bad()) fail<FileError>(name_, "a readable file", "a read error");
    return buffer.size() > before;
  }

 private:
  std::string name_, text_;
  std::ifstream file_;
  std::size_t at_ = 0;
};

}  // namespace espalier::detail
