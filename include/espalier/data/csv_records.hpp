// SPDX-License-Identifier: MIT
// Text cut into records and fields (RFC 4180), each with its line; what the fields mean is decided in
// csv_table.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/csv_source.hpp"

namespace espalier::detail {

/// Reads one record after another. Blanks around a field are no part of it, unless they are quoted; blank
/// lines are skipped, and lines of comments; a line ends with LF, CRLF or CR. With the separator ' ' fields
/// stand between runs of blanks. A quote that does not begin a field is a character like others. The fields
/// are views that the next record ends.
class CsvRecords {
 public:
  CsvRecords(CsvSource& source, char separator, char comment = '\0')
      : source_(source), separator_(separator), comment_(comment) {
    source_.rewind();
    for (const char c : {separator_, '\r', '\n', separator_ == ' ' ? '\t' : '\n'})
      stops_[static_cast<unsigned char>(c)] = true;
    fill();
    if (std::string_view(text_).substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
  }
  CsvRecords(const CsvRecords&) = delete;  // views into a copied text would point into the old one
  CsvRecords& operator=(const CsvRecords&) = delete;

  /// False at the end of the text.
  bool next() {
    for (;;) {
      skip_blanks();
      if (at_ == text_.size() && !fill()) break;
      if (at_ == text_.size() || at_blank()) continue;
      if (comment_ != '\0' && text_[at_] == comment_) {
        comment_line_ = std::string(rest_of_line());
        skip_line();
      } else if (text_[at_] == '\r' || text_[at_] == '\n') {
        skip_line();
      } else {
        record_line_ = line_;
        while (!scan(ended_)) fill();
        return true;
      }
    }
    fields_.clear();
    return false;
  }

  void skip_line() {
    at_ += rest_of_line().size();
    const bool carriage = at_ < text_.size() && text_[at_] == '\r';
    if (carriage && at_ + 1 == text_.size()) fill();
    at_ += carriage;
    const bool feed = at_ < text_.size() && text_[at_] == '\n';
    at_ += feed;
    line_ += carriage || feed;
  }

  /// What is left of the line, without its end.
  std::string_view rest_of_line() {
    for (std::size_t k = at_;; ++k) {
      if (k == text_.size()) {
        const std::size_t read = k - at_;
        if (!fill()) return std::string_view(text_).substr(at_);
        k = at_ + read;
      }
      if (text_[k] == '\n' || text_[k] == '\r') return std::string_view(text_).substr(at_, k - at_);
    }
  }

  const std::vector<std::string_view>& fields() const { return fields_; }
  const std::string& comment_line() const { return comment_line_; }  ///< the last one
  std::size_t line() const { return record_line_; }
  std::string where() const { return detail::format_message("{}:{}", {source_.name(), record_line_}); }

 private:
  bool is_blank(char c) const { return (c == ' ' || c == '\t') && (separator_ == ' ' || c != separator_); }
  bool at_blank() const { return at_ < text_.size() && is_blank(text_[at_]); }
  void skip_blanks() {
    while (at_blank()) ++at_;
  }

  /// Drops what has been read, and appends the next piece; false at the end of the text.
  bool fill() {
    if (ended_) return false;
    text_.erase(0, at_);
    at_ = 0;
    ended_ = !source_.more(text_);
    return !ended_;
  }

  /// The fields of the record at `at_`, and on to the next line. False if it does not end in this piece: then
  /// nothing has changed.
  bool scan(bool last) {
    const char* const end = text_.data() + text_.size();
    const char* p = text_.data() + at_;
    std::size_t lines = 0;
    fields_.clear();
    doubled_.clear();
    for (;;) {
      const bool quoted = p != end && *p == '"';
      p = quoted ? scan_quoted(p, end, lines) : scan_plain(p, end);
      if (p == nullptr && last) fail<FileError>(where(), "a closing quote", "the end of the text");
      if (p == nullptr) return false;
      const char* const before = p;
      while (p != end && is_blank(*p)) ++p;
      if (p == end) break;
      if (*p == '\r' || *p == '\n') break;
      if (separator_ == ' ' ? p == before : *p != separator_) refuse_rest(p, end);
      if (separator_ != ' ') ++p;
      while (p != end && is_blank(*p)) ++p;
    }
    if (!last && end - p < 2) return false;
    if (p != end && *p == '\r') ++p, lines += p == end || *p != '\n';
    if (p != end && *p == '\n') ++p, ++lines;
    line_ += lines;
    at_ = static_cast<std::size_t>(p - text_.data());
    for (const std::size_t k : doubled_) undouble(k);
    return true;
  }

  const char* scan_plain(const char* p, const char* end) {
    const char* const start = p;
    while (p != end && !stops_[static_cast<unsigned char>(*p)]) ++p;
    const char* stop = p;
    while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t')) --stop;
    fields_.emplace_back(start, static_cast<std::size_t>(stop - start));
    return p;
  }

  /// Null if the closing quote is not in this piece.
  const char* scan_quoted(const char* p, const char* end, std::size_t& lines) {
    const char* const start = ++p;
    bool doubled = false;
    for (; p != end; ++p) {
      if (*p == '\n' || (*p == '\r' && (p + 1 == end || p[1] != '\n'))) ++lines;
      if (*p != '"') continue;
      if (p + 1 == end || p[1] != '"') {
        if (doubled) doubled_.push_back(fields_.size());
        fields_.emplace_back(start, static_cast<std::size_t>(p - start));
        return p + 1;
      }
      doubled = true;
      ++p;
    }
    return nullptr;
  }

  /// Doubled quotes become single ones in place: the text only gets shorter.
  void undouble(std::size_t k) {
    char* const begin = text_.data() + (fields_[k].data() - text_.data());
    char* to = begin;
    for (std::size_t from = 0; from < fields_[k].size(); ++from) {
      *to++ = begin[from];
      from += begin[from] == '"';
    }
    fields_[k] = std::string_view(begin, static_cast<std::size_t>(to - begin));
  }

  [[noreturn]] void refuse_rest(const char* p, const char* end) const {
    const char* stop = p;
    while (stop != end && *stop != '\r' && *stop != '\n') ++stop;
    fail<FileError>(where(), "a separator or the end of the line after a quoted field",
                    quoted_text(std::string_view(p, static_cast<std::size_t>(stop - p))));
  }

  CsvSource& source_;
  char separator_, comment_;
  std::array<bool, 256> stops_{};
  std::string text_, comment_line_;
  bool ended_ = false;
  std::vector<std::string_view> fields_;
  std::vector<std::size_t> doubled_;
  std::size_t at_ = 0, line_ = 1, record_line_ = 1;
};

}  // namespace espalier::detail
