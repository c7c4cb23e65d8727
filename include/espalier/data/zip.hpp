// SPDX-License-Identifier: MIT
// ZIP archives (PKWARE's APPNOTE.TXT), as far as NumPy's need it: the directory at the end, and members that
// are stored as they are or deflated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/data/byte_source.hpp"
#include "espalier/data/crc32.hpp"
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
inline constexpr std::size_t zip_header_size = 30, zip_entry_size = 46, zip_end_size = 22;

/// `count` bytes, at most 8, with the lowest first. There are so many.
inline std::size_t little_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  for (std::size_t k = count; k-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + k]);
  return value;
}

/// The fixed part at the end of an archive: the last one whose comment goes up to the end of the file.
inline std::string zip_end(ByteSource& source) {
  const std::size_t most = std::min<std::size_t>(source.size(), zip_end_size + 0xffff);
  source.seek(source.size() - most);
  const std::string tail = source.take(most);
  for (std::size_t at = most < zip_end_size ? 0 : most - zip_end_size + 1; at-- > 0;)
    if (tail.compare(at, 4, "PK\5\6") == 0 && little_endian(tail, at + 20, 2) == most - at - zip_end_size)
      return tail.substr(at);
  source.seek(0);
  const std::string start = source.take(std::min(source.size(), format_prefix));
  fail<FileError>(source.where(), "a ZIP archive with its directory at the end (.npz)",
                  start.starts_with("PK") ? "one that is cut short" : found_format(start));
}

/// The members by the archive's directory. FileError if that is not whole, or is of zip64, which archives of
/// 4 GiB and more have.
inline std::vector<ZipMember> read_zip_directory(ByteSource& source) {
  const std::string end = zip_end(source), where = source.where();
  const std::size_t count = little_endian(end, 10, 2), size = little_endian(end, 12, 4),
                    start = little_endian(end, 16, 4);
  if (count == 0xffff || size == 0xffffffff || start == 0xffffffff)
    fail<FileError>(where, "a ZIP archive of less than 4 GiB", "the larger format zip64");
  const std::size_t room = source.size() - end.size();
  if (size > room || start != room - size || little_endian(end, 4, 4) != 0)
    fail<FileError>(where, {"a directory of {} bytes at byte {} of one archive", {size, start}},
                    format_message("one of {} bytes before its end mark", {room}));
  source.seek(start);
  const std::string directory = source.take(size);
  std::vector<ZipMember> members;
  for (std::size_t at = 0; members.size() < count;) {
    const bool fixed = zip_entry_size <= size - at && directory.compare(at, 4, "PK\1\2") == 0;
    const auto number = [&](std::size_t offset, std::size_t bytes) {
      return little_endian(directory, at + offset, bytes);
    };
    const std::size_t name = fixed ? number(28, 2) : 0;
    const std::size_t length = fixed ? zip_entry_size + name + number(30, 2) + number(32, 2) : 0;
    if (!fixed || length > size - at)
      fail<FileError>(where, {"{} members in the directory", {count}},
                      format_message("{} whole ones", {members.size()}));
    members.push_back({directory.substr(at + zip_entry_size, name), static_cast<unsigned>(number(8, 2)),
                       static_cast<unsigned>(number(10, 2)), static_cast<std::uint32_t>(number(16, 4)),
                       number(20, 4), number(24, 4), number(42, 4)});
    at += length;
  }
  return members;
}

/// FileError unless the member can be read: neither encrypted nor packed otherwise nor of zip64, and not
/// larger than its data can be.
inline void check_zip_member(const ZipMember& member, std::string_view where) {
  constexpr unsigned encrypted = 1 | 1 << 6 | 1 << 13;
  if (member.flags & encrypted) fail<FileError>(where, "data that are not encrypted", "encrypted data");
  if (member.method != ZipMember::stored && member.method != ZipMember::deflated)
    fail<FileError>(where, "data that are stored (method 0) or deflated (method 8)",
                    format_message("method {}", {member.method}));
  if (member.packed == 0xffffffff || member.size == 0xffffffff || member.at == 0xffffffff)
    fail<FileError>(where, "a member of less than 4 GiB", "the larger format zip64");
  const bool fits = member.method == ZipMember::stored ? member.size == member.packed
                                                       : member.size / best_deflate_ratio <= member.packed;
  if (!fits)
    fail<FileError>(where, "as many bytes as the data can hold",
                    format_message("{} in {}", {member.size, member.packed}));
}

/// Moves the source to the member's data, behind its own header.
inline void seek_zip_data(ByteSource& source, const ZipMember& member, std::string_view where) {
  const std::size_t size = source.size();
  bool fine = member.at <= size && zip_header_size <= size - member.at;
  if (fine) {
    source.seek(member.at);
    const std::string header = source.take(zip_header_size);
    const std::size_t behind = little_endian(header, 26, 2) + little_endian(header, 28, 2);
    fine = header.starts_with("PK\3\4") && behind <= source.left() && member.packed <= source.left() - behind;
    if (fine) source.seek(member.at + zip_header_size + behind);
  }
  if (!fine)
    fail<FileError>(where, {"a header and {} bytes of data", {member.packed}},
                    format_message("none at byte {} of {}", {member.at, size}));
}

inline void check_zip_sum(const ZipMember& member, std::uint32_t found, std::string_view where) {
  if (found != member.checksum)
    fail<FileError>(where, {"intact data, of the checksum {:08x}", {member.checksum}},
                    format_message("the checksum {:08x}", {found}));
}

/// A stored member, compared with its checksum: the source stands before its data.
inline void open_stored(ByteSource& source, const ZipMember& member, std::string_view where) {
  seek_zip_data(source, member, where);
  std::string bytes(std::min(std::size_t{1} << 18, member.size), '\0');
  std::uint32_t sum = 0;
  for (std::size_t left = member.size; left > 0; left -= bytes.size()) {
    bytes.resize(std::min(bytes.size(), left));
    source.read(bytes.data(), bytes.size());
    sum = crc32(bytes, sum);
  }
  check_zip_sum(member, sum, where);
  seek_zip_data(source, member, where);
}

/// A deflated member, unpacked. FileError if the program cannot unpack it.
inline std::string inflated(ByteSource& source, const ZipMember& member, std::string_view where) {
  if (!inflate_member)
    fail<FileError>(
        where, "stored data, or a program with #include <espalier/data/gzip.hpp>, linked with zlib (-lz)",
        "deflated data");
  seek_zip_data(source, member, where);
  std::string bytes = inflate_member(source.take(member.packed), member.size, where);
  check_zip_sum(member, crc32(bytes), where);
  return bytes;
}

}  // namespace espalier::detail
