// SPDX-License-Identifier: MIT
// Writes ZIP archives whose members are stored as they are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/crc32.hpp"

namespace espalier::detail {

/// Collects members: the large parts are views, which must not change before the archive is written.
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
    const std::string common = common_part(name, size, crc32(body, crc32(head)));
    directory_ += "PK\1\2";
    append(directory_, 20, 2);  // made for version 2.0
    directory_ += common;
    append(directory_, 0, 10);  // no comment, first disk, no attributes
    append(directory_, at_, 4);
    directory_ += name;
    members_.push_back({name, "PK\3\4" + common + name + head, body});
    bytes_ += with_headers;
    at_ += 4 + common.size() + name.size() + size;
  }

  /// The archive, a piece after the other. They are views: what was added, and this, must live on.
  std::vector<std::string_view> pieces() {
    std::vector<std::string_view> all;
    for (const Member& member : members_) all.insert(all.end(), {member.start, member.body});
    end_ = "PK\5\6";
    append(end_, 0, 4);
    append(end_, members_.size(), 2);
    append(end_, members_.size(), 2);
    append(end_, directory_.size(), 4);
    append(end_, at_, 4);
    append(end_, 0, 2);
    all.insert(all.end(), {directory_, end_});
    return all;
  }

 private:
  struct Member {
    std::string name, start;  ///< start: the header and the head
    std::string_view body;
  };

  static void append(std::string& bytes, std::size_t value, int count) {
    for (; count > 0; --count, value >>= 8) bytes += static_cast<char>(value & 0xff);
  }

  /// What a member's own header and its entry in the directory have in common.
  static std::string common_part(const std::string& name, std::size_t size, std::uint32_t checksum) {
    constexpr std::size_t first_of_january_1980 = 0x21;
    std::string bytes;
    append(bytes, 20, 2);  // to be read by version 2.0
    append(bytes, 0, 6);   // no flags, stored, midnight
    append(bytes, first_of_january_1980, 2);
    append(bytes, checksum, 4);
    append(bytes, size, 4);
    append(bytes, size, 4);
    append(bytes, name.size(), 2);
    append(bytes, 0, 2);  // nothing extra
    return bytes;
  }

  std::string where_;
  std::vector<Member> members_;
  std::string directory_, end_;
  std::size_t at_ = 0;      ///< bytes before the directory
  std::size_t bytes_ = 22;  ///< of the archive, from the end mark on
};

}  // namespace espalier::detail
