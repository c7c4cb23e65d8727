// SPDX-License-Identifier: MIT
// Feature selection without a validation set: 20 of Madelon's 500 inputs have to do with the class, hardly
// one of them alone.
#include <espalier/data.hpp>
#include <espalier/data/gzip.hpp>
#include <espalier/espalier.hpp>
#include <espalier/select.hpp>

#include <algorithm>
#include <set>

#include "../arguments.hpp"
#include "../eigenvalues.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(madelon: selects inputs by a penalty whose strength is the quantile universal threshold
  --data FOLDER  with madelon.csv.gz: the class, then 500 inputs (default .)
  --seed N       of the split, the weights, the order of the data and the threshold (default 1)
  --penalty NAME GroupMcp (default), GroupLasso or LassoNet
  --length X     from which on GroupMcp leaves a column as it is (default 3)
  --shuffled     with the classes dealt out anew, so that no input has to do with them: how many are kept?
  --quick        on made-up data
)";

constexpr esp::Index hidden_units = 20;

/// The inputs that were made with the class, counted from 0: found from the correlations of all inputs, in
/// which these are a block.
const std::set<esp::Index> relevant{28,  48,  64,  105, 128, 153, 241, 281, 318, 336,
                                    338, 378, 433, 442, 451, 453, 455, 472, 475, 493};

struct Problem {
  esp::Dataset train, test;
  std::set<esp::Index> relevant;
  long epochs, draws, starts;
  std::uint64_t seed;

  long count_relevant(const std::vector<esp::Index>& inputs) const {
    return std::count_if(inputs.begin(), inputs.end(), [&](esp::Index i) { return relevant.contains(i); });
  }
  esp::FitOptions fit() const {
    return {.epochs = epochs, .batch = 256, .seed = seed, .schedule = esp::CosineDecay{}, .threads = 1};
  }
};

esp::Matrix<float> rows_of(const esp::Matrix<float>& m, const std::vector<esp::Index>& rows) {
  esp::Matrix<float> part(static_cast<esp::Index>(rows.size()), m.cols());
  for (esp::Index k = 0; k < part.rows(); ++k) part.row(k) = m.row(rows[static_cast<std::size_t>(k)]);
  return part;
}

/// The same inputs in both parts.
Problem only(const Problem& from, const std::vector<esp::Index>& inputs) {
  Problem part = from;
  for (esp::Dataset* data : {&part.train, &part.test}) {
    data->inputs = rows_of(data->inputs, inputs);
    data->feature_names.clear();
  }
  return part;
}

/// Its policies are put on by set_policies: one type for those that are compared.
auto network(esp::Index inputs) {
  return esp::Sequential{esp::Dense(inputs, hidden_units), esp::ReLU{}, esp::Dense(hidden_units, 1)};
}

/// Accuracies of a network of these inputs alone, without a penalty; the best of some starts by its loss in
/// training.
std::pair<double, double> accuracies(const Problem& all, const std::vector<esp::Index>& inputs) {
  const Problem part = only(all, inputs);
  double least = HUGE_VAL;
  std::pair<double, double> best;
  for (std::uint64_t start = 0; start < static_cast<std::uint64_t>(all.starts); ++start) {
    auto net = network(part.train.features());
    initialize(net, {.seed = all.seed + 1000 * start});
    const auto history =
        fit(net, part.train, esp::BinaryCrossEntropy{}, esp::Adam{.learning_rate = 1e-2}, part.fit());
    if (history.back().loss >= least) continue;
    least = history.back().loss;
    best = {accuracy(net, part.train), accuracy(net, part.test)};
  }
  return best;
}

/// Throws if inputs that are not selected change an output.
template <class Net>
void check_unread(const Net& net, const Problem& p) {
  esp::Matrix<float> others = esp::Matrix<float>::Random(p.train.features(), p.train.samples());
  for (const esp::Index i : selected(net)) others.row(i) = p.train.inputs.row(i);
  if (predict(net, others) != predict(net, p.train.inputs))
    throw esp::Error("madelon: expected outputs that do not depend on inputs that are not selected");
}

/// Trains along rising strengths up to the threshold, which decides.
template <class Net>
std::vector<esp::Index> select(Net& net, const Problem& p, double strength) {
  selection_path(net, p.train, esp::BinaryCrossEntropy{}, esp::Adam{.learning_rate = 1e-2},
                 {.from = strength / 10, .to = strength, .points = 8, .fit = p.fit()},
                 [&](const esp::SelectionPoint& point, const auto& model) {
                   fmt::print(
                       "  strength {:.5f}  inputs {:>3}, relevant {:>2}  loss {:.3f}  accuracy {:.3f}\n",
                       point.strength, point.inputs.size(), p.count_relevant(point.inputs), point.last.loss,
                       accuracy(model, p.train));
                   std::fflush(stdout);
                 });
  check_unread(net, p);
  return selected(net);
}

