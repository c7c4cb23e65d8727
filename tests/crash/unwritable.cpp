// SPDX-License-Identifier: MIT
// The folder is read-only, or the disk full, when a file is to be written.
#if __has_include(<sys/resource.h>)
#include <filesystem>
#include <functional>
#include <utility>

#include "../limits.hpp"
#include "espalier/data/npz.hpp"
#include "espalier/export/write_header.hpp"
#include "espalier/export/write_onnx.hpp"
#include "espalier/io/history.hpp"
#include "espalier/io/save.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;
namespace fs = std::filesystem;

namespace {

using Write = std::function<void(const fs::path&)>;

/// All that writes a file by its path, each a file of more than 20 bytes.
std::vector<std::pair<const char*, Write>> writers() {
  static const Matrix<float> matrix = Matrix<float>::Ones(4, 4);
  static const auto net = [] {
    Sequential made{Dense(2, 2)};
    initialize(made, {.seed = 1});
    return made;
  }();
  return {
      {"net.safetensors", [](const fs::path& path) { save(net, path); }},
      {"net.hpp", [](const fs::path& path) { write_header(net, path, {.name = "net"}); }},
      {"net.onnx", [](const fs::path& path) { write_onnx(net, path); }},
      {"history.csv", [](const fs::path& path) { write_csv(History(3), path); }},
      {"history.jsonl", [](const fs::path& path) { write_json_lines(History(3), path); }},
      {"x.npy", [](const fs::path& path) { write_npy(path, matrix); }},
      {"x.npz",
       [](const fs::path& path) {
         write_npz(path, {{"x", matrix}});
       }},
  };
}

std::string refused(const fs::path& path, std::string_view why) {
  return path.string() + ": expected a file that can be written, found " + std::string(why);
}

}  // namespace

TEST_CASE(
    "In a read-only folder no file is written, the message names file and reason, and the old file stays") {
  if (!NotRoot::is_possible()) {
    WARN("root cannot become another user here: not tested");
    return;
  }
  for (const auto& [name, write] : writers()) {
    CAPTURE(name);
    const ClosedFolder folder;
    const fs::path old = folder.write(name, "old"), none = folder / (std::string("new_") + name);
    folder.close();
    std::string over_old, to_new;
    {
      const NotRoot user;
      over_old = message_of([&] { write(old); });
      to_new = message_of([&] { write(none); });
    }
    CHECK(over_old == refused(old, "Permission denied"));
    CHECK(to_new == refused(none, "Permission denied"));
    CHECK(detail::read_bytes(old) == "old");
    CHECK(folder.entries() == 1);
    folder.open();
    CHECK_NOTHROW(write(old));
    CHECK(detail::read_bytes(old).size() > 20);
  }
}

TEST_CASE("On a full disk no file is written, the message names file and reason, and the old file stays") {
  for (const auto& [name, write] : writers()) {
    CAPTURE(name);
    const ClosedFolder folder;
    const fs::path old = folder.write(name, "old"), none = folder / (std::string("new_") + name);
    std::string over_old, to_new;
    {
      const LargestFile full(20);
      over_old = message_of([&] { write(old); });
      to_new = message_of([&] { write(none); });
    }
    CHECK(over_old == refused(old, "File too large"));
    CHECK(to_new == refused(none, "File too large"));
    CHECK(detail::read_bytes(old) == "old");
    CHECK(folder.entries() == 1);
  }
}
#endif
