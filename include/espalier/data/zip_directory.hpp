// SPDX-License-Identifier: MIT
// The directory at the end of a ZIP archive (PKWARE's APPNOTE.TXT), and its larger form, zip64: that of
// archives with more than 65534 members, and with members or places beyond 4 GiB. (Python's zipfile, which
// numpy.savez uses, takes it from 2 GiB on.)
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/data/byte_source.hpp"
#include "espalier/data/file_format.hpp"

namespace espalier::detail {

/// A file in the archive, as the directory has it.
struct ZipMember {
  std::string name;
  unsigned flags = 0, method = 0;
  std::uint32_t checksum = 0;
  std::size_t packed = 0, size = 0;  ///< bytes in the archive, and unpacked
  std::size_t at = 0;                ///< where its own header is

  static constexpr unsigned stored = 0, deflated = 8;  ///< methods
};

/// The sizes of the fixed parts, in bytes.
inline constexpr std::size_t zip_header_size = 30, zip_entry_size = 46, zip_end_size = 22,
                             zip64_end_size = 56, zip64_locator_size = 20;

/// A number of four bytes that is all ones: the number itself stands in a part of zip64.
inline constexpr std::size_t in_zip64 = 0xffffffff;

/// `count` bytes, at most 8, with the lowest first. There are so many.
inline std::size_t little_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  for (std::size_t k = count; k-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + k]);
  return value;
}

/// What the end of an archive says of its directory.
struct ZipEnd {
  std::size_t disks = 0;  ///< 0: the archive is one file
  std::size_t count = 0, size = 0, start = 0;
  std::size_t room = 0;  ///< bytes before the end parts: the directory is the last of these
};

/// The numbers of zip64, if there are such parts right before the end at byte `at`. The last four bytes of
/// other archives may look alike, by chance: what does not fit in all is none.
inline bool read_zip64_end(ByteSource& source, std::size_t at, ZipEnd& end) {
  if (at < zip64_locator_size + zip64_end_size) return false;
  const std::size_t locator_at = at - zip64_locator_size;
  source.seek(locator_at);
  const std::string locator = source.take(zip64_locator_size);
  const std::size_t start = little_endian(locator, 8, 8);
  if (!locator.starts_with("PK\6\7") || start > locator_at - zip64_end_size) return false;
  source.seek(start);
  const std::string fixed = source.take(zip64_end_size);
  constexpr std::size_t before = 12;  // bytes that the size does not count
  if (!fixed.starts_with("PK\6\6") || little_endian(fixed, 4, 8) != locator_at - start - before) return false;
  const auto number = [&](std::size_t offset, std::size_t bytes) {
    return little_endian(fixed, offset, bytes);
  };
  end = {number(16, 4) | number(20, 4) | little_endian(locator, 4, 4), number(32, 8), number(40, 8),
         number(48, 8), start};
  return true;
}

/// The end of an archive: the last one whose comment goes up to the end of the file. FileError if there is
/// none.
inline ZipEnd read_zip_end(ByteSource& source) {
  const std::size_t most = std::min<std::size_t>(source.size(), zip_end_size + 0xffff),
                    before = source.size() - most;
  source.seek(before);
  const std::string tail = source.take(most);
  for (std::size_t at = most < zip_end_size ? 0 : most - zip_end_size + 1; at-- > 0;) {
    const auto number = [&](std::size_t offset, std::size_t bytes) {
      return little_endian(tail, at + offset, bytes);
    };
    if (tail.compare(at, 4, "PK\5\6") != 0 || number(20, 2) != most - at - zip_end_size) continue;
    ZipEnd end{number(4, 4), number(10, 2), number(12, 4), number(16, 4), before + at};
    if (!read_zip64_end(source, before + at, end) &&
        (end.count == 0xffff || end.size == in_zip64 || end.start == in_zip64))
      fail<FileError>(source.where(), "the end of a directory of zip64, as its numbers announce", "none");
    return end;
  }
  source.seek(0);
  const std::string start = source.take(std::min(source.size(), format_prefix));
  fail<FileError>(source.where(), "a ZIP archive with its directory at the end (.npz)",
                  start.starts_with("PK") ? "one that is cut short" : found_format(start));
}

/// Takes the numbers of a member that are all ones from the extra part of its entry, which has fields of two
/// bytes for the kind, two for the size, and so many more. False if they are not there.
inline bool take_zip64(ZipMember& member, std::string_view extra) {
  std::string_view numbers;
  while (extra.size() >= 4) {
    const std::size_t kind = little_endian(extra, 0, 2), size = little_endian(extra, 2, 2);
    extra.remove_prefix(4);
    if (size > extra.size()) break;
    if (kind == 1) numbers = extra.substr(0, size);
    extra.remove_prefix(size);
  }
  for (std::size_t* const number : {&member.size, &member.packed, &member.at}) {
    if (*number != in_zip64) continue;
    if (numbers.size() < 8) return false;
    *number = little_endian(numbers, 0, 8);
    numbers.remove_prefix(8);
  }
  return true;
}

/// The members by the archive's directory. FileError if that is not whole. Places and sizes are those that
/// it says, whether the archive has them or not.
inline std::vector<ZipMember> read_zip_directory(ByteSource& source) {
  const ZipEnd end = read_zip_end(source);
  const std::string& where = source.where();
  if (end.size > end.room || end.start != end.room - end.size || end.disks != 0)
    fail<FileError>(where, {"a directory of {} bytes at byte {} of one archive", {end.size, end.start}},
                    format_message("one of {} bytes before its end mark", {end.room}));
  source.seek(end.start);
  const std::string directory = source.take(end.size);
  std::vector<ZipMember> members;
  for (std::size_t at = 0; members.size() < end.count;) {
    const bool fixed = zip_entry_size <= end.size - at && directory.compare(at, 4, "PK\1\2") == 0;
    const auto number = [&](std::size_t offset, std::size_t bytes) {
      return little_endian(directory, at + offset, bytes);
    };
    const std::size_t name = fixed ? number(28, 2) : 0, extra = fixed ? number(30, 2) : 0;
    const std::size_t length = fixed ? zip_entry_size + name + extra + number(32, 2) : 0;
    if (!fixed || length > end.size - at)
      fail<FileError>(where, {"{} members in the directory", {end.count}},
                      format_message("{} whole ones", {members.size()}));
    ZipMember member{directory.substr(at + zip_entry_size, name),
                     static_cast<unsigned>(number(8, 2)),
                     static_cast<unsigned>(number(10, 2)),
                     static_cast<std::uint32_t>(number(16, 4)),
                     number(20, 4),
                     number(24, 4),
                     number(42, 4)};
    if (!take_zip64(member, std::string_view(directory).substr(at + zip_entry_size + name, extra)))
      fail<FileError>(where,
                      {"the numbers of zip64 for {}, as its entry announces", {quoted_text(member.name)}},
                      "fewer");
    members.push_back(std::move(member));
    at += length;
  }
  return members;
}

}  // namespace espalier::detail
