// SPDX-License-Identifier: MIT
// NPZ: the directory, and every array in it. Checksums keep most changed bytes from the readers behind them,
// which npy.cpp and gzip.cpp reach.
#include "espalier/data/npz.hpp"

#include "espalier/data/gzip.hpp"
#include "fuzz.hpp"

using namespace espalier;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::survives([&] {
    Npz file(detail::ByteSource(fuzz::text_of(data, size), "fuzz.npz"));
    for (const std::string& name : file.names()) {
      fuzz::survives([&] { file.shape(name); });
      fuzz::survives([&] { file.read(name); });
      fuzz::survives([&] { file.labels(name); });
    }
    fuzz::survives([&] { file.read("none of this name"); });
  });
  return 0;
}
