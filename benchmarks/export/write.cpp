// SPDX-License-Identifier: MIT
// Writes the headers that the suite "export" measures into a folder: write <folder>.
#include <espalier/espalier.hpp>
#include <espalier/io.hpp>

#include "../export_nets.hpp"

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  const std::string folder = std::string(argv[1]) + "/";
  using namespace espalier;
  write_header(bench::small_net(), folder + "small_net.hpp", {.name = "small_net"});
  write_header(bench::digits_net(), folder + "digits_net.hpp", {.name = "digits_net"});
  write_header(bench::wide_net(), folder + "wide_net.hpp", {.name = "wide_net"});
  write_header(bench::sparse_net(), folder + "sparse_net.hpp", {.name = "sparse_net"});
  write_header(bench::sparse_net(), folder + "sparse_fast_net.hpp",
               {.name = "sparse_fast_net", .zeros = ZeroWeights::fastest});
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
