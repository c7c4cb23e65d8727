// SPDX-License-Identifier: MIT
// Dropout with max-norm on MNIST beside L2 and what is between them: table 9 of Srivastava et al. 2014 at a
// shorter schedule, with the settings of the author's program.
#include <algorithm>
#include <chrono>
#include <espalier/data.hpp>
#include <espalier/data/gzip.hpp>
#include <espalier/espalier.hpp>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "../arguments.hpp"
#include "summary.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(dropout_mnist: test errors of a 784-800-800-10 network under L2, L1, max-norm and dropout
  --data FOLDER    MNIST's four IDX files, gzip or not: train-images-idx3-ubyte, ...
  --results FILE   gets a line for each run that is finished; runs that it has are not made again (default dropout_mnist.txt)
  --epochs N       of each run (default 30)
  --seeds N        networks of each row (default 3)
  --only ROW       L2, L2+L1, max-norm, dropout+L2 or dropout+max-norm
  --width N        units of each hidden layer (default 800)
  --rates A,B,C,D,E
                   learning rates of the five rows, first ones for the last three (default 0.01,0.01,1,1,1)
  --half X         after this share of a run the first rates are halved (default 0.01)
  --scaled         those three are times 1 - momentum, as if the gradients of a velocity were averaged
  --l1 X           strength in L2+L1 (default 0.00001)
  --l2 X           strength in dropout+L2 (default 0.001)
  --radius X       of max-norm (default 3)
  --held-out       50,000 images train, the error is that of the other 10,000: to choose with, nothing is tested
  --threads N      of a run (default: as many as there are processors)
  --quick          a small network on made-up images, without files
)";

/// Strengths and radius as the paper counts them, 0: none.
struct Row {
  std::string name;
  bool dropout;
  double l2, l1, radius;
  double published;  ///< test error in percent
  double rate = 0;

  /// Rows with dropout or max-norm are trained as by the author's program.
  bool fast() const { return dropout || radius > 0; }
};

struct Plan {
  long epochs = 30;
  esp::Index width = 800, batch = 100;
  bool scaled = false;
  double half = 0.01;
  int threads = 0;
};

auto network(esp::Index inputs, esp::Index width, esp::Index classes, bool dropout) {
  const esp::Dropout visible{dropout ? 0.2 : 0}, hidden{dropout ? 0.5 : 0};
  return esp::Sequential{visible, esp::Dense(inputs, width), esp::ReLU{},
                         hidden,  esp::Dense(width, width),  esp::ReLU{},
                         hidden,  esp::Dense(width, classes)};
}
using Net = decltype(network(1, 1, 1, true));

/// Which inputs of a weight are kept: the paper's training passes leave them as large as they are, and its
/// test passes shrink the weight by this share. Dropout here divides what is kept by it, so that a weight is
/// that of the test pass: the paper's times the share. Then steps, strengths and radii have factors too.
struct Weight {
  std::string path;
  double kept;
};
std::vector<Weight> weights_of(const Row& row) {
  return {{"1.weight", row.dropout ? 0.8 : 1},
          {"4.weight", row.dropout ? 0.5 : 1},
          {"7.weight", row.dropout ? 0.5 : 1}};
}

void put_policies(Net& net, const Row& row) {
  for (const auto& [path, kept] : weights_of(row)) {
    const esp::L2 l2{row.l2 / (kept * kept)};
    if (row.radius > 0)
      set_policies(net, path, esp::MaxNorm{.radius = row.radius * kept});
    else if (row.l1 > 0)
      set_policies(net, path, l2, esp::L1{row.l1 / kept});
    else
      set_policies(net, path, l2);
  }
}

/// After a share `done` of the run. Rows with dropout or max-norm are trained as by the author's program,
/// whose million steps are here as many as there are: the rate halves in a share of them, there a hundredth,
/// and falls on as 1 / t; the momentum rises in a tenth.
struct Pace {
  bool fast;
  double first_rate, half;

  double rate(double done) const { return fast ? first_rate / (1 + done / half) : first_rate; }
  double momentum(double done) const { return fast ? 0.5 + 0.49 * std::min(1.0, done / 0.1) : 0.9; }
};

/// The author's program adds gradients up to a velocity, which grows to 1 / (1 - momentum) of them, and moves
/// weights by the rate times that, as SGD does: while the momentum rises the rate falls. `scaled` takes the
/// growth back, as in Hinton et al. 2012, whose first rate is 10.
auto optimizer_of(const Row& row, const Plan& plan, const Pace& pace, double momentum) {
  const bool times = pace.fast && plan.scaled;
  const std::vector<Weight> w = weights_of(row);
  const auto factor = [&](std::size_t k) { return esp::RateFactor{w[k].kept * w[k].kept}; };
  return esp::Optimizer{
      esp::SGD{.learning_rate = pace.rate(0) * (times ? 1 - momentum : 1), .momentum = momentum},
      esp::On{w[0].path, factor(0)}, esp::On{w[1].path, factor(1)}, esp::On{w[2].path, factor(2)}};
}

