// SPDX-License-Identifier: MIT
#include "espalier/io/run_file.hpp"

#include <cmath>
#include <fstream>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/train/early_stopping.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;
namespace fs = std::filesystem;

namespace {

struct Run {
  Sequential<float, Dense<>> net{Dense(2, 2)};
  Optimizer<Adam> optimizer{Adam{}};
  EarlyStopping stopping{};
  TrainState state{};

  void train() {
    initialize(net, {.seed = 1});
    fit(net, two_halves(40), CrossEntropy{}, optimizer, {.epochs = 2, .state = &state}, stopping);
  }
  TensorFile file() const { return detail::run_file(net, optimizer, state, stopping); }
  void take(const TensorFile& file) { detail::take_run(file, "file", {}, net, optimizer, state, stopping); }
};

}  // namespace

TEST_CASE("A run goes to a value and back, and the value is the same again") {
  Run run, other;
  run.train();
  const TensorFile file = run.file();
  other.take(file);
  CHECK(other.file() == file);
  CHECK(other.net == run.net);
  CHECK(other.state.epoch() == 2);
  CHECK(std::isnan(other.state.history[1].validation_loss));
  CHECK(other.state.history[1].training_loss == run.state.history[1].training_loss);
}

TEST_CASE("Without one of its tensors or texts a run is refused, and nothing changes") {
  Run run;
  run.train();
  const TensorFile whole = run.file();
  Run other;
  const TensorFile before = other.file();
  for (std::size_t k = 0; k < whole.tensors.size(); ++k) {
    TensorFile less = whole;
    less.tensors.erase(less.tensors.begin() + static_cast<std::ptrdiff_t>(k));
    CAPTURE(whole.tensors[k].name);
    const std::string message = message_of([&] { other.take(less); });
    CHECK_FALSE(message.empty());
    if (!whole.tensors[k].name.starts_with("optimizer."))  // these are restore's to miss
      CHECK(message.starts_with("file, "));
    CHECK(other.file() == before);
  }
  CHECK(message_of([&] {
          TensorFile less = whole;
          less.metadata.erase("step");
          other.take(less);
        }) == "file, step: expected metadata of this name, found none");
  for (const auto& [key, value] : whole.metadata) {
    if (key == "checksum" || key == "format" || key == "espalier.version")
      continue;  // of read_run, of people
    TensorFile less = whole;
    less.metadata.erase(key);
    CAPTURE(key);
    CHECK_FALSE(message_of([&] { other.take(less); }).empty());
    CHECK(other.file() == before);
  }
}

TEST_CASE("Every flipped bit of the numbers is noticed, and another text") {
  Run run;
  run.train();
  TensorFile file = run.file();
  const std::uint64_t sum = detail::checksum(file);
  for (Tensor& tensor : file.tensors)
    for (char& byte : tensor.bytes)
      for (int bit = 0; bit < 8; ++bit) {
        byte = static_cast<char>(byte ^ 1 << bit);
        CHECK(detail::checksum(file) != sum);
        byte = static_cast<char>(byte ^ 1 << bit);
      }
  for (auto& [key, value] : file.metadata) {
    if (key == "checksum") continue;
    value += 'x';
    CHECK(detail::checksum(file) != sum);
    value.pop_back();
  }
  CHECK(detail::checksum(file) == sum);
}

TEST_CASE("A file of tensors that is no run is refused as such") {
  const fs::path path = fs::temp_directory_path() / "espalier_no_run.safetensors";
  write_tensors(path, TensorFile{});
  CHECK(message_of([&] { detail::read_run(path); }) ==
        path.string() + ": expected a file of a run (\"espalier run 1\"), found another file of tensors");
  TensorFile file;
  file.metadata["format"] = "espalier run 1";
  write_tensors(path, file);
  CHECK(message_of([&] { detail::read_run(path); }) ==
        path.string() + ", checksum: expected metadata of this name, found none");
  fs::remove(path);
}