std::vector<esp::Index> run(const Problem& p, const std::string& penalty, double length) {
  const esp::ThresholdOptions options{
      .draws = p.draws, .seed = p.seed, .slope = 1};  // of ReLU, and of rows in MaxNorm{1}
  const esp::Index inputs = p.train.features();
  if (penalty == "LassoNet") {
    esp::Sequential net{
        esp::Dense(inputs, hidden_units + 1, esp::LassoNet{}),
        esp::SkipConnection{esp::ReLU{}, esp::Dense(hidden_units, 1, esp::MaxNorm{.radius = 1})}};
    initialize(net, {.seed = p.seed});
    return select(net, p, quantile_threshold(net, p.train, esp::BinaryCrossEntropy{}, options));
  }
  auto net = network(inputs);
  set_policies(net, "0.weight", esp::PerInput{esp::GroupLasso{}});
  set_policies(net, "2.weight", esp::MaxNorm{.radius = 1});
  initialize(net, {.seed = p.seed});
  const double strength = quantile_threshold(net, p.train, esp::BinaryCrossEntropy{}, options);
  if (penalty == "GroupMcp")
    set_policies(
        net, "0.weight",
        esp::PerInput{esp::GroupMcp{strength, length / (strength * std::sqrt(double{hidden_units}))}});
  return select(net, p, strength);
}

/// Orthonormal directions in the space of these inputs over the samples (samples x directions): of the
/// largest variance first; none for what rounding leaves of inputs that depend on others.
Eigen::MatrixXd directions(const Problem& p, const std::vector<esp::Index>& inputs) {
  const Eigen::MatrixXd values = rows_of(p.train.inputs, inputs).cast<double>();
  const Eigenvalues all = eigenvalues_of(values * values.transpose());
  const Eigen::Index n = values.rows();  // in rising order
  Eigen::Index count = 0;
  while (count < n && all.values[n - 1 - count] > 1e-10 * all.values[n - 1]) ++count;
  Eigen::MatrixXd found(values.cols(), count);
  for (Eigen::Index k = 0; k < count; ++k)
    found.col(k) = (values.transpose() * all.vectors.col(n - 1 - k)).normalized();
  return found;
}

/// How much of the variance along each of the five directions in which the relevant inputs vary most is a
/// linear function of the kept ones: the least of five shares.
double spanned(const Problem& p, const std::vector<esp::Index>& inputs) {
  const Eigen::MatrixXd wanted = directions(p, {p.relevant.begin(), p.relevant.end()}),
                        kept = directions(p, inputs);
  const Eigen::Index count = std::min<Eigen::Index>(5, wanted.cols());
  return (kept.transpose() * wanted.leftCols(count)).colwise().squaredNorm().minCoeff();
}

/// Like Madelon, smaller: the class is the sign of the product of two inputs of ten.
esp::Dataset made_up(esp::Rng rng) {
  esp::Dataset data{.inputs = esp::Matrix<float>(10, 300)};
  for (esp::Index i = 0; i < 300; ++i) {
    for (esp::Index k = 0; k < 10; ++k) data.inputs(k, i) = static_cast<float>(rng.normal());
    for (esp::Index k = 0; k < 2; ++k) data.inputs(k, i) += std::copysign(1.F, data.inputs(k, i));
    data.labels.push_back(data.inputs(0, i) * data.inputs(1, i) > 0 ? 1 : 0);
  }
  return data;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const bool quick = arguments.has("--quick");
  const std::string penalty = arguments.text("--penalty", "GroupMcp");
  if (penalty != "GroupMcp" && penalty != "GroupLasso" && penalty != "LassoNet")
    throw esp::Error("--penalty: expected GroupMcp, GroupLasso or LassoNet, found " + penalty);
  const auto seed = static_cast<std::uint64_t>(arguments.number("--seed", 1, 0));
  const auto all = quick ? made_up(esp::Rng{seed})
                         : esp::read_csv(arguments.text("--data", ".") + "/madelon.csv.gz", {.label = 0});
  auto [train, test] = all.split(0.8, esp::Rng{seed});
  if (arguments.has("--shuffled")) esp::Rng{seed}.shuffle(train.labels);
  const esp::Standardize scale(train.inputs);
  train.inputs = scale(train.inputs);
  test.inputs = scale(test.inputs);
  const Problem p{train,
                  test,
                  quick ? std::set<esp::Index>{0, 1} : relevant,
                  quick ? 40 : 300,
                  quick ? 100 : 1000,
                  quick ? 1 : 5,
                  seed};

  const auto inputs = run(p, penalty, arguments.real("--length", 3));
  fmt::print("kept {}, of which relevant {}: {}\n", inputs.size(), p.count_relevant(inputs),
             fmt::join(inputs, " "));
  if (quick && penalty != "LassoNet" && inputs != std::vector<esp::Index>{0, 1})
    throw esp::Error("madelon: expected the inputs 0 and 1 to be kept of the made-up data");
  if (inputs.empty() || arguments.has("--shuffled")) return 0;
  const auto [kept_train, kept_test] = accuracies(p, inputs);
  const auto [all_train, all_test] = accuracies(p, {p.relevant.begin(), p.relevant.end()});
  fmt::print("least share of the five directions {:.3f}\n", spanned(p, inputs));
  fmt::print("accuracy on the test part (training part) of a network of\n");
  fmt::print("  the kept inputs {:.3f} ({:.3f})\n  the relevant ones {:.3f} ({:.3f})\n", kept_test,
             kept_train, all_test, all_train);
} catch (const std::exception& error) {
  return failed(error);
}