/// Epochs of one momentum each: the next optimizer goes on with what the one before has kept.
void train(Net& net, const esp::Dataset& data, const Row& row, const Plan& plan, std::uint64_t seed) {
  put_policies(net, row);
  initialize(net, {.seed = seed}, esp::LeCunNormal{});
  const Pace pace{row.fast(), row.rate, plan.half};
  auto optimizer = optimizer_of(row, plan, pace, pace.momentum(0));
  for (long epoch = 0; epoch < plan.epochs; ++epoch) {
    const auto done = [epochs = static_cast<double>(plan.epochs)](double epoch_now) {
      return epoch_now / epochs;
    };
    const double start = static_cast<double>(epoch), momentum = pace.momentum(done(start));
    if (momentum != optimizer.rule().momentum) {
      auto next = optimizer_of(row, plan, pace, momentum);
      next.restore(net, optimizer.state(net));
      optimizer = next;
    }
    const auto schedule = [=](const esp::Progress& p) {
      return pace.rate(done(start + static_cast<double>(p.step) / static_cast<double>(p.steps))) /
             pace.rate(0);
    };
    const auto history =
        fit(net, data, esp::CrossEntropy{}, optimizer,
            {.epochs = 1, .batch = plan.batch, .seed = seed, .schedule = schedule, .threads = plan.threads});
    fmt::print(stderr, "  {}, seed {}, epoch {}: momentum {:.3f}, loss {:.4f}, {:.1f} s\n", row.name, seed,
               epoch + 1, momentum, history.back().loss, history.back().seconds);
  }
  if (audit(net).violation() > 0) throw esp::Error("dropout_mnist: expected weights inside their sets");
}

/// Finished runs, a line each: what was run, then errors in percent on the test and the training images, and
/// the time. Without a path they are not kept.
class Results {
 public:
  explicit Results(std::string path) : path_(std::move(path)) {
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);)
      if (const auto tab = line.find('\t'); tab != std::string::npos)
        errors_[line.substr(0, tab)] = line.substr(tab);
  }

  /// Test error; nothing if it was not run.
  std::optional<double> find(const std::string& run) const {
    const auto found = errors_.find(run);
    return found == errors_.end() ? std::nullopt : std::optional(std::strtod(found->second.c_str(), nullptr));
  }
  void add(const std::string& run, double test, double training, double seconds) {
    errors_[run] = fmt::format("\t{:.2f}\t{:.2f}\t{:.0f} s", test, training, seconds);
    if (path_.empty()) return;
    std::ofstream file(path_, std::ios::app);
    if (!(file << run << errors_[run] << std::endl))
      throw esp::FileError(path_ + ": expected a file that can be written");
  }

 private:
  std::string path_;
  std::map<std::string, std::string> errors_;
};

/// All that decides what comes out of a run, but the program.
std::string name_of(const Row& row, const Plan& plan, long seed, esp::Index samples) {
  std::string text = fmt::format("{} seed {}, {} epochs of {} images, {} units", row.name, seed, plan.epochs,
                                 samples, plan.width);
  if (row.l2 > 0) text += fmt::format(", L2 {}", row.l2);
  if (row.l1 > 0) text += fmt::format(", L1 {}", row.l1);
  if (row.radius > 0) text += fmt::format(", radius {}", row.radius);
  text += fmt::format(", rate {}", row.rate);
  if (row.fast()) text += fmt::format(" halved at {}{}", plan.half, plan.scaled ? " times 1 - momentum" : "");
  return text;
}

