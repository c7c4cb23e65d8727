// SPDX-License-Identifier: MIT
// LeNet-300-100 on MNIST with a twelfth of its weights: trained dense, made sparse by L1 or GroupMcp, trained
// on with the zeros held; beside the same net that stays dense.
#include <espalier/data.hpp>
#include <espalier/data/gzip.hpp>
#include <espalier/espalier.hpp>
#include <string>
#include <vector>

#include "../arguments.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(pruned_mnist: a 784-300-100-10 network with exact zeros, beside its dense twin
  --data DIR       MNIST's four IDX files, gzip or not: train-images-idx3-ubyte, ...
  --choose         all strengths on 50,000 images, validated on the other 10,000: nothing is tested
  --l1 X           this strength of L1 and
  --group X        this of GroupMcp only
  --seeds N        how many nets of each kind are trained on all 60,000 and tested (default 1)
  --quick          a small net on made-up data instead, without files
)";

auto lenet(esp::Index inputs, esp::Index first, esp::Index second, esp::Index classes) {
  return esp::Sequential{esp::Dense(inputs, first), esp::ReLU{}, esp::Dense(first, second), esp::ReLU{},
                         esp::Dense(second, classes)};
}
using Net = decltype(lenet(1, 1, 1, 1));
const std::vector<std::string> weights{"0.weight", "2.weight", "4.weight"};

/// L1 on each weight, GroupMcp on what each unit feeds, or both in one pack.
struct Method {
  double single = 0, group = 0;
  bool chosen = false;  ///< on the validation part

  /// Norms of columns begin at about 0.9. With the usual gamma of 3 the penalty would be flat from 0.005 on
  /// and leave all of them alone.
  esp::PerInput<esp::GroupMcp> groups() const { return {{.strength = group, .gamma = 1000}}; }
  esp::AnyPack<float> policies() const {
    if (group > 0 && single > 0) return esp::AnyPack<float>(esp::Pack(groups(), esp::L1{single}));
    if (group > 0) return esp::AnyPack<float>(esp::Pack(groups()));
    if (single > 0) return esp::AnyPack<float>(esp::Pack(esp::L1{single}));
    return {};
  }
  std::string name() const {
    std::string text = group > 0 ? fmt::format("GroupMcp {}", group) : "";
    if (single > 0) text += fmt::format("{}L1 {}", text.empty() ? "" : " + ", single);
    return text.empty() ? "dense" : text;
  }
};
const std::vector<Method> methods{
    {0, 0, true},        {8e-5},      {1e-4},    {1.1e-4, 0, true}, {1.2e-4},     {1.5e-4},
    {0, 1e-4},           {0, 4.5e-4}, {0, 6e-4}, {8e-5, 8e-5},      {1e-4, 3e-5}, {1.25e-4, 3e-5},
    {1.3e-4, 3e-5, true}};

/// How long each part of training is.
struct Plan {
  long dense = 8, sparse = 30, held = 6;  ///< epochs
  esp::Index batch = 100, large_batch = 5000;
  double rate = 1e-3, sparse_rate = 3e-3;
};

void train_dense(Net& net, const esp::Dataset& data, const Plan& plan, std::uint64_t seed) {
  initialize(net, {.seed = seed});
  fit(net, data, esp::CrossEntropy{}, esp::Adam{.learning_rate = plan.rate},
      {.epochs = plan.dense, .batch = plan.batch, .seed = seed, .schedule = esp::StepDecay{6, 0.1}});
}

/// What a neuron reads that nobody reads becomes 0 as well: outputs do not change.
void drop_unread_neurons(Net& net) {
  for (std::size_t k = 2; k > 0; --k) {
    Eigen::MatrixXf before = parameter(net, weights[k - 1]);
    const Eigen::MatrixXf after = parameter(net, weights[k]);
    for (esp::Index i = 0; i < after.cols(); ++i)
      if ((after.col(i).array() == 0).all()) before.row(i).setZero();
    assign(net, weights[k - 1], before);
  }
}

