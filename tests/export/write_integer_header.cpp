// SPDX-License-Identifier: MIT
#include "espalier/export/write_integer_header.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "../nets.hpp"
#include "data/files.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/signed_sum_bound.hpp"
#include "espalier/constraint/top_k_sum.hpp"
#include "espalier/export/write_header.hpp"
#include "espalier/layer/activation.hpp"
#include "generated.hpp"

using namespace espalier;

namespace {

constexpr double step = 1.0 / 64;
const QuantizedTowardZero levels{step, -127 * step, 127 * step};
const IntegerInputs binary{IntegerRange::unsigned_bits(1, 6)}, pixels{IntegerRange::signed_bits(8), 0.25};

auto sparse_net() {
  Sequential net{Dense(40, 8, levels, TopKSum{6, 300 * step}),
                 QuantizedReLU{.step = 2 * step, .hi = 100 * step},
                 Dense(8, 5, levels, SignedSumBound{200 * step}),
                 QuantizedReLU{.step = step, .hi = 127 * step}, Dense(5, 2, levels)};
  initialize(net, {.seed = 1});
  edit(net, [](std::span<float> all) {
    Rng rng{3};
    for (float& w : all) w += static_cast<float>(0.3 * rng.normal());
  });
  round_biases(net, binary);
  return net;
}
auto dense_net() {
  Sequential net{Dense(9, 1, Quantized{.step = 1.0 / 256, .lo = -4, .hi = 4})};
  initialize(net, {.seed = 2});
  round_biases(net, pixels);
  return net;
}

/// What a program makes of numbers on its standard input.
std::vector<double> output_of(const TemporaryDirectory& folder, const std::string& program,
                              const std::string& in) {
  const std::string file = folder.write("in", in).string(), out = (folder / "out").string();
  REQUIRE(std::system((program + " < " + file + " > " + out).c_str()) == 0);
  std::ifstream stream(out);
  return {std::istream_iterator<double>(stream), {}};
}

}  // namespace

TEST_CASE(
    "The compiled header computes the net, to the bit, from all inputs and from those that are on, and so "
    "does "
    "the header of floats") {
  const TemporaryDirectory folder;
  const auto sparse = sparse_net();
  const auto dense = dense_net();
  write_integer_header(sparse, folder / "sparse.hpp", binary, {.name = "sparse"});
  write_integer_header(dense, folder / "dense.hpp", pixels, {.name = "dense"});
  write_header(sparse, folder / "floats.hpp", {.name = "floats"});
  const std::string source = folder
                                 .write("main.cpp", R"(#include <cstdio>
 #include "dense.hpp"
 #include "floats.hpp"
 #include "sparse.hpp"
int main() {
  for (int sample = 0; sample < 100; ++sample) {
    signed char a[40] = {};
    float c[40] = {}, sums[2];
    int b[9], on[6];
    std::int32_t out[2], other[2], one[1];
    for (int& place : on) if (std::scanf("%d", &place) == 1) a[place] = 1, c[place] = 1;
    for (int& x : b) if (std::scanf("%d", &x) != 1) return 3;
    sparse::predict(a, out), sparse::predict_on(on, 6, other), dense::predict(b, one);
    if (out[0] != other[0] || out[1] != other[1]) return 2;
    floats::predict(c, sums);
    for (int k = 0; k < 2; ++k) if (sums[k] != static_cast<float>(out[k] * sparse::unit)) return 4;
    std::printf("%.17g %.17g %.17g\n", out[0] * sparse::unit, out[1] * sparse::unit, one[0] * dense::unit);
  }
}
)")
                                 .string();
  const std::string program = (folder / "program").string();
  REQUIRE(std::system(("g++ -std=c++17 " + std::string(warnings) +
                       " -fsanitize=undefined -fno-sanitize-recover " + source + " -o " + program)
                          .c_str()) == 0);
  Rng rng{4};
  Matrix<float> a = Matrix<float>::Zero(40, 100), b(9, 100);
  std::ostringstream in;
  for (Index s = 0; s < 100; ++s) {
    for (int on = 0; on < 6;) {
      const Index place = rng.below(40);
      if (a(place, s) == 1) continue;
      a(place, s) = 1, ++on;
      in << place << ' ';
    }
    for (Index i = 0; i < 9; ++i) {
      const Index x = rng.below(256) - 128;
      b(i, s) = 0.25F * static_cast<float>(x);
      in << x << ' ';
    }
  }
  const std::vector<double> found = output_of(folder, program, in.str());
  const Matrix<float> y = sparse.predict(a), z = dense.predict(b);
  REQUIRE(found.size() == 300);
  for (std::size_t s = 0; s < 100; ++s) {
    const auto sample = static_cast<Index>(s);
    REQUIRE((found[3 * s] == static_cast<double>(y(0, sample)) &&
             found[3 * s + 1] == static_cast<double>(y(1, sample))));
    REQUIRE(found[3 * s + 2] == static_cast<double>(z(0, sample)));
  }
  CHECK(y.minCoeff() < y.maxCoeff());
}

TEST_CASE("Numbers take as few bits as weights and certificate allow, and the certificate is in the file") {
  const std::string text = integer_header_text(sparse_net(), binary, {.name = "small"});
  const auto has = [&](const std::string& part) { return text.find(part) != std::string::npos; };
  CHECK(has("std::int8_t weights_0[320]"));
  CHECK(has("std::int16_t biases_0[8]"));
  CHECK(has("at most 6 are not 0"));
  const std::vector<int> bits = accumulator_bits(sparse_net(), binary);
  CHECK(has("accumulator_bits[3] = {" + std::to_string(bits[0]) + "," + std::to_string(bits[1]) + "," +
            std::to_string(bits[2]) + "};"));
  CHECK(bits[0] <= 10 + 1);
  const std::string other = integer_header_text(dense_net(), pixels, {.name = "small"});
  CHECK(other.find("predict_on") == std::string::npos);
  CHECK(other.find("std::int16_t weights_0[9]") != std::string::npos);
}

TEST_CASE("What has no header in integers is refused, and the file stays as it was") {
  const TemporaryDirectory folder;
  const std::string file = folder.write("net.hpp", "old").string();
  const auto net = dense_net();
  CHECK_THROWS_AS(write_integer_header(net, file, pixels, {.name = "class"}), ValueError);
  CHECK(message_of([&] {
          write_integer_header(net, file, {{0, std::int64_t{1} << 30}, 0.25}, {.name = "big"});
        })
            .starts_with(
                "0.weight: expected accumulators of at most 32 bits: bound the sums of its weights, found "));
  CHECK_THROWS_AS(write_integer_header(Sequential{Dense(2, 2), ReLU{}}, file, pixels, {.name = "big"}),
                  ValueError);
  std::ifstream stream(file);
  CHECK(std::string(std::istreambuf_iterator<char>(stream), {}) == "old");
}
