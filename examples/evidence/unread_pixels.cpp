// SPDX-License-Identifier: MIT
// The pixels of MNIST that are 0 in every training image teach a net nothing about their weights. Under
// GroupLasso per input those weights are exactly 0; under what is usual they are not.
#include <algorithm>
#include <espalier/data.hpp>
#include <espalier/data/gzip.hpp>
#include <espalier/espalier.hpp>
#include <espalier/io.hpp>
#include <string>
#include <vector>

#include "../arguments.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(unread_pixels: which pixels a 784-128-10 network reads, under GroupLasso for each input and under L2, weight decay and a subgradient
  --data DIR       MNIST's four IDX files, gzip or not: train-images-idx3-ubyte, ...
  --seed N         of weights and shuffling (default 1)
  --header FILE    where the net is written as a header (default: nowhere)
  --quick          a small net on made-up images instead, without files
)";

/// What a regularizer of Keras does: the penalty of GroupLasso for each input, through its gradient.
struct ByGradient {
  double strength = 0;

  template <esp::Scalar S>
  double value(esp::Block<const S> w) const {
    return strength * norms(w).sum();
  }
  template <esp::Scalar S>
  bool add_gradient(esp::Block<const S> w, esp::Block<S> gradient) const {
    const Eigen::ArrayXd all = norms(w);
    for (esp::Index j = 0; j < w.rows; ++j)
      for (esp::Index i = 0; i < w.cols; ++i)
        if (all(i) > 0)
          gradient.row(j)[i] += static_cast<S>(strength * std::sqrt(static_cast<double>(w.rows)) *
                                               static_cast<double>(w.row(j)[i]) / all(i));
    return true;
  }

 private:
  template <esp::Scalar S>
  static Eigen::ArrayXd norms(esp::Block<const S> w) {
    Eigen::ArrayXd squares = Eigen::ArrayXd::Zero(w.cols);
    for (esp::Index j = 0; j < w.rows; ++j)
      squares += Eigen::Map<const Eigen::Array<S, Eigen::Dynamic, 1>>(w.row(j), w.cols)
                     .template cast<double>()
                     .square();
    return squares.sqrt();
  }
};

/// Images of 8 x 8 whose outer pixels are never on, and 4 classes by quarters.
esp::Dataset made_up_images(esp::Index count, std::uint64_t seed) {
  esp::Rng rng{seed};
  esp::Dataset data;
  data.inputs = esp::Matrix<float>::Zero(64, count);
  for (esp::Index s = 0; s < count; ++s) {
    const esp::Index down = rng.below(2), right = rng.below(2);
    data.labels.push_back(static_cast<int>(2 * down + right));
    for (esp::Index k = 0; k < 9; ++k)
      data.inputs(8 * (1 + 3 * down + k / 3) + 1 + 3 * right + k % 3, s) =
          static_cast<float>(rng.uniform(0.2, 1));
  }
  return data;
}

auto network(esp::Index pixels, esp::Index hidden, esp::Index classes) {
  return esp::Sequential{esp::Dense(pixels, hidden), esp::ReLU{}, esp::Dense(hidden, classes)};
}
using Net = decltype(network(1, 1, 1));

/// The norms of what each pixel feeds; in double, where no square of a float becomes 0.
std::vector<double> norms_by_pixel(const Net& net) {
  const Eigen::MatrixXd w = parameter(net, "0.weight").cast<double>();
  std::vector<double> norms;
  for (esp::Index i = 0; i < w.cols(); ++i) norms.push_back(w.col(i).norm());
  return norms;
}

/// The pixels that are never on.
std::vector<std::size_t> dark_pixels(const esp::Dataset& data) {
  std::vector<std::size_t> dark;
  for (esp::Index i = 0; i < data.inputs.rows(); ++i)
    if ((data.inputs.row(i).array() == 0).all()) dark.push_back(static_cast<std::size_t>(i));
  return dark;
}

/// Prints the row of a net and returns how many of the dark pixels it does not read.
esp::Index report(const std::string& name, const Net& net, const esp::Dataset& test,
                  const std::vector<std::size_t>& dark) {
  const std::vector<double> norms = norms_by_pixel(net);
  std::vector<double> of_dark;
  for (const std::size_t i : dark) of_dark.push_back(norms[i]);
  const auto unread_dark = std::count(of_dark.begin(), of_dark.end(), 0.0);
  const auto [least, largest] = std::minmax_element(of_dark.begin(), of_dark.end());
  fmt::print("{:<28}{:>8.2f} %{:>18}{:>22}{:>12.2g}{:>12.2g}\n", name, 100 * accuracy(net, test),
             weight_facts(net.parameters()).front().unread, fmt::format("{} of {}", unread_dark, dark.size()),
             *least, *largest);
  return unread_dark;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const bool quick = arguments.has("--quick");
  if (!quick && !arguments.has("--data")) {
    fmt::print("{}", usage);
    return 0;
  }
  const auto seed = static_cast<std::uint64_t>(arguments.number("--seed", 1, 0));
  const std::string folder = arguments.text("--data", "");
  const auto train = quick ? made_up_images(200, 1) : esp::read_mnist(folder, esp::MnistPart::train);
  const auto test = quick ? made_up_images(100, 2) : esp::read_mnist(folder, esp::MnistPart::test);

  const std::vector<std::size_t> dark = dark_pixels(train);
  fmt::print("{} of {} pixels are 0 in all {} training images\n\n", dark.size(), train.inputs.rows(),
             train.samples());

  const double strength = quick ? 3e-3 : 1e-4;
  const std::vector<std::pair<std::string, esp::AnyPack<float>>> kinds{
      {"none", {}},
      {"L2{1e-4}", esp::AnyPack<float>(esp::Pack(esp::L2{1e-4}))},
      {"WeightDecay{0.01}", esp::AnyPack<float>(esp::Pack(esp::WeightDecay{0.01}))},
      {"group lasso by subgradient", esp::AnyPack<float>(esp::Pack(ByGradient{strength}))},
      {"PerInput{GroupLasso}", esp::AnyPack<float>(esp::Pack(esp::PerInput{esp::GroupLasso{strength}}))}};
  fmt::print("{:<28}{:>10}{:>18}{:>22}{:>12}{:>12}\n", "on the first weight", "test acc.",
             "pixels never read", "of those always 0", "least norm", "largest");
  Net net = network(train.inputs.rows(), quick ? 12 : 128, quick ? 4 : 10);
  esp::Index unread_dark = 0;
  for (const auto& [name, policies] : kinds) {
    set_policies(net, "0.weight", policies);
    initialize(net, {.seed = seed});
    fit(net, train, esp::CrossEntropy{}, esp::Adam{.learning_rate = quick ? 2e-2 : 1e-3},
        {.epochs = quick ? 40 : 5, .batch = 100, .seed = seed, .schedule = esp::CosineDecay{}});
    unread_dark = report(name, net, test, dark);
  }

  // The last net as a header: which pixels it does not read is a constant for static_assert.
  const esp::Index unread = weight_facts(net.parameters()).front().unread;
  const std::string text = header_text(net, {.name = "digits"});
  const bool certified = text.find(fmt::format("inputs_never_read_count = {};", unread)) != std::string::npos;
  fmt::print("\nthe header of the last net {} digits::inputs_never_read_count = {}\n",
             certified ? "says" : "does NOT say", unread);
  if (arguments.has("--header")) write_header(net, arguments.text("--header", ""), {.name = "digits"});
  return certified && unread_dark == static_cast<esp::Index>(dark.size()) ? 0 : 1;
} catch (const std::exception& error) {
  return failed(error);
}
