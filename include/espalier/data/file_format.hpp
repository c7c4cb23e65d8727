// SPDX-License-Identifier: MIT
// The formats that a file's first bytes tell, so that a reader of one format can name the other that it was
// given.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "espalier/core/error.hpp"

namespace espalier::detail {

/// How many of a file's first bytes a reader should give: HTML and tar need a few hundred, and of a ZIP
/// archive a few thousand tell what it holds.
inline constexpr std::size_t format_prefix = 8192;

/// Bytes that every file of a format has at one place.
struct Magic {
  std::size_t at;
  std::string_view bytes, name;
};

using std::string_view_literals::operator""sv;  // bytes may be 0, where a plain literal would end

/// In this order: of two formats that begin alike, the longer magic comes first.
inline constexpr Magic magics[]{
    {0, "\xff\xfe\0\0"sv, "UTF-32 text"},
    {0, "\0\0\xfe\xff"sv, "UTF-32 text"},
    {0, "\xff\xfe"sv, "UTF-16 text"},
    {0, "\xfe\xff"sv, "UTF-16 text"},
    {0, "\x1f\x8b"sv, "gzip data"},
    {0, "BZh91AY&SY"sv, "bzip2 data"},
    {0, "\xfd\x37zXZ\0"sv, "xz data"},
    {0, "\x28\xb5\x2f\xfd"sv, "Zstandard data"},
    {0, "\x04\x22\x4d\x18"sv, "LZ4 data"},
    {0, "\x78\x9c"sv, "zlib data"},
    {0, "\x78\xda"sv, "zlib data"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive"},
    {0, "Rar!\x1a\x07"sv, "a RAR archive"},
    {257, "ustar"sv, "a tar archive"},
    {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "an old Excel or other Office file (.xls, .doc)"},
    {0, "PAR1\x15"sv, "a Parquet file"},  // a column of a table may be called PAR1
    {0, "ARROW1\0"sv, "an Arrow or Feather file"},
    {0, "FEA1\0"sv, "a Feather file"},
    {0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file"},
    {0, "MATLAB 5.0 MAT-file"sv, "a MATLAB file (.mat)"},
    {0, "SQLite format 3\0"sv, "an SQLite database"},
    {0, "\x93NUMPY"sv, "a NumPy array (.npy)"},
    {0, "\x80\x02"sv, "a Python pickle"},
    {0, "\x80\x03"sv, "a Python pickle"},
    {0, "\x80\x04\x95"sv, "a Python pickle"},
    {0, "\x80\x05\x95"sv, "a Python pickle"},
    {0, "%PDF-"sv, "a PDF document"},
    {0, "\x89PNG\r\n\x1a\n"sv, "a PNG image"},
    {0, "\xff\xd8\xff"sv, "a JPEG image"},
    {0, "GIF87a"sv, "a GIF image"},
    {0, "GIF89a"sv, "a GIF image"},
    {0, "version https://git-lfs.github.com/"sv, "a pointer of Git LFS, not the file itself"},
    {0, "<?xml"sv, "an XML document"},
};

inline constexpr std::string_view pytorch_file = "a PyTorch file (.pt, .pth)";

/// What the ZIP archive holds, by the names that stand in its first bytes.
inline std::string_view what_zip_is(std::string_view bytes) {
  constexpr std::size_t name_at = 30;  // of the first member
  if (bytes.substr(0, 4) != "PK\3\4") return "an empty ZIP archive";
  if (bytes.substr(std::min(name_at, bytes.size())).starts_with("mimetypeapplication/vnd.oasis.opendocument"))
    return "an OpenDocument file (.ods, .odt)";
  const std::string_view head =
      bytes.substr(0, format_prefix);  // Office names its parts first, of a few hundred bytes
  if (head.find("[Content_Types].xml") != std::string_view::npos)
    return bytes.find("xl/") != std::string_view::npos ? "an Excel workbook (.xlsx)"
                                                       : "an Office file (.docx, .pptx, .xlsx)";
  const std::size_t length = bytes.size() < name_at ? 0
                                                    : static_cast<unsigned char>(bytes[26]) +
                                                          256U * static_cast<unsigned char>(bytes[27]);
  if (length > 0 && bytes.substr(name_at, length).ends_with(".npy")) return "NumPy arrays (.npz)";
  if (length > 0 && bytes.substr(name_at, length).ends_with("/data.pkl")) return pytorch_file;
  return "a ZIP archive";
}

/// Does text begin with `word`, in capitals or not, behind blanks and a byte order mark?
inline bool begins_with_word(std::string_view text, std::string_view word) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
         });
}

/// Latin text without a byte order mark has a zero in every second byte: of eight characters that is sure.
inline bool is_utf16_without_mark(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, std::min<std::size_t>(64, bytes.size() / 2 * 2));
  for (const std::size_t zero : {0U, 1U}) {
    bool all = head.size() >= 16;
    for (std::size_t k = 0; k < head.size(); ++k) all = all && (head[k] == '\0') == (k % 2 == zero);
    if (all) return true;
  }
  return false;
}

/// IDX: two zeros, a type, and the number of dimensions.
inline bool is_idx(std::string_view bytes) {
  return bytes.size() >= 8 && bytes.substr(0, 2) == "\0\0"sv &&
         "\x08\x09\x0b\x0c\x0d\x0e"sv.find(bytes[2]) != std::string_view::npos && bytes[3] >= 1 &&
         bytes[3] <= 8;
}

/// The format that these bytes of a file begin, as a message says it ("an Excel workbook (.xlsx)"); empty if
/// it is none of these, as plain text is not. gzip in gzip is told where it is unpacked, by asking again.
inline std::string_view what_is(std::string_view bytes) {
  for (const Magic& magic : magics)
    if (bytes.size() >= magic.at && bytes.substr(magic.at).starts_with(magic.bytes)) return magic.name;
  if (bytes.starts_with("PK\3\4") || bytes.starts_with("PK\5\6")) return what_zip_is(bytes);
  if (begins_with_word(bytes, "<!doctype html") || begins_with_word(bytes, "<html")) return "an HTML page";
  if (begins_with_word(bytes, "@relation")) return "an ARFF file";
  if (bytes.size() > 9 && bytes.substr(5, 5) == "\0\0\0{\""sv) return "a safetensors file";
  if (is_idx(bytes)) return "an IDX file";
  if (is_utf16_without_mark(bytes)) return "UTF-16 text";
  return {};
}

/// What a reader that expected another format has found, for its message: the name, or the first bytes in
/// hexadecimal.
inline std::string found_format(std::string_view bytes) {
  if (bytes.empty()) return "an empty file";
  if (const std::string_view name = what_is(bytes); !name.empty()) return std::string(name);
  std::string text = bytes.size() > 8 ? "a file that begins with the bytes" : "a file of the bytes";
  for (const char c : bytes.substr(0, 8)) text += format_message(" {:02x}", {static_cast<unsigned char>(c)});
  return text;
}

}  // namespace espalier::detail
