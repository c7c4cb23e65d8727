// SPDX-License-Identifier: MIT
// The files in hexadecimal were made by the programs that are named; the others have what the format's
// definition asks for.
#include "espalier/data/file_format.hpp"

#include "data/files.hpp"

using namespace espalier;
using namespace std::string_literals;
using detail::what_is;

TEST_CASE("compressed data and archives are told by their first bytes") {
  // Python 3.11: gzip.compress, bz2.compress, lzma.compress, zlib.compress of b"hello\n"
  CHECK(what_is(from_hex("1f8b0800000000000203cb48cdc9c9e7020020303a3606000000")) == "gzip data");
  CHECK(what_is(from_hex("425a6839314159265359c1c080e2000001410000100244a000306cc0c5229dc56be0")) ==
        "bzip2 data");
  CHECK(what_is(from_hex("fd377a585a000004e6d6b4460200210116000000")) == "xz data");
  CHECK(what_is(from_hex("789ccb48cdc9c9e702000836021f")) == "zlib data");
  CHECK(what_is(from_hex("28b52ffd240631000068656c6c6f0a")) == "Zstandard data");
  CHECK(what_is(from_hex("377abcaf271c0004")) == "a 7z archive");
  CHECK(what_is("Rar!\x1a\x07\x01") == "a RAR archive");
  CHECK(what_is("a.csv" + std::string(252, '\0') + "ustar\00000"s) == "a tar archive");
}

TEST_CASE("a ZIP archive is told by what it holds") {
  const auto zip = [](std::string_view name, std::string_view rest) {
    return "PK\3\4\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"s + static_cast<char>(name.size()) +
           "\0\0\0"s + std::string(name) + std::string(rest);
  };
  CHECK(what_is(zip("data/a.csv", "1,2")) == "a ZIP archive");
  CHECK(what_is(zip("x_train.npy", "\x93NUMPY")) == "NumPy arrays (.npz)");
  CHECK(what_is(zip("[Content_Types].xml", "... xl/workbook.xml")) == "an Excel workbook (.xlsx)");
  CHECK(what_is(zip("[Content_Types].xml", "... word/document.xml")) ==
        "an Office file (.docx, .pptx, .xlsx)");
  CHECK(what_is(zip("mimetype", "application/vnd.oasis.opendocument.spreadsheet")) ==
        "an OpenDocument file (.ods, .odt)");
  CHECK(what_is("PK\5\6" + std::string(18, '\0')) == "an empty ZIP archive");
}

TEST_CASE("text that is not in UTF-8 is told, with a byte order mark and without") {
  CHECK(what_is("\xff\xfe"
                "a\0,\0"s) == "UTF-16 text");
  CHECK(what_is("\xfe\xff\0a\0,"s) == "UTF-16 text");
  CHECK(what_is("\xff\xfe\0\0a\0\0\0"s) == "UTF-32 text");
  CHECK(what_is("a\0,\0b\0\n\0"
                "1\0,\0"
                "2\0\n\0"s) == "UTF-16 text");
  CHECK(what_is("\0a\0,\0b\0\n\0"
                "1\0,\0"
                "2\0\n"s) == "UTF-16 text");
  CHECK(what_is("a\0,\0b\0\n\0"s).empty());  // too short to be sure
}

TEST_CASE("files of data and documents are told") {
  CHECK(what_is("PAR1\x15\x04") == "a Parquet file");
  CHECK(what_is("ARROW1\0\0"s) == "an Arrow or Feather file");
  CHECK(what_is("FEA1\0\0\0\0"s) == "a Feather file");
  CHECK(what_is("GIF89a\1"s) == "a GIF image");
  CHECK(what_is("\x89HDF\r\n\x1a\n") == "an HDF5 file");
  CHECK(what_is("MATLAB 5.0 MAT-file, Platform: GLNXA64") == "a MATLAB file (.mat)");
  CHECK(what_is("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") == "an old Excel or other Office file (.xls, .doc)");
  CHECK(what_is("SQLite format 3\0"s) == "an SQLite database");
  CHECK(what_is("\x80\x04\x95\x0b\0"s) == "a Python pickle");
  CHECK(what_is("\x93NUMPY\1\0"s) == "a NumPy array (.npy)");
  CHECK(what_is("\0\0\x08\3\0\0\0\x0a"s) == "an IDX file");
  CHECK(what_is("\x40\0\0\0\0\0\0\0{\"0.weight\":"s) == "a safetensors file");
  CHECK(what_is("%PDF-1.7") == "a PDF document");
  CHECK(what_is("\x89PNG\r\n\x1a\n") == "a PNG image");
  CHECK(what_is("\xff\xd8\xff\xe0") == "a JPEG image");
  CHECK(what_is("version https://git-lfs.github.com/spec/v1\n") ==
        "a pointer of Git LFS, not the file itself");
  CHECK(what_is("<?xml version='1.0'?>") == "an XML document");
  CHECK(what_is("% comment\n@relation iris").empty());
  CHECK(what_is("@RELATION iris") == "an ARFF file");
}

TEST_CASE("HTML is told in any spelling, behind blanks and a byte order mark") {
  CHECK(what_is("<!DOCTYPE html>\n<html>") == "an HTML page");
  CHECK(what_is("\xEF\xBB\xBF\r\n  <HTML lang=en>") == "an HTML page");
  CHECK(what_is("<htm").empty());
}

TEST_CASE("plain text is nothing else, and neither is what is cut in its magic") {
  for (const char* text :
       {"", "1,2\n3,4\n", "PAR", "PK", "BZh9,label\n",
        "\xEF\xBB\xBF"
        "a,b\n1,2\n",
        "x,y\n", "{\"a\": 1}", "GIF,PNG\n", "FEA1,FEA2\n", "PAR1;PAR2\n", "ARROW1,a\n", "GIF8\n"})
    CHECK(what_is(text).empty());
  CHECK(what_is("\0\0\x08\x03"s).empty());
  CHECK(what_is(std::string(300, '\0')).empty());
}

TEST_CASE("a message names what was found, or shows the bytes in hexadecimal") {
  CHECK(detail::found_format("") == "an empty file");
  CHECK(detail::found_format("%PDF-1.7") == "a PDF document");
  CHECK(detail::found_format("\x01\xffz"s) == "a file of the bytes 01 ff 7a");
  CHECK(detail::found_format("\0\x1b[2Jabcdef"s) ==
        "a file that begins with the bytes 00 1b 5b 32 4a 61 62 63");
}
