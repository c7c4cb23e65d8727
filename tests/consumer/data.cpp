// SPDX-License-Identifier: MIT
// A user's program that reads files, without zlib or, with GZIP defined, with it.
#include <espalier/data.hpp>
#ifdef GZIP
#include <espalier/data/gzip.hpp>
#endif
#include <fmt/core.h>

#include <fstream>

int main() {
  using namespace espalier;
  std::ofstream("plain.csv") << "1.5,2.5\n3,3\n";
  // Python: gzip.compress(b"1,2,a\n3,4,b\n", mtime=0)
  constexpr char packed[] =
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x33\xd4\x31\xd2\x49\xe4\x32\xd6\x31\xd1\x49\xe2\x02\x00\x82"
      "\xfa"
      "\xf2\xb7\x0c\x00\x00\x00";
  std::ofstream("packed.csv.gz", std::ios::binary).write(packed, sizeof packed - 1);
  if (read_csv("plain.csv").inputs.sum() != 10) return 1;
  std::string refused;
  try {
    if (read_csv("packed.csv.gz", {.label = 2, .header = CsvHeader::no}).inputs.sum() != 10) return 1;
  } catch (const FileError& error) {
    refused = error.what();
  }
  fmt::print("{}\n", refused);
#ifdef GZIP
  return refused.empty() ? 0 : 1;
#else
  return refused.find("#include <espalier/data/gzip.hpp>, linked with zlib (-lz)") == std::string::npos;
#endif
}
