// SPDX-License-Identifier: MIT
// Data of every format become a task; what cannot be studied is refused.
#include "study/task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "espalier/data/npy.hpp"
#include "espalier/data/npz.hpp"
#include "refusal.hpp"
#include "study/option_names.hpp"

using namespace study;

namespace {

const std::string digits = "examples/data/digits.csv";  // tests run in the top folder

std::string refused(const std::filesystem::path& path, const DataOptions& options = {}) {
  return refusal([&] { load_task(path.string(), options); });
}

/// `count` rows of two numbers and what `last` says.
std::string table(long count, const std::string& header, const std::function<std::string(long)>& last) {
  std::string text = header + "\n";
  for (long k = 0; k < count; ++k) text += fmt::format("{},{},{}\n", k, (k * k) % 17, last(k));
  return text;
}

std::string two_classes(long count) {
  return table(count, "a,b,kind", [](long k) { return k % 2 ? "odd" : "even"; });
}

std::string bytes_of(long number) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(number >> shift & 0xff);
  return text;
}

/// `count` images of 2 x 3 whole numbers from 0 to 200, and their labels 0, 1, 2, ...
void write_idx(const TemporaryDirectory& folder, const std::string& stem, long count, long classes = 3) {
  std::string images = std::string("\0\0\x08\x03", 4) + bytes_of(count) + bytes_of(2) + bytes_of(3);
  std::string labels = std::string("\0\0\x08\x01", 4) + bytes_of(count);
  for (long k = 0; k < count; ++k) {
    for (long pixel = 0; pixel < 6; ++pixel) images += static_cast<char>(40 * pixel);
    labels += static_cast<char>(k % classes);
  }
  folder.write(stem + "-images-idx3-ubyte", images);
  folder.write(stem + "-labels-idx1-ubyte", labels);
}

}  // namespace

TEST_CASE("The digits are split by classes, and as images divided by 16") {
  DataOptions options;
  options.image_rows = options.image_columns = 8;
  const Task task = load_task(digits, options);
  CHECK(task.name == "digits.csv");
  CHECK(task.fit.samples() + task.test.samples() == 1797);
  CHECK(std::abs(task.test.samples() - 359) <= 1);
  CHECK(task.classes == 10);
  CHECK(task.outputs == 10);
  CHECK(task.image_rows == 8);
  CHECK(task.fit.inputs.maxCoeff() == 1);
  CHECK(task.fit.inputs.minCoeff() == 0);
  const espalier::Matrix<float> pixels = task.test.inputs * 16;
  CHECK(pixels == espalier::Matrix<float>(pixels.array().round()));
  for (int label = 0; label < 10; ++label) {
    const auto all = std::count(task.fit.labels.begin(), task.fit.labels.end(), label);
    const auto tests = std::count(task.test.labels.begin(), task.test.labels.end(), label);
    CHECK(std::abs(static_cast<double>(tests) - 0.2 * static_cast<double>(all + tests)) <= 1);
  }
  Setup setup;
  describe(task, setup);
  CHECK(setup.data == "digits.csv");
  CHECK(setup.samples == task.fit.samples());
  CHECK(setup.test_samples == task.test.samples());
  CHECK(setup.features == 64);
  CHECK(setup.classes == 10);
  CHECK(setup.outputs == 10);
  CHECK(setup.image_columns == 8);
  CHECK(setup.checksum == task.checksum);
}

TEST_CASE("A table that is no image is standardized by its fit part alone") {
  const TemporaryDirectory folder;
  const auto path = folder.write("two.csv", two_classes(50));
  const Task task = load_task(path.string());
  CHECK(task.image_rows == 0);
  CHECK(task.fit.samples() == 40);
  CHECK(task.test.samples() == 10);
  for (long i = 0; i < 2; ++i) {
    const auto row = task.fit.inputs.row(i).cast<double>();
    CHECK(row.mean() == Catch::Approx(0).margin(1e-6));
    CHECK(row.squaredNorm() / 40 == Catch::Approx(1));
  }
  CHECK(task.fit.class_names == std::vector<std::string>{"even", "odd"});
}

TEST_CASE("The same file gives the same task, and the checksum tells others and other splits apart") {
  const TemporaryDirectory folder;
  const std::string text = two_classes(50);
  const auto path = folder.write("two.csv", text).string();
  const Task first = load_task(path), second = load_task(path);
  CHECK(first.checksum == second.checksum);
  CHECK(first.fit.inputs == second.fit.inputs);
  CHECK(first.test.labels == second.test.labels);
  DataOptions other;
  other.seed = 2;
  CHECK(load_task(path, other).checksum != first.checksum);
  folder.write("two.csv", "a,b,kind\n0.25,0,even\n" + text.substr(text.find("1,1")));
  CHECK(load_task(path).checksum != first.checksum);
}

