// SPDX-License-Identifier: MIT
// MNIST's 0 against its 8 by nets that are 1-Lipschitz, with the hinge-KR loss (Serrurier et al. 2021, arXiv
// 2006.06520): weights that are orthonormal by a projection after each step, or by a parametrization that the
// gradients go through, and weights rescaled to a 2-norm of at most 1.
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "../arguments.hpp"
#include "../mnist.hpp"
#include "orthogonal_columns.hpp"

namespace esp = espalier;
using Matrix = esp::Matrix<float>;

constexpr auto usage =
    R"(hinge_kr: a 784-128-64-32-1 net with sorting activations tells the digits 0 and 8 apart
  --data DIR    the four IDX files of MNIST, gzip or not: train-images-idx3-ubyte, ...
  --epochs N    passes over the images, 256 a step (default 10)
  --rate X      of Adam (default 0.01, for Cayley 0.003)
  --net NAME    this one only: Orthonormal, Cayley or SpectralRescaled
  --held-out    trains with nine tenths of the training images and measures on the others
  --seed N      of the initial weights and the order (default 1)
  --quick       a few steps on images that the program makes up
)";

/// The images of two digits; the second has the label 1.
esp::Dataset two_digits(const esp::Dataset& all, int zero, int one) {
  std::vector<esp::Index> which;
  for (esp::Index i = 0; i < all.samples(); ++i)
    if (const int label = all.labels[static_cast<std::size_t>(i)]; label == zero || label == one)
      which.push_back(i);
  esp::Dataset part = all.subset(which);
  for (int& label : part.labels) label = label == one ? 1 : 0;
  part.class_names = {all.class_names[static_cast<std::size_t>(zero)],
                      all.class_names[static_cast<std::size_t>(one)]};
  return part;
}

/// Two clouds that a plane separates.
esp::Dataset made_up(esp::Index samples, esp::Rng rng) {
  esp::Dataset data{Matrix::NullaryExpr(20, samples, [&] { return static_cast<float>(rng.normal()); })};
  for (esp::Index i = 0; i < samples; ++i) {
    data.labels.push_back(static_cast<int>(i % 2));
    data.inputs(0, i) += i % 2 == 0 ? -4.0F : 4.0F;
  }
  return data;
}

double positive_share(const esp::Dataset& data) {
  return static_cast<double>(std::count(data.labels.begin(), data.labels.end(), 1)) /
         static_cast<double>(data.samples());
}

/// The least and the largest singular value of a layer's weights.
template <class Net>
std::pair<double, double> singular_values(const Net& net, const std::string& path) {
  const Eigen::MatrixXd columns =
      orthogonal_columns(effective_weight(net, path).transpose().template cast<double>());
  return {columns.col(columns.cols() - 1).norm(), columns.col(0).norm()};
}

/// The gradient of the output by the input, a column a sample.
template <class Net>
Matrix input_gradients(Net& net, const Matrix& images) {
  Matrix gradients;
  net.forward(images);
  net.backward(images, Matrix::Ones(1, images.cols()), gradients);
  return gradients;
}

