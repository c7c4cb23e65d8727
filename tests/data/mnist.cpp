// SPDX-License-Identifier: MIT
#include "espalier/data/mnist.hpp"

#include "data/files.hpp"

using namespace espalier;

namespace {

// Three images of 2 rows and 2 columns, and their labels.
const std::string images = from_hex(
    "00000803000000030000000200000002"
    "00ff33010203040506070809");
const std::string labels = from_hex(
    "0000080100000003"
    "070009");

}  // namespace

TEST_CASE("MNIST is found by its file names") {
  const TemporaryDirectory directory;
  directory.write("train-images-idx3-ubyte", images);
  directory.write("train-labels-idx1-ubyte", labels);
  const std::filesystem::path root = directory / "";
  const Dataset data = read_mnist(root, MnistPart::train);
  data.validate();
  CHECK(data.samples() == 3);
  CHECK(data.features() == 4);
  CHECK(data.labels == std::vector<int>{7, 0, 9});
  CHECK(data.classes() == 10);
  CHECK(read_mnist<double>(root, MnistPart::train, {.divisor = 1}).inputs(1, 0) == 255);

  const std::string message = message_of([&] { read_mnist(root, MnistPart::test); });
  CHECK(message == (root / "t10k-images-idx3-ubyte").string() +
                       ": expected this file, t10k-images.idx3-ubyte, or one of them with .gz, found none");
  const auto image_file = root / "train-images-idx3-ubyte", nowhere = root / "nowhere";
  const auto refused = [](const std::filesystem::path& path) {
    return message_of([&] { read_mnist(path, MnistPart::train); });
  };
  CHECK(refused(image_file) ==
        image_file.string() + ": expected the folder with the files of the set, found a file");
  CHECK(refused(nowhere) ==
        nowhere.string() + ": expected the folder with the files of the set, found none of that name");
}

TEST_CASE("A set with another number of labels than images, or a label above 9, is refused") {
  const TemporaryDirectory directory;
  directory.write("train-images-idx3-ubyte", images);
  directory.write("train-labels-idx1-ubyte", from_hex("00000801000000020700"));
  CHECK(message_of([&] { read_mnist(directory / "", MnistPart::train); }).find("expected 3 labels") !=
        std::string::npos);
  directory.write("train-labels-idx1-ubyte", from_hex("000008010000000307000a"));
  CHECK(message_of([&] {
          read_mnist(directory / "", MnistPart::train);
        }).find("expected labels from 0 to 9, found 10 at sample 2, counted from 0") != std::string::npos);
}

TEST_CASE("other spellings of the names are found, and folders of the name are looked into") {
  const TemporaryDirectory directory;
  const std::filesystem::path root = directory / "";
  directory.write("train-images.idx3-ubyte", images);
  std::filesystem::create_directory(root / "train-labels-idx1-ubyte");
  CHECK_THROWS_AS(read_mnist(root, MnistPart::train), FileError);
  directory.write("train-labels-idx1-ubyte/train-labels.idx1-ubyte", labels);
  CHECK(read_mnist(root, MnistPart::train).samples() == 3);
  // A file beside the folder comes first, here a plain one in spite of its name.
  directory.write("train-labels-idx1-ubyte.gz", from_hex("0000080100000003"
                                                         "010203"));
  CHECK(read_mnist(root, MnistPart::train).labels == std::vector<int>{1, 2, 3});
}

TEST_CASE("Fashion-MNIST has its own classes") {
  const TemporaryDirectory directory;
  directory.write("t10k-images-idx3-ubyte", images);
  directory.write("t10k-labels-idx1-ubyte", labels);
  const Dataset data = read_mnist(directory / "", MnistPart::test, {.set = MnistSet::fashion});
  CHECK(data.classes() == 10);
  CHECK(data.class_names[7] == "Sneaker");
}

TEST_CASE("EMNIST is found by the names of its sets, and the labels of its letters begin at 1") {
  const TemporaryDirectory directory;
  const std::filesystem::path root = directory / "";
  directory.write("emnist-letters-test-images-idx3-ubyte", images);
  directory.write("emnist-letters-test-labels-idx1-ubyte", from_hex("0000080100000003"
                                                                    "01021a"));
  const Dataset letters = read_mnist(root, MnistPart::test, {.set = MnistSet::emnist_letters});
  CHECK(letters.labels == std::vector<int>{0, 1, 25});
  CHECK(letters.classes() == 26);
  CHECK(letters.class_names[25] == "Z");
  directory.write("emnist-letters-test-labels-idx1-ubyte", from_hex("0000080100000003"
                                                                    "01001a"));
  CHECK(message_of([&] {
          read_mnist(root, MnistPart::test, {.set = MnistSet::emnist_letters});
        }).ends_with("expected labels from 1 to 26, found 0 at sample 1, counted from 0"));
  CHECK(message_of([&] {
          read_mnist(root, MnistPart::train, {.set = MnistSet::emnist_by_class});
        }).find("emnist-byclass-train-images-idx3-ubyte: ") != std::string::npos);
}

TEST_CASE("the classes of EMNIST are those of its mapping files") {
  const auto names = [](MnistSet set) {
    std::string all;
    for (const std::string& name : detail::mnist_kind(set).classes) all += name;
    return all;
  };
  // emnist-balanced-mapping.txt and emnist-bymerge-mapping.txt: label and code of the character
  const std::vector<int> merged{48, 49, 50, 51, 52, 53, 54,  55,  56,  57,  65,  66,  67,  68,  69, 70,
                                71, 72, 73, 74, 75, 76, 77,  78,  79,  80,  81,  82,  83,  84,  85, 86,
                                87, 88, 89, 90, 97, 98, 100, 101, 102, 103, 104, 110, 113, 114, 116};
  CHECK(names(MnistSet::emnist_balanced) == std::string(merged.begin(), merged.end()));
  CHECK(names(MnistSet::emnist_by_merge).size() == 47);
  CHECK(names(MnistSet::emnist_by_class).size() == 62);
  CHECK(names(MnistSet::emnist_by_class).substr(35, 2) == "Za");
  CHECK(names(MnistSet::emnist_digits) == "0123456789");
}

TEST_CASE("another set in such files has any number of classes") {
  const TemporaryDirectory directory;
  directory.write("train-images-idx3-ubyte", images);
  directory.write("train-labels-idx1-ubyte", from_hex("0000080100000003"
                                                      "013e00"));
  const Dataset data = read_mnist(directory / "", MnistPart::train, {.set = MnistSet::other});
  CHECK(data.classes() == 63);
  CHECK(data.labels[1] == 62);
}
