// SPDX-License-Identifier: MIT
// The members of ZIP archives (PKWARE's APPNOTE.TXT), as far as NumPy's need it: stored as they are, or
// deflated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "espalier/data/crc32.hpp"
#include "espalier/data/zip_directory.hpp"

namespace espalier::detail {

/// FileError unless the member can be read: neither encrypted nor packed otherwise, and not larger than
/// its data can be.
inline void check_zip_member(const ZipMember& member, std::string_view where) {
  constexpr unsigned encrypted = 1 | 1 << 6 | 1 << 13;
  if (member.flags & encrypted) fail<FileError>(where, "data that are not encrypted", "encrypted data");
  if (member.method != ZipMember::stored && member.method != ZipMember::deflated)
    fail<FileError>(where, "data that are stored (method 0) or deflated (method 8)",
                    format_message("method {}", {member.method}));
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
