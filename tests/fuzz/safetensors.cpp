// SPDX-License-Identifier: MIT
// Safetensors: any file as a value, which is the same when it is written and read again, and as the weights
// of a model.
#include "espalier/io/load.hpp"

#include <cmath>

#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "fuzz.hpp"

using namespace espalier;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::survives([&] {
    const TensorFile file = parse_tensors(fuzz::text_of(data, size), "fuzz.safetensors");
    for (const Tensor& tensor : file.tensors) {
      fuzz::survives([&] { tensor.numbers<float>(); });
      fuzz::survives([&] { tensor.numbers<double>(); });
    }
    Sequential net{Dense(4, 3), Tanh{}, Dense(3, 2)};
    const Sequential before = net;
    try {
      load(net, file, {.strict = false});
      for (const float w : net.values()) fuzz::require(std::isfinite(w), "loaded weights are finite");
    } catch (const Error&) {
      fuzz::require(net == before, "a model that is refused is as it was");
    }
  });
  return 0;
}