/// Prints the figures on `data`. False where a guarantee is broken: a bound above 1 by more than the
/// roundings of the weights, or an image that changes its class within its certified radius.
template <class Net>
bool report(Net& net, const esp::Dataset& data) {
  const esp::HingeKR loss{.alpha = 10, .positive_share = positive_share(data)},
      kr{.alpha = 0, .positive_share = positive_share(data)};
  const double right = accuracy(net, data), bound = lipschitz(net).two;
  std::vector<double> radii = certified_radius(net, data.inputs);
  const Matrix gradients = input_gradients(net, data.inputs);
  const std::vector<int> classes = predict_classes(net, data.inputs);
  Matrix moved = data.inputs, beyond = data.inputs;
  double steepness = 0;
  for (esp::Index i = 0; i < data.samples(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    const Eigen::VectorXf along = gradients.col(i).stableNormalized() * (classes[k] == 1 ? -1.0F : 1.0F);
    moved.col(i) += static_cast<float>(0.999 * radii[k]) * along;
    beyond.col(i) += static_cast<float>(1.1 * radii[k]) * along;
    steepness += static_cast<double>(gradients.col(i).norm()) / static_cast<double>(data.samples());
    if (classes[k] != data.labels[k]) radii[k] = 0;
  }
  const bool refuted = predict_classes(net, moved) != classes;
  const std::vector<int> after = predict_classes(net, beyond);
  double flipped = 0, sum = 0;
  for (std::size_t k = 0; k < radii.size(); ++k) flipped += after[k] != classes[k], sum += radii[k];
  std::sort(radii.begin(), radii.end());
  const double count = static_cast<double>(radii.size());
  fmt::print(
      "  loss {:.3f}  KR {:.3f}  accuracy {:.4f}  Lipschitz bound, certified {:.8f}  mean slope {:.4f}\n",
      evaluate(net, data, loss), -evaluate(net, data, kr), right, bound, steepness);
  fmt::print(
      "  certified radius: mean {:.3f}, median {:.3f}; {:.1f} % flip at 1.1 of it along the gradient\n",
      sum / count, radii[radii.size() / 2], 100 * flipped / count);
  for (const char* path : {"0.weight", "2.weight", "4.weight", "6.weight"}) {
    const auto [least, largest] = singular_values(net, path);
    fmt::print("  {} singular values {:.8f} to {:.8f}\n", path, least, largest);
  }
  const bool holds = bound <= 1 + 1e-5 && !refuted;
  if (!holds) fmt::print("a guarantee is broken\n");
  std::fflush(stdout);
  return holds;
}

/// The net with this policy on every layer, trained on `train` and measured on `test`.
template <class Policy>
bool run(const std::string& name, const Policy& policy, const esp::Dataset& train, const esp::Dataset& test,
         esp::Index width, double rate, long epochs, std::uint64_t seed) {
  esp::Sequential net{esp::Dense(train.features(), width, policy),
                      esp::GroupSort{.size = 0},
                      esp::Dense(width, width / 2, policy),
                      esp::GroupSort{.size = 0},
                      esp::Dense(width / 2, width / 4, policy),
                      esp::GroupSort{.size = 0},
                      esp::Dense(width / 4, 1, policy)};
  initialize(net, {.seed = seed}, esp::Orthogonal{});
  esp::Optimizer optimizer{esp::Adam{.learning_rate = rate}};
  const esp::HingeKR loss{.alpha = 10, .margin = 1, .positive_share = positive_share(train)};
  const esp::History history = fit(net, train, loss, optimizer,
                                   {.epochs = epochs, .batch = 256, .seed = seed}, esp::ProgressBar(name));
  fmt::print("{}: {} epochs, rate {}, loss {:.3f}, {:.0f} s\n", name, epochs, rate, history.back().loss,
             history.back().seconds);
  return report(net, test);
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const bool quick = arguments.has("--quick");
  const auto seed = static_cast<std::uint64_t>(arguments.number("--seed", 1, 0));
  esp::Dataset train, test;
  if (quick) {
    train = made_up(100, esp::Rng{seed}), test = made_up(50, esp::Rng{seed + 1});
  } else if (arguments.has("--data")) {
    const Mnist all(arguments.text("--data", ""));
    train = two_digits(all.train, 0, 8), test = two_digits(all.test, 0, 8);
    if (arguments.has("--held-out")) std::tie(train, test) = train.split(0.9, {.seed = 0});
  } else {
    fmt::print("{}", usage);
    return 0;
  }
  const long epochs = arguments.number("--epochs", quick ? 3 : 10);
  const esp::Index width = quick ? 8 : 128;
  const std::string only = arguments.text("--net", "");
  bool holds = true, known = false;
  const auto with = [&](const std::string& name, const auto& policy, double chosen_rate) {
    const double rate = arguments.real("--rate", chosen_rate);
    if (!only.empty() && only != name) return;
    known = true;
    holds = run(name, policy, train, test, width, rate, epochs, seed) && holds;
  };
  with("Orthonormal", esp::Orthonormal{}, 0.01);
  with("Cayley", esp::Cayley{}, 0.003);
  with("SpectralRescaled", esp::SpectralRescaled{4}, 0.01);
  if (!known)
    throw std::invalid_argument(
        fmt::format("--net: expected Orthonormal, Cayley or SpectralRescaled, found '{}'", only));
  return holds ? 0 : 1;
} catch (const std::exception& error) {
  return failed(error);
}
