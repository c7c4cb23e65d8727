// SPDX-License-Identifier: MIT
// NPY: an array that was read and is written is read again to the bit.
#include "espalier/data/npy.hpp"

#include "fuzz.hpp"

using namespace espalier;

namespace {

template <Scalar S>
Matrix<S> read(std::string bytes) {
  detail::ByteSource source(std::move(bytes), "fuzz.npy");
  return detail::read_npy_values<S>(source, detail::open_npy(source));
}

template <Scalar S>
void write_and_read(const std::string& bytes) {
  const Matrix<S> values = read<S>(bytes);
  const ArrayView view(values);
  const Matrix<S> again = read<S>(detail::npy_header(view, "fuzz.npy").append(view.data, view.bytes()));
  fuzz::require(again.rows() == values.rows() && again.cols() == values.cols(), "the same shape");
  fuzz::require(std::memcmp(again.data(), values.data(), view.bytes()) == 0, "the same bits");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = fuzz::text_of(data, size);
  fuzz::survives([&] { write_and_read<float>(bytes); });
  fuzz::survives([&] { write_and_read<double>(bytes); });
  fuzz::survives([&] {
    detail::ByteSource source(bytes, "fuzz.npy");
    for (const int label : detail::read_npy_labels(source, detail::open_npy(source)))
      fuzz::require(label >= 0, "labels from 0 on");
  });
  return 0;
}
