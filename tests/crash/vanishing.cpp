// SPDX-License-Identifier: MIT
// A file vanishes, or becomes shorter, while somebody reads it.
#include <atomic>
#include <filesystem>
#include <thread>

#include "../data/files.hpp"
#include "espalier/data/csv.hpp"
#include "espalier/data/mnist.hpp"
#include "espalier/data/npz.hpp"
#include "espalier/io/tensor_file.hpp"

using namespace espalier;
namespace fs = std::filesystem;

namespace {

/// Takes a file away and puts it back, all the time.
class Flicker {
 public:
  explicit Flicker(fs::path path) : path_(std::move(path)) {}
  ~Flicker() {
    stop_ = true;
    thread_.join();
  }

 private:
  void run() const {
    std::error_code ignored;
    const fs::path away = path_.string() + ".away";
    while (!stop_) {
      fs::rename(path_, away, ignored);
      std::this_thread::yield();
      fs::rename(away, path_, ignored);
    }
  }

  fs::path path_;
  std::atomic<bool> stop_ = false;
  std::thread thread_{[this] { run(); }};
};

/// Reads again and again: the file as it is, or an error that names it.
template <class Read>
void read_flickering(const fs::path& path, Read read) {
  const auto whole = read();
  {
    const Flicker flicker(path);
    for (int k = 0; k < 300; ++k) try {
        const auto found = read();
        CHECK(found == whole);
      } catch (const FileError& error) {
        CHECK(std::string(error.what()).starts_with(path.string() + ": expected "));
      }
  }
  CHECK(read() == whole);
}

const Matrix<float> small = Matrix<float>::Ones(2, 2), large = Matrix<float>::Ones(200, 200);
const std::string images = from_hex("00000803000000010000000100000002") + "\x01\x02",
                  labels = from_hex("0000080100000001") + "\x07";

}  // namespace

TEST_CASE("A file that comes and goes is read as it is, or refused by its name") {
  const TemporaryDirectory folder;
  const fs::path table = folder.write("a.csv", "a,b,y\n1,u,3\n4,v,6\n"), array = folder / "a.npy",
                 arrays = folder / "a.npz", tensors = folder / "a.safetensors";
  write_npy(array, small);
  write_npz(arrays, {{"x", small}});
  TensorFile file;
  file.tensors.push_back(Tensor::of<double>("x", {2}, std::vector<double>{1, 2}));
  write_tensors(tensors, file);
  read_flickering(table, [&] { return read_csv(table, {.target = "y", .text = Text::one_hot}).inputs; });
  read_flickering(array, [&] { return read_npy(array); });
  read_flickering(arrays, [&] { return Npz(arrays).read("x"); });
  read_flickering(tensors, [&] { return read_tensors(tensors); });
}

TEST_CASE("A part of MNIST whose file comes and goes is read as it is, or refused by its name") {
  const TemporaryDirectory folder;
  folder.write("train-images-idx3-ubyte", images);
  const fs::path path = folder.write("train-labels-idx1-ubyte", labels);
  read_flickering(path, [&] { return read_mnist(folder / "", MnistPart::train).labels; });
}

TEST_CASE(
    "An archive that becomes shorter between two arrays is refused, and one that is removed is still read") {
  const TemporaryDirectory folder;
  const fs::path path = folder / "a.npz";
  write_npz(path, {{"x", large}, {"y", large}});
  Npz file(path);
  CHECK(file.read("x").size() == 40000);
  fs::resize_file(path, fs::file_size(path) / 2);
  CHECK(message_of([&] { file.read("y"); }).starts_with(path.string()));
  write_npz(path, {{"x", small}});
  Npz other(path);
  fs::remove(path);
  CHECK(other.read("x") == small);
}
