// SPDX-License-Identifier: MIT
// That headers compile and compute is tested in tests/export.
#include "espalier/export/write_header.hpp"

#include <iterator>
#include <limits>

#include "data/files.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

auto small_net() {
  Sequential net{Dense(3, 4, MaxNorm{.radius = 1}), Tanh{}, Dense(4, 2)};
  initialize(net, {.seed = 1});
  return net;
}

}  // namespace

TEST_CASE("the file is the text, in place of what was there") {
  const TemporaryDirectory folder;
  const auto net = small_net();
  const std::string file = folder.write("net.hpp", "old").string();
  write_header(net, file, {.name = "small"});
  CHECK(bytes_of(file) == header_text(net, {.name = "small"}));
  CHECK(bytes_of(file).find("3 -> 4 -> 2, 26 trained numbers") != std::string::npos);
  CHECK(std::distance(std::filesystem::directory_iterator(folder / ""), {}) == 1);
}

TEST_CASE("a file that cannot be written is an error that names it, and what was there stays") {
  const TemporaryDirectory folder;
  const auto net = small_net();
  const std::string nowhere = (folder / "no/folder/net.hpp").string();
  CHECK(message_of([&] { write_header(net, nowhere, {.name = "small"}); }) ==
        nowhere + ": expected a file that can be written, found No such file or directory");
  std::filesystem::create_directory(folder / "taken");
  folder.write("taken/inside", "x");
  CHECK_THROWS_AS(write_header(net, (folder / "taken").string(), {.name = "small"}), FileError);
  CHECK(std::distance(std::filesystem::directory_iterator(folder / ""), {}) == 1);
}

TEST_CASE("bad names and weights that are not finite are refused before anything is written") {
  const TemporaryDirectory folder;
  auto net = small_net();
  const std::string file = folder.write("net.hpp", "old").string();
  CHECK_THROWS_AS(write_header(net, file, {.name = "class"}), ValueError);
  CHECK_THROWS_AS(write_header(net, file, {}), ValueError);
  detail::arena(net)[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(write_header(net, file, {.name = "small"}), NotFiniteError);
  CHECK(bytes_of(file) == "old");
}

TEST_CASE("on request a header has the certificates of the net as constants, in C++ and in C") {
  auto net = small_net();
  assign(net, "0.weight", Matrix<float>{{-0.5F, 0, 0.5F}, {0, 0, 0.5F}, {0, 0, 0}, {-0.25F, 0, 0}});
  assign(net, "2.weight", Matrix<float>{{1, 1, 1, 1}, {1, 0, 1, 0}});
  const std::string cpp = header_text(net, {.name = "small", .certificates = true}),
                    c = header_text(net, {.name = "small", .language = Language::c, .certificates = true});
  detail::CodeStyle exact{};
  exact.single = false;
  const LipschitzBounds bounds = lipschitz(net);
  const auto has = [](const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
  };
  CHECK(has(cpp, "inline constexpr double lipschitz_1 = " + exact.number(bounds.one) + ";\n"));
  CHECK(has(cpp, "inline constexpr double lipschitz_2 = " + exact.number(bounds.two) + ";\n"));
  CHECK(has(cpp, "inline constexpr signed char input_signs[3] = {\n    -1, 0, 1};\n"));
  CHECK(has(c, "#define small_lipschitz_infinity " + exact.number(bounds.infinity) + "\n"));
  CHECK(has(c, "static const signed char small_input_signs[3] = {\n    -1, 0, 1};\n"));
  CHECK_FALSE(has(header_text(net, {.name = "small"}), "lipschitz"));
}

TEST_CASE("the violation is that of the audit") {
  auto net = small_net();
  detail::arena(net)[0] = 3;
  const double violation = audit(net).violation();
  REQUIRE(violation > 1);
  detail::CodeStyle exact{"", false, false};
  CHECK(header_text(net, {.name = "small"}).find("violation = " + exact.number(violation) + ";") !=
        std::string::npos);
}
