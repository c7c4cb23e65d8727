// SPDX-License-Identifier: MIT
// The file of a run: read with its checksum, and taken up without it.
#include "espalier/io/run_file.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/train/early_stopping.hpp"
#include "espalier/train/norm_log.hpp"
#include "fuzz.hpp"

using namespace espalier;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::survives([&] {
    const TensorFile file = parse_tensors(fuzz::text_of(data, size), "fuzz.run");
    for (const Changed changed : {Changed::refuse, Changed::take}) {
      Sequential net{Dense(2, 2)};
      const Sequential before = net;
      Optimizer optimizer{Adam{}};
      EarlyStopping stopping;
      NormLog norms;
      TrainState state;
      try {
        detail::take_run(file, "fuzz.run", {.changed = changed}, net, optimizer, state, stopping, norms);
      } catch (const Error&) {
        fuzz::require(net == before && optimizer.steps() == 0 && state.epoch() == 0 &&
                          stopping.best_epoch() == 0 && norms.records.empty(),
                      "a run that is refused changes nothing");
      }
    }
  });
  return 0;
}
