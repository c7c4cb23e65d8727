// SPDX-License-Identifier: MIT
// Gzip for all that reads files: a program that includes this header in one of its source files reads
// compressed CSV, IDX and NPY too, and links zlib (-lz).
#pragma once

#include <zlib.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/file.hpp"

namespace espalier::detail {

struct Inflater {
  z_stream stream{};

  /// With gzip's header and checksum, or with neither (`raw`), as in ZIP archives.
  explicit Inflater(bool raw = false) {
    constexpr int largest_window = 15, gzip_only = 16;
    if (inflateInit2(&stream, raw ? -largest_window : largest_window + gzip_only) != Z_OK)
      throw Error("gzip: zlib could not start");
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }
};

/// What the last four bytes say of the size of the contents, modulo 2^32; 0 if that cannot be so. Only memory
/// is set aside by it.
inline std::size_t announced_size(std::string_view packed) {
  std::size_t size = 0;
  for (std::size_t k = 0; k < std::min<std::size_t>(4, packed.size()); ++k)
    size = size << 8 | static_cast<unsigned char>(packed[packed.size() - 1 - k]);
  return size / best_deflate_ratio <= packed.size() ? size : 0;
}

/// The contents of all members, one after another, as gzip itself does it; zeros may follow, with which tapes
/// and disks fill a block. FileError if they are truncated or corrupt, or if anything else follows. (`packed`
/// is not const because zlib's input is not.)
inline std::string gunzip(std::string packed, std::string_view where) {
  constexpr std::size_t piece = std::size_t{1} << 18;
  Inflater inflater;
  z_stream& stream = inflater.stream;
  std::string unpacked;
  unpacked.reserve(announced_size(packed));
  std::vector<char> buffer(piece);
  for (std::size_t fed = 0;;) {
    if (stream.avail_in == 0) {
      stream.next_in = reinterpret_cast<Bytef*>(packed.data() + fed);
      stream.avail_in = static_cast<uInt>(std::min(piece, packed.size() - fed));
      fed += stream.avail_in;
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(piece);
    const int status = inflate(&stream, Z_NO_FLUSH);
    unpacked.append(buffer.data(), piece - stream.avail_out);
    const std::size_t used = fed - stream.avail_in;
    if (status == Z_STREAM_END) {
      if (packed.find_first_not_of('\0', used) == std::string::npos) return unpacked;
      if (!is_gzip(std::string_view(packed).substr(used)))
        fail<FileError>(where, "nothing after the gzip data",
                        detail::format_message("{} bytes", {packed.size() - used}));
      inflateReset(&stream);
    } else if (status == Z_BUF_ERROR) {
      fail<FileError>(where, "complete gzip data",
                      detail::format_message("their end after {} bytes", {packed.size()}));
    } else if (status != Z_OK) {
      fail<FileError>(
          where, "intact gzip data",
          detail::format_message("'{}' near byte {}", {stream.msg ? stream.msg : "unknown error", used}));
    }
  }
}

/// `size` bytes from the deflated data of a member of a ZIP archive. FileError if they are others or not so
/// many. The caller sees to it that `size` is no more than such data can hold.
inline std::string inflate_raw(std::string packed, std::size_t size, std::string_view where) {
  constexpr std::size_t piece = std::size_t{1} << 30;  // zlib counts in 32 bits
  Inflater inflater(true);
  z_stream& stream = inflater.stream;
  std::string unpacked(size, '\0');
  std::size_t fed = 0, made = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    const std::size_t in = std::min(piece, packed.size() - fed), out = std::min(piece, size - made);
    char none = 0;  // without room, zlib looks for the end of the data only
    stream.next_in = reinterpret_cast<Bytef*>(packed.data() + fed);
    stream.next_out = reinterpret_cast<Bytef*>(out > 0 ? unpacked.data() + made : &none);
    stream.avail_in = static_cast<uInt>(in);
    stream.avail_out = static_cast<uInt>(out);
    status = inflate(&stream, Z_NO_FLUSH);
    fed += in - stream.avail_in;
    made += out - stream.avail_out;
  }
  if (status != Z_STREAM_END || made != size || fed != packed.size())
    fail<FileError>(
        where, {"intact data of {} bytes, {} when unpacked", {packed.size(), size}},
        detail::format_message("{} and {}, {}", {fed, made, stream.msg ? stream.msg : "not their end"}));
  return unpacked;
}

/// Registers both before `main`.
inline const bool unpacks_gzip = (unpack = gunzip, inflate_member = inflate_raw, true);

}  // namespace espalier::detail