/// From the dense net to the sparse one. The batches are large, since the noise of small ones keeps weights
/// from 0. Then the zeros are held and the penalty, which shrinks the other weights too, is gone.
void make_sparse(Net& net, const esp::AnyPack<float>& policies, const esp::Dataset& data, const Plan& plan,
                 std::uint64_t seed) {
  for (const std::string& path : weights) set_policies(net, path, policies);
  fit(net, data, esp::CrossEntropy{}, esp::Adam{.learning_rate = plan.sparse_rate, .beta2 = 0.99},
      {.epochs = plan.sparse,
       .batch = plan.large_batch,
       .seed = seed,
       .schedule = esp::StepDecay{plan.sparse * 2 / 3, 0.3}});
  drop_unread_neurons(net);
  for (const std::string& path : weights) set_policies(net, path, esp::Mask{parameter(net, path)});
  fit(net, data, esp::CrossEntropy{}, esp::Adam{.learning_rate = plan.rate},
      {.epochs = plan.held,
       .batch = plan.batch,
       .seed = seed + 1,
       .schedule = esp::StepDecay{plan.held / 2, 0.1}});
}

struct Count {
  esp::Index all = 0, left = 0;
  std::string layers{};
};
Count count_weights(const Net& net) {
  Count count;
  for (const esp::WeightFacts& facts : weight_facts(net.parameters())) {
    const esp::Index left = facts.rows * facts.cols - facts.zeros;
    count.all += facts.rows * facts.cols, count.left += left;
    count.layers += fmt::format("{}{} of {} columns", count.layers.empty() ? "" : ", ",
                                facts.cols - facts.unread, facts.cols);
  }
  return count;
}

void report(const std::string& name, const Net& net, const esp::Dataset& data) {
  const Count count = count_weights(net);
  fmt::print("{:<34}{:>8}{:>8.1f}{:>9.2f} %   {}\n", name, count.left,
             static_cast<double>(count.all) / static_cast<double>(count.left),
             100 * (1 - accuracy(net, data)), count.layers);
  std::fflush(stdout);
}

/// Four classes by the signs of two of 40 inputs.
esp::Dataset made_up_data(esp::Index count, std::uint64_t seed) {
  esp::Rng rng{seed};
  esp::Dataset data;
  data.inputs.resize(40, count);
  for (esp::Index i = 0; i < data.inputs.size(); ++i) data.inputs(i) = static_cast<float>(rng.normal());
  for (esp::Index s = 0; s < count; ++s)
    data.labels.push_back(2 * (data.inputs(0, s) > 0) + (data.inputs(1, s) > 0));
  return data;
}

/// There must be zeros, and training on must hold them.
int quick() {
  const auto data = made_up_data(200, 1);
  const Plan plan{20, 40, 10, 20, 100, 1e-2, 1e-2};
  Net dense = lenet(40, 12, 8, 4);
  train_dense(dense, data, plan, 1);
  report("dense", dense, data);
  bool held = true;
  for (const Method& method : {Method{1e-2}, Method{0, 1e-2}, Method{5e-3, 5e-3}}) {
    Net net = dense;
    make_sparse(net, method.policies(), data, plan, 1);
    report(method.name(), net, data);
    const Count count = count_weights(net);
    held = held && count.left < count.all && audit(net).violation() == 0;
  }
  fmt::print("weights became 0, and stayed so: {}\n", held ? "yes" : "NO");
  return held ? 0 : 1;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  if (arguments.has("--quick")) return quick();
  if (!arguments.has("--data")) {
    fmt::print("{}", usage);
    return 0;
  }
  const bool choose = arguments.has("--choose");
  const bool one = arguments.has("--l1") || arguments.has("--group");
  const std::vector<Method> tried =
      one ? std::vector{Method{arguments.real("--l1", 0), arguments.real("--group", 0)}} : methods;
  const std::string folder = arguments.text("--data", "");
  auto train = esp::read_mnist(folder, esp::MnistPart::train), test = train;
  if (choose)
    std::tie(train, test) = stratified_split(train, 5.0 / 6, {.seed = 1});
  else
    test = esp::read_mnist(folder, esp::MnistPart::test);

  fmt::print("{:<34}{:>8}{:>8}{:>11}\n", choose ? "validation" : "test", "weights", "fewer", "error");
  for (long seed = 1; seed <= (choose ? 1 : arguments.number("--seeds", 1)); ++seed) {
    const auto own = static_cast<std::uint64_t>(seed);
    Net start = lenet(784, 300, 100, 10);
    train_dense(start, train, {}, own);
    for (const Method& method : tried) {
      if (!choose && !one && !method.chosen) continue;
      Net net = start;
      make_sparse(net, method.policies(), train, {}, own);
      report(fmt::format("{}, seed {}", method.name(), seed), net, test);
    }
  }
} catch (const std::exception& error) {
  return failed(error);
}
