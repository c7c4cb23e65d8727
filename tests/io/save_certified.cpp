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