TEST_CASE("A target is standardized, and its scale takes a distance back to its unit") {
  const TemporaryDirectory folder;
  const auto path = folder.write(
      "price.csv", table(50, "a,b,price", [](long k) { return fmt::format("{}", 1000 + 7 * k); }));
  DataOptions options;
  options.target = "price";
  const Task task = load_task(path.string(), options);
  CHECK(task.classes == 0);
  CHECK(task.outputs == 1);
  CHECK(task.fit.targets.rows() == 1);
  CHECK(task.fit.targets.cast<double>().mean() == Catch::Approx(0).margin(1e-6));
  // Targets are 7 apart, whatever the split.
  std::vector<double> prices;
  for (const auto* part : {&task.fit, &task.test})
    for (long k = 0; k < part->samples(); ++k)
      prices.push_back(task.target_scale * static_cast<double>(part->targets(0, k)));
  std::sort(prices.begin(), prices.end());
  for (std::size_t k = 1; k < prices.size(); ++k)
    CHECK(prices[k] - prices[k - 1] == Catch::Approx(7).epsilon(1e-4));
}

TEST_CASE("A regression on images has the scale of its target too") {
  const TemporaryDirectory folder;
  const auto path =
      folder.write("pixels.csv", table(17, "a,b,c", [](long k) { return fmt::format("{}", 10 * k); }));
  DataOptions options;
  options.target = "c";
  options.image_rows = 1;
  options.image_columns = 2;
  const Task task = load_task(path.string(), options);
  CHECK(task.fit.inputs.maxCoeff() <= 1);
  CHECK(task.target_scale > 10);
}

TEST_CASE("A file of test samples is scaled as the first file, which is fitted whole") {
  const TemporaryDirectory folder;
  const auto path = folder.write("two.csv", two_classes(50));
  DataOptions options;
  options.test = folder.write("test.csv", "a,b,kind\n1000,3,odd\n0,0,even\n").string();
  const Task task = load_task(path.string(), options);
  CHECK(task.fit.samples() == 50);
  REQUIRE(task.test.samples() == 2);
  CHECK(task.test.labels == std::vector<int>{1, 0});
  // 0 .. 49: mean 24.5, variance (50^2 - 1) / 12
  CHECK(task.test.inputs(0, 0) == Catch::Approx((1000 - 24.5) / std::sqrt(2499.0 / 12)));
  options.test = folder.write("unlabeled.csv", "a,b\n1,2\n").string();
  CHECK(has(refused(path, options),
            "unlabeled.csv: expected the column to predict as in the first file, found none"));
}

TEST_CASE("Gaps and texts are read where an option says so") {
  const TemporaryDirectory folder;
  std::string text = two_classes(30);
  text += ",5,odd\n";
  const auto path = folder.write("gaps.csv", text);
  CHECK(has(refused(path), "column 1 of 3 (a): expected a number"));
  DataOptions options;
  options.gaps = espalier::Gaps::median;
  const Task task = load_task(path.string(), options);
  CHECK(task.fit.samples() + task.test.samples() == 31);
  CHECK(std::any_of(task.notes.begin(), task.notes.end(),
                    [](const std::string& note) { return has(note, "--test"); }));
}

TEST_CASE("Columns are named or counted, left out, and separated as an option says") {
  const TemporaryDirectory folder;
  std::string rows = "kind;a;id\n";
  for (long k = 0; k < 30; ++k) rows += fmt::format("{};{};row {}\n", k % 3, k * 7 % 11, k);
  const auto path = folder.write("semicolons.csv", rows);
  DataOptions options;
  options.separator = ';';
  options.ignore = {"id"};
  options.label = "0";
  const Task task = load_task(path.string(), options);
  CHECK(task.classes == 3);
  CHECK(task.fit.features() == 1);
}

TEST_CASE("A folder with MNIST's four files has its own test part, shape and scale") {
  const TemporaryDirectory folder;
  write_idx(folder, "train", 30);
  write_idx(folder, "t10k", 6);
  const Task task = load_task((folder / "").string());
  CHECK(task.name == (folder / "x").parent_path().filename().string());
  CHECK(task.fit.samples() == 30);
  CHECK(task.test.samples() == 6);
  CHECK(task.image_rows == 2);
  CHECK(task.image_columns == 3);
  CHECK(task.classes == 3);
  CHECK(task.fit.inputs(1, 0) == 40.0F / 255);
}

