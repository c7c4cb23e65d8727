// SPDX-License-Identifier: MIT
// CSV: the first bytes choose the options, the others are the file. What is read holds together, and its
// preparation comes back from its text.
#include "espalier/data/csv.hpp"

#include "espalier/data/preparation_text.hpp"
#include "fuzz.hpp"

using namespace espalier;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  CsvOptions options;
  options.gaps = static_cast<Gaps>(data[0] % 5);
  options.text = static_cast<Text>(data[0] / 5 % 3);
  options.header = static_cast<CsvHeader>(data[0] / 15 % 3);
  if (data[1] & 1) options.label = data[1] & 2 ? "last" : "first";
  if (data[1] & 4) options.target = "y";
  options.mark_gaps = data[1] & 8, options.drop_unlabeled = data[1] & 16;
  options.units = data[1] & 32, options.trailing_separators = data[1] & 64,
  options.usual_marks = !(data[1] & 128);
  options.separator = ",; \t"[data[2] % 4];
  options.decimal = data[2] & 4 ? ',' : '.';
  options.comment = data[2] & 8 ? '#' : '\0';
  options.thousands = data[2] & 16 ? '_' : '\0';
  options.skip = data[3] % 4;
  if (data[3] & 4) options.dates = 0;
  options.date_order = static_cast<DateOrder>(data[3] / 8 % 3);
  fuzz::survives([&] {
    const Dataset read = parse_csv(fuzz::text_of(data + 4, size - 4), options);
    fuzz::require(read.samples() > 0, "what is read has samples");
    if (!read.preparation) return;
    const std::string text = to_text(*read.preparation);
    fuzz::require(to_text(preparation_from_text(text)) == text, "a preparation comes back from its text");
    fuzz::require(read.preparation->features() == read.features(), "a preparation makes the features");
  });
  return 0;
}
