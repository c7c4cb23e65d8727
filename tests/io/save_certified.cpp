// SPDX-License-Identifier: MIT
#include "espalier/io/save_certified.hpp"

#include "data/files.hpp"
#include "espalier/io/load.hpp"
#include "espalier/layer/dense.hpp"
#include "nets.hpp"

using namespace espalier;

TEST_CASE("a file saved with certificates says them, and is read as any other") {
  const TemporaryDirectory folder;
  Sequential net{Dense(3, 2)}, other = net;
  initialize(net, {.seed = 1});
  save(net, folder / "net.safetensors", CertifyOptions{});
  const TensorFile file = read_tensors(folder / "net.safetensors");
  CHECK(file.metadata.at("espalier.certificates") == text_of(certificates(net)));
  CHECK(file.metadata.at("espalier.audit") == tensors(net).metadata.at("espalier.audit"));
  load(other, folder / "net.safetensors");
  CHECK(other == net);
  CHECK(tensors(net).metadata.count("espalier.certificates") == 0);
}

TEST_CASE("the file of an integer net says how wide its accumulators are") {
  const TemporaryDirectory folder;
  Sequential net{Dense(3, 2, Quantized{.step = 1, .lo = -4, .hi = 4})};
  assign(net, "0.weight", Matrix<float>{{1, -1, 2}, {4, 4, 4}});
  save(net, folder / "net.safetensors", CertifyOptions{.integers = IntegerInputs{{0, 3}}});
  CHECK(read_tensors(folder / "net.safetensors")
            .metadata.at("espalier.certificates")
            .find("layer 0, integers from 0 to 3: partial sums from -3 to 36, accumulators of 7 bits\n") !=
        std::string::npos);
}