/// Infinite where training diverges.
void run(const Row& row, const Plan& plan, long seed, const esp::Dataset& train_data,
         const esp::Dataset& test, Results& results) {
  const std::string name = name_of(row, plan, seed, train_data.samples());
  if (results.find(name)) return;
  const auto begin = std::chrono::steady_clock::now();
  Net net = network(train_data.features(), plan.width, train_data.classes(), row.dropout);
  double error = HUGE_VAL, training = HUGE_VAL;
  try {
    train(net, train_data, row, plan, static_cast<std::uint64_t>(seed));
    error = 100 * (1 - accuracy(net, test)), training = 100 * (1 - accuracy(net, train_data));
  } catch (const esp::NotFiniteError& diverged) {
    fmt::print(stderr, "  {}\n", diverged.what());
  }
  results.add(name, error, training,
              std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}

/// Rows that have been run with these options.
void print(const std::vector<Row>& rows, const Plan& plan, long seeds, esp::Index samples,
           const Results& results) {
  const auto error_of = [&](const Row& row, long seed) {
    return results.find(name_of(row, plan, seed, samples));
  };
  // Mean difference of the seeds that both rows have.
  const auto above = [&](const Row& row, const Row& other) {
    std::vector<double> pairs;
    for (long seed = 1; seed <= seeds; ++seed)
      if (const auto a = error_of(row, seed), b = error_of(other, seed); a && b) pairs.push_back(*a - *b);
    return pairs.empty() ? "" : Summary(pairs).difference();
  };
  fmt::print("{:<18}{:>10}{:>10}{:>24}  {:<31}{:>8}{:>18}{:>24}\n", "", "published", "above L2",
             "above dropout+max-norm", "errors of the seeds, in percent", "mean", "above L2",
             "above dropout+max-norm");
  for (const Row& row : rows) {
    std::vector<double> errors;
    std::string all;
    for (long seed = 1; seed <= seeds; ++seed)
      if (const auto error = error_of(row, seed)) {
        errors.push_back(*error);
        all += fmt::format("{:.2f} ", *error);
      }
    if (errors.empty()) continue;
    fmt::print("{:<18}{:>10.2f}{:>+10.2f}{:>+24.2f}  {:<31}{:>8.2f}{:>18}{:>24}\n", row.name, row.published,
               row.published - rows.front().published, row.published - rows.back().published, all,
               Summary(errors).mean, above(row, rows.front()), above(row, rows.back()));
  }
}

/// Images of 10 x 10 in four classes by the quarter that is bright.
esp::Dataset made_up(esp::Index count, std::uint64_t seed) {
  esp::Rng rng{seed};
  esp::Dataset data{.inputs = esp::Matrix<float>::Zero(100, count)};
  for (esp::Index s = 0; s < count; ++s) {
    data.labels.push_back(static_cast<int>(s % 4));
    for (esp::Index k = 0; k < 100; ++k)
      if ((k / 50) * 2 + (k % 10) / 5 == s % 4 || rng.uniform() < 0.2)
        data.inputs(k, s) = static_cast<float>(rng.uniform());
  }
  return data;
}

std::vector<Row> rows_of(const Arguments& arguments) {
  const double l2 = arguments.real("--l2", 1e-3), l1 = arguments.real("--l1", 1e-5),
               radius = arguments.real("--radius", 3);
  std::vector<Row> rows{{"L2", false, 1e-3, 0, 0, 1.62},
                        {"L2+L1", false, 1e-3, l1, 0, 1.60},
                        {"max-norm", false, 0, 0, radius, 1.35},
                        {"dropout+L2", true, l2, 0, 0, 1.25},
                        {"dropout+max-norm", true, 0, 0, radius, 1.05}};
  std::istringstream rates(arguments.text("--rates", "0.01,0.01,1,1,1"));
  for (Row& row : rows) {
    char comma = ',';
    if (!(rates >> row.rate) || !(row.rate > 0) || (rates >> comma && comma != ','))
      throw esp::ValueError("--rates: expected five numbers > 0 with commas between them");
  }
  if (rates) throw esp::ValueError("--rates: expected five numbers > 0, found more");
  return rows;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const bool quick = arguments.has("--quick");
  if (!quick && !arguments.has("--data")) {
    fmt::print("{}", usage);
    return 0;
  }
  const std::vector<Row> rows = rows_of(arguments);
  Plan plan{.epochs = arguments.number("--epochs", quick ? 4 : 30),
            .width = arguments.number("--width", quick ? 20 : 800),
            .scaled = arguments.has("--scaled"),
            .half = arguments.real("--half", 0.01),
            .threads = static_cast<int>(arguments.number("--threads", 0, 0))};
  const long seeds = arguments.number("--seeds", quick ? 1 : 3);
  const std::string folder = arguments.text("--data", ""), only = arguments.text("--only", "");
  if (std::none_of(rows.begin(), rows.end(),
                   [&](const Row& row) { return only.empty() || row.name == only; }))
    throw esp::ValueError("--only: expected a row of the table, found " + only);
  esp::Dataset train_data = quick ? made_up(200, 1) : esp::read_mnist(folder, esp::MnistPart::train), test;
  if (arguments.has("--held-out"))
    std::tie(train_data, test) = stratified_split(train_data, 5.0 / 6, {.seed = 1});
  else
    test = quick ? made_up(200, 2) : esp::read_mnist(folder, esp::MnistPart::test);

  Results results(quick ? "" : arguments.text("--results", "dropout_mnist.txt"));
  for (long seed = 1; seed <= seeds; ++seed)
    for (const Row& row : rows)
      if (only.empty() || row.name == only) run(row, plan, seed, train_data, test, results);
  print(rows, plan, seeds, train_data.samples(), results);
} catch (const std::exception& error) {
  return failed(error);
}