TEST_CASE("A file of images finds its labels beside it, or where an option says") {
  const TemporaryDirectory folder;
  write_idx(folder, "train", 30);
  write_idx(folder, "t10k", 6);
  const std::string images = (folder / "train-images-idx3-ubyte").string();
  const Task task = load_task(images);
  CHECK(task.fit.samples() + task.test.samples() == 30);
  CHECK(task.image_columns == 3);
  DataOptions options;
  options.test = (folder / "t10k-images-idx3-ubyte").string();
  CHECK(load_task(images, options).test.samples() == 6);
  std::filesystem::rename(folder / "train-labels-idx1-ubyte", folder / "answers");
  CHECK(has(refused(images), "train-images-idx3-ubyte: expected its labels in"));
  options.labels = (folder / "answers").string();
  CHECK(load_task(images, options).fit.samples() == 30);
  std::filesystem::rename(images, folder / "pictures");
  CHECK(has(refused(folder / "pictures"), "--labels: expected the file of labels of"));
}

TEST_CASE("Arrays of NumPy are read with their labels, targets and test parts") {
  const TemporaryDirectory folder;
  const espalier::Matrix<float> x = espalier::Matrix<float>::Random(4, 20), y = x.colwise().sum();
  std::vector<int> labels(20);
  for (std::size_t k = 0; k < 20; ++k) labels[k] = static_cast<int>(k % 2);
  const std::string features = (folder / "x.npy").string();
  DataOptions options;
  espalier::write_npy(features, x);
  espalier::write_npy(folder / "labels.npy", labels);
  espalier::write_npy(folder / "y.npy", y);
  CHECK(has(refused(features), "--labels: expected the file of labels of"));
  options.labels = (folder / "labels.npy").string();
  CHECK(load_task(features, options).classes == 2);
  options.test = features;
  CHECK(has(refused(features, options), "--test: expected two files with a comma between them"));
  options.test = features + "," + options.labels;
  CHECK(load_task(features, options).test.samples() == 20);
  options = {};
  options.target = (folder / "y.npy").string();
  CHECK(load_task(features, options).classes == 0);
  espalier::write_npz(folder / "data.npz", {{"x", x}, {"y", labels}, {"sums", y}});
  CHECK(load_task((folder / "data.npz").string()).classes == 2);
  options.target = "sums";
  CHECK(load_task((folder / "data.npz").string(), options).classes == 0);
  options.target = "nothing";
  CHECK(has(refused(folder / "data.npz", options), "expected an array 'nothing', found 'x', 'y', 'sums'"));
  espalier::write_npz(folder / "parts.npz",
                      {{"x_train", x}, {"y_train", labels}, {"x_test", x}, {"y_test", labels}});
  CHECK(load_task((folder / "parts.npz").string()).test.samples() == 20);
}

TEST_CASE("Files that are missing, empty or no numbers are refused by name") {
  const TemporaryDirectory folder;
  CHECK(refused(folder / "none.csv") ==
        (folder / "none.csv").string() + ": expected a readable file, found none of that name");
  CHECK(refused(folder.write("empty.csv", "")).starts_with((folder / "empty.csv").string() + ": expected"));
  const std::string text = refused(
      folder.write("text.csv", table(20, "a,b,c,kind", [](long k) { return k % 2 ? "x,1" : "y,0"; })));
  CHECK(has(text, (folder / "text.csv").string()));
  CHECK(has(text, "column 3 of 4 (c): text in 20 of 20 rows"));
  CHECK(has(text, "(--text one_hot reads texts; --ignore leaves out columns)"));
  DataOptions options;
  options.label = "colour";
  const std::string column = refused(folder.write("two.csv", two_classes(30)), options);
  CHECK(has(column, (folder / "two.csv").string()));
  CHECK(has(column, "'colour'"));
  CHECK(has(refused(folder / ""), "train-images-idx3-ubyte: expected this file"));
}

