// SPDX-License-Identifier: MIT
// IDX: numbers and labels.
#include "espalier/data/idx.hpp"

#include "fuzz.hpp"

using namespace espalier;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = fuzz::text_of(data, size);
  const auto with = [&](auto use) {
    fuzz::survives([&] {
      detail::ByteSource source(bytes, "fuzz.idx");
      const detail::IdxFile file = detail::open_idx(source);
      use(source, file);
    });
  };
  with([](detail::ByteSource& source, const detail::IdxFile& file) {
    detail::read_idx_values<float>(source, file, {});
  });
  with([](detail::ByteSource& source, const detail::IdxFile& file) {
    detail::read_idx_values<double>(source, file, {.divisor = 3});
  });
  with([](detail::ByteSource& source, const detail::IdxFile& file) {
    for (const int label : detail::read_label_numbers(source, file.where, file.format, file.count))
      fuzz::require(label >= 0, "labels from 0 on");
  });
  return 0;
}
