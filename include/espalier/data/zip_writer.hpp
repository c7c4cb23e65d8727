// SPDX-License-Identifier: MIT
// Writes ZIP archives whose members are stored as they are.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/crc32.hpp"

namespace espalier::detail {

/// Collects members, and writes them in one go: the large parts are views, which must not change before.
class ZipWriter {
 public:
  explicit ZipWriter(std::string where) : where_(std::move(where)) {}

  /// A member of two parts, `head` and `body`. ValueError for a name that cannot stand or for an archive that
  /// becomes too large.
  void add(std::string name, std::string head, std::string_view body) {
    constexpr std::size_t most_members = 0xfffe, most_bytes = 0xfffffffe;  // all ones mean zip64
    if (name.empty() || name.size() > 0xffff ||
        std::any_of(members_.begin(), members_.end(), [&](const Member& m) { return m.name == name; }))
      fail(where_, "names that differ, of 1 to 65535 bytes", quoted_text(name));
    const std::size_t size = head.size() + body.size(), with_headers = size + 76 + 2 * name.size();
    if (members_.size() == most_members || with_headers > most_bytes || bytes_ > most_bytes - with_headers)
      fail(where_, "less than 4 GiB and 65535 members in a ZIP archive",
           format_message("more, with {} of {} bytes", {quoted_text(name), size}));
    bytes_ += with_headers;
    const std::uint32_t sum = crc32(body, crc32(head));
    members_.push_back({std::move(name), std::move(head), body, sum});
  }

  /// The archive, piece by piece: views of this writer and of what it was given.
  std::vector<std::string_view> pieces() {
    std::vector<std::string_view> all;
    std::size_t at = 0;
    end_.clear();
    for (Member& member : members_) {
      const std::string common = common_part(member);
      member.start = "PK\3\4" + common + member.name;
      all.insert(all.end(), {member.start, member.head, member.body});
      end_ += "PK\1\2";
      append(end_, 20, 2);  // made for version 2.0
      end_ += common;
      append(end_, 0, 10);  // no comment, first disk, no attributes
      append(end_, at, 4);
      end_ += member.name;
      at += member.start.size() + member.head.size() + member.body.size();
    }
    const std::size_t directory = end_.size();
    end_ += "PK\5\6";
    append(end_, 0, 4);
    append(end_, members_.size(), 2);
    append(end_, members_.size(), 2);
    append(end_, directory, 4);
    append(end_, at, 4);
    append(end_, 0, 2);
    all.push_back(end_);
    return all;
  }

 private:
  struct Member {
    std::string name, head;
    std::string_view body;
    std::uint32_t checksum;
    std::string start = {};  ///< its own header
  };

  static void append(std::string& bytes, std::size_t value, int count) {
    for (; count > 0; --count, value >>= 8) bytes += static_cast<char>(value & 0xff);
  }

  /// What a member's own header and its entry in the directory have in common.
  static std::string common_part(const Member& member) {
    constexpr std::size_t first_of_january_1980 = 0x21;
    const std::size_t size = member.head.size() + member.body.size();
    std::string bytes;
    append(bytes, 20, 2);  // to be read by version 2.0
    append(bytes, 0, 6);   // no flags, stored, midnight
    append(bytes, first_of_january_1980, 2);
    append(bytes, member.checksum, 4);
    append(bytes, size, 4);
    append(bytes, size, 4);
    append(bytes, member.name.size(), 2);
    append(bytes, 0, 2);  // nothing extra
    return bytes;
  }

  std::string where_;
  std::vector<Member> members_;
  std::string end_;         ///< the directory and the end mark
  std::size_t bytes_ = 22;  ///< of the archive, from the end mark on
};

}  // namespace espalier::detail