TEST_CASE("Messages about tables name the options of the command line") {
  CHECK(with_option_names("x.csv: expected numbers (the option gaps fills gaps or drops their rows; "
                          "drop_unlabeled leaves out rows without a label or target; dates reads dates and "
                          "times; max_categories, 100, is the most that text = Text::one_hot reads), found a "
                          "column (a)") ==
        "x.csv: expected numbers (--gaps fills gaps or drops their rows; --gaps drop leaves out rows without "
        "a label or target; 100 different texts are the most that --text one_hot reads), found a column (a)");
  CHECK(with_option_names("expected numbers (the option dates reads dates and times), found") ==
        "expected numbers, found");
  CHECK(with_option_names("no hint (of ours)") == "no hint (of ours)");
  const TemporaryDirectory folder;
  // What the library says in files that are wrong in each of these ways.
  const std::vector<std::string> tables{
      "a,b,kind\n" + std::string("1,2,x\n,3,y\n4,,z\n"),
      "a;b;kind\n1;2;x\n3;4;y\n",
      "a,b\nm,kg\n1,2\n3,4\n",
      "0,1,2\n3,4,5\n6,7,8\n",
      "a,b,kind\n1,2,x,\n3,4,y,\n",
      "# a,b\n1,2,3\n4,5,6\n",
      "day,b,kind\n2020-01-02,1,x\n2020-01-03,2,y\n",
      "a,b,kind\n1,2,0.5\n3,4,0.25\n5,6,\n",
      table(40, "a,b,c", [](long k) { return fmt::format("{}", 0.37 * static_cast<double>(k)); })};
  for (const std::string& text : tables) {
    CAPTURE(text);
    const std::string message = refused(folder.write("table.csv", text));
    CAPTURE(message);
    for (const char* const name :
         {"the option ", "the options ", "Text::", "drop_unlabeled", "max_categories"})
      CHECK_FALSE(has(message, name));
  }
}

TEST_CASE("A target that is constant, one class, and classes of two samples are refused") {
  const TemporaryDirectory folder;
  DataOptions options;
  options.target = "c";
  const auto constant = folder.write("constant.csv", table(30, "a,b,c", [](long) { return "3"; }));
  CHECK(refused(constant, options) ==
        constant.string() + ": expected a target that varies (--target names it), found 3 in all 30 samples");
  CHECK(refused(constant) ==
        constant.string() +
            ": expected samples of two classes or more (--label names the column, --target one of "
            "numbers to predict), found class 3 alone");
  const auto rare = folder.write("rare.csv", table(30, "a,b,c", [](long k) {
                                   return k < 2 ? "rare" : k % 2 ? "x" : "y";
                                 }));
  CHECK(refused(rare) ==
        rare.string() +
            ": expected at least 3 samples of each of 3 classes (--target NAME is for numbers to "
            "predict), found 2 of class rare");
  const auto few = folder.write("few.csv", table(9, "a,b,c", [](long k) { return fmt::format("{}", k); }));
  CHECK(refused(few, options) == few.string() + ": expected at least 10 samples, found 9");
}

TEST_CASE("A column that is constant is no error") {
  const TemporaryDirectory folder;
  std::string text = "a,b,kind\n";
  for (long k = 0; k < 20; ++k) text += fmt::format("5,{},{}\n", k, k % 2);
  const Task task = load_task(folder.write("constant.csv", text).string());
  CHECK(task.fit.inputs.row(0).isZero());
}

TEST_CASE(
    "An image of another size, a number that is none, and options that do not go together are refused") {
  const TemporaryDirectory folder;
  const auto path = folder.write("two.csv", two_classes(30));
  DataOptions options;
  options.image_rows = options.image_columns = 2;
  CHECK(refused(path, options) ==
        "--image: expected rows x columns that make the 2 features of " + path.string() + ", found 2x2");
  options = {};
  options.label = "kind";
  options.target = "a";
  CHECK(refused(path, options) == "--target: expected either it or --label, found both");
  options = {};
  options.labels = "y.npy";
  CHECK(has(refused(path, options), "--labels: expected it with an NPY or IDX file"));
  espalier::Matrix<float> x = espalier::Matrix<float>::Random(4, 20);
  x(2, 7) = std::nanf("");
  const std::vector<int> labels{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  espalier::write_npz(folder / "nan.npz", {{"x", x}, {"y", labels}});
  const std::string message = refused(folder / "nan.npz");
  CHECK(has(message, (folder / "nan.npz").string()));
  CHECK(has(message, "sample 7: expected a finite number, found nan"));
  options = {};
  options.gaps = espalier::Gaps::mean;
  CHECK(refused(folder / "nan.npz", options) ==
        "--gaps: expected a CSV file, found " + (folder / "nan.npz").string());
  options = {};
  options.test_share = 1;
  CHECK(refused(path, options) == "test share: expected a number between 0 and 1, found 1");
}

TEST_CASE("Test samples of other features or classes are refused") {
  const TemporaryDirectory folder;
  write_idx(folder, "train", 30);
  write_idx(folder, "t10k", 8, 4);
  CHECK(has(refused(folder / ""), "expected classes below 3, which the first file has, found 3"));
}
