// SPDX-License-Identifier: MIT
// Text cut into records and fields (RFC 4180), each with its line; what the fields mean is decided in
// csv.hpp.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"

namespace espalier::detail {

/// Reads one record after another. Blanks around a field are no part of it, unless they are quoted; blank
/// lines are skipped; a line ends with LF, CRLF or CR. With the separator ' ' fields stand between runs of
/// blanks. The fields are views into this object's text and stay valid with it.
class CsvRecords {
 public:
  CsvRecords(std::string text, char separator, std::string source)
      : text_(std::move(text)), separator_(separator), source_(std::move(source)) {
    if (std::string_view(text_).substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
  }
  CsvRecords(const CsvRecords&) = delete;  // views into a copied text would point into the old one
  CsvRecords& operator=(const CsvRecords&) = delete;

  /// False at the end of the text.
  bool next() {
    fields_.clear();
    while (at_ < text_.size()) {
      record_line_ = line_;
      skip_blanks();
      if (at_ == text_.size() || end_line()) continue;
      do fields_.push_back(peek('"') ? quoted() : plain());
      while (separator());
      if (at_ < text_.size() && !end_line())
        fail<FileError>(where(), "a separator or the end of the line after a quoted field",
                        quoted_text(rest_of_line()));
      return true;
    }
    return false;
  }

  void skip_line() {
    at_ += rest_of_line().size();
    end_line();
  }

  const std::vector<std::string_view>& fields() const { return fields_; }
  std::size_t line() const { return record_line_; }
  std::string where() const { return detail::format_message("{}:{}", {source_, record_line_}); }

 private:
  bool peek(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool at_blank() const { return (peek(' ') || peek('\t')) && (separator_ == ' ' || !peek(separator_)); }
  void skip_blanks() {
    while (at_blank()) ++at_;
  }

  bool end_line() {
    const bool carriage = peek('\r');
    at_ += carriage;
    const bool feed = peek('\n');
    at_ += feed;
    line_ += carriage || feed;
    return carriage || feed;
  }

  /// Also moves to the start of the next field.
  bool separator() {
    const std::size_t before = at_;
    skip_blanks();
    if (separator_ == ' ') return at_ > before && at_ < text_.size() && !peek('\r') && !peek('\n');
    if (!peek(separator_)) return false;
    ++at_;
    skip_blanks();
    return true;
  }

  std::string_view plain() {
    const std::size_t start = at_;
    while (at_ < text_.size() && !peek(separator_) && !peek('\r') && !peek('\n') &&
           !(separator_ == ' ' && peek('\t'))) {
      if (peek('"'))
        fail<FileError>(where(), "quotes around the whole field or none",
                        quoted_text(std::string_view(text_).substr(start, at_ + 1 - start)));
      ++at_;
    }
    std::size_t end = at_;
    while (end > start && (text_[end - 1] == ' ' || text_[end - 1] == '\t')) --end;
    return std::string_view(text_).substr(start, end - start);
  }

  /// Doubled quotes become single ones in place: the text only gets shorter.
  std::string_view quoted() {
    const std::size_t start = ++at_;
    std::size_t end = start;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && (++at_, !peek('"'))) return std::string_view(text_).substr(start, end - start);
      line_ += text_[at_] == '\n' || (text_[at_] == '\r' && text_.compare(at_ + 1, 1, "\n") != 0);
      text_[end++] = text_[at_];
    }
    fail<FileError>(where(), "a closing quote", "the end of the text");
  }

  std::string_view rest_of_line() const {
    const std::string_view rest = std::string_view(text_).substr(at_);
    return rest.substr(0, std::min(rest.find('\n'), rest.find('\r')));
  }

  std::string text_;
  char separator_;
  std::string source_;
  std::vector<std::string_view> fields_;
  std::size_t at_ = 0, line_ = 1, record_line_ = 1;
};

}  // namespace espalier::detail
