// SPDX-License-Identifier: MIT
#include "espalier/io/load.hpp"

#include "data/files.hpp"
#include "espalier/constraint/cayley.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/learned_bound.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/constraint/spectral_normalized.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/io/save.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/layer/monotone_dense.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/sandwich.hpp"
#include "nets.hpp"

using namespace espalier;

namespace {

/// Layers of every kind that has parameters.
auto zoo() {
  return Sequential(Conv2D(Image{4, 4, 2}, 3, Kernel{3, 2}, WeightNorm{}), BatchNorm(3, {.per = 6}),
                    Identity{},
                    Residual{Dense(18, 4, Clip{-0.5, 0.5}), Tanh{}, Dense(4, 18, SoftplusWeight{})},
                    Concat{Chain{Dense(18, 2), ELU{}}, Dense(18, 4, UnitNormalized{}, NoBias{})},
                    Sandwich(6, 6), MonotoneDense(6, 6, Tanh{}), Dense(6, 6, LearnedBound<InfinityNorm>{}),
                    Dense(6, 6, SpectralNormalized{}), Dense(6, 6, Cayley{}),
                    LSTM(3, 2, 2, {}, RecurrentWeight{WeightNorm{}}), Dense(4, 2));
}

/// Bytes of a file that a small net wrote, and another net to read it.
struct Small {
  TemporaryDirectory directory{};
  Sequential<float, Dense<Dynamic, Dynamic, Clip>, Tanh, Dense<>> net{Dense(2, 3, Clip{-0.5, 0.5}), Tanh{},
                                                                      Dense(3, 1)};
  decltype(net) other = net;
  std::string bytes;

  Small() {
    initialize(net, {.seed = 1});
    initialize(other, {.seed = 2});
    save(net, directory / "net");
    bytes = detail::read_file(directory / "net");
  }
};

}  // namespace

TEST_CASE("a net of every layer that is saved and loaded is the same value, and predicts the same bits") {
  const TemporaryDirectory directory;
  auto net = zoo();
  initialize(net, {.seed = 1});
  const Matrix<float> x = random_matrix<float>(32, 6, 1);
  net.forward(x);  // running averages move
  save(net, directory / "net.safetensors");
  auto fresh = zoo();
  initialize(fresh, {.seed = 2});
  CHECK_FALSE(fresh == net);
  CHECK(load(fresh, directory / "net.safetensors").complete());
  CHECK(fresh == net);
  CHECK(fresh.predict(x) == net.predict(x));
}

TEST_CASE("the other precision is converted, and back to the same bits") {
  const Dense first(3, 4, WeightNorm{});
  const Dense last(4, 2);
  Sequential net{first, last}, back = net;
  initialize(net, {.seed = 1});
  auto precise = sequential<double>(first, last);
  CHECK(load(precise, tensors(net)).complete());
  const Matrix<float> x = random_matrix<float>(3, 6, 1);
  CHECK(precise.predict(x.cast<double>()).isApprox(net.predict(x).cast<double>(), 1e-6));
  load(back, tensors(precise));
  CHECK(back == net);
}

TEST_CASE("numbers stay at their addresses") {
  Small small;
  const float* const before = small.other.values().data();
  load(small.other, small.directory / "net");
  CHECK(small.other.values().data() == before);
  CHECK(small.other == small.net);
}

TEST_CASE("a file torn at any byte is refused, and the model is as it was") {
  Small small;
  const auto before = small.other;
  for (std::size_t length = 0; length < small.bytes.size(); ++length) {
    const auto path = small.directory.write("torn", std::string_view(small.bytes).substr(0, length));
    INFO(length);
    CHECK_THROWS_AS(load(small.other, path), FileError);
    REQUIRE(small.other == before);
  }
}

TEST_CASE("a bit that flips anywhere is refused with the model as it was, or leaves it inside its sets") {
  Small small;
  const auto before = small.other;
  int loaded = 0;
  for (std::size_t k = 0; k < small.bytes.size(); ++k)
    for (int bit = 0; bit < 8; bit += k < 8 ? 1 : 3) {
      std::string flipped = small.bytes;
      flipped[k] = static_cast<char>(flipped[k] ^ (1 << bit));
      auto other = before;
      try {
        load(other, parse_tensors(flipped, "flipped"));
        ++loaded;
        REQUIRE(feasible(other));
        REQUIRE(std::all_of(other.values().begin(), other.values().end(),
                            [](float w) { return std::isfinite(w); }));
      } catch (const Error&) {
        REQUIRE(other == before);
      }
    }
  CHECK(loaded > 0);  // bits of numbers and of texts that nobody compares
}

TEST_CASE("a file that is not there is refused with its path") {
  Small small;
  CHECK(message_of([&] {
          load(small.other, small.directory / "none");
        }).ends_with("none: expected a readable file, found none of that name"));
}
