// SPDX-License-Identifier: MIT
// MNIST by a net that is 5-Lipschitz whatever its weights are (Wang & Manchester 2023, arXiv 2301.11526),
// beside a plain one of the same widths: accuracy, proved radii, noise, and an attack.
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "../arguments.hpp"
#include "../mnist.hpp"

namespace esp = espalier;
using Matrix = esp::Matrix<float>;

constexpr auto usage =
    R"(lipschitz_mnist: Sandwich layers with the Lipschitz constant 5 against a plain net, 784-64-64-10
  --data DIR  the four IDX files of MNIST, gzip or not: train-images-idx3-ubyte, ...
  --steps N   of the full batch, at the rate 1e-3 and then as many at 1e-4 (default 300)
  --part N    trains with the first N images (default 60000)
  --seed N    of the initial weights and the noise (default 1)
  --quick     a small net on images that the program makes up
)";

esp::Dataset first(const esp::Dataset& all, esp::Index samples) {
  std::vector<esp::Index> which(static_cast<std::size_t>(std::min(samples, all.samples())));
  std::iota(which.begin(), which.end(), 0);
  return all.subset(which);
}

/// Ten random images, and samples that are one of them with noise of standard deviation 0.2.
esp::Dataset made_up(const Matrix& images, esp::Index samples, esp::Rng rng) {
  esp::Dataset data{Matrix(images.rows(), samples)};
  for (esp::Index i = 0; i < samples; ++i) {
    data.labels.push_back(static_cast<int>(i % 10));
    data.inputs.col(i) = images.col(i % 10).unaryExpr(
        [&](float pixel) { return std::clamp(pixel + static_cast<float>(0.2 * rng.normal()), 0.0F, 1.0F); });
  }
  return data;
}

/// Another picture for each image, at the distance `radius` in the 2-norm: twenty steps along the gradient of
/// the loss, each a fifth of the radius long, then back into the ball.
template <class Net>
Matrix attack(Net& net, const esp::Dataset& data, float radius) {
  Matrix moved = data.inputs, gradient, toward;
  for (int step = 0; step < 20; ++step) {
    esp::CrossEntropy{}(net.forward(moved), data.target(), gradient);
    net.backward(moved, gradient, toward);
    for (esp::Index i = 0; i < moved.cols(); ++i) {
      if (const float size = toward.col(i).stableNorm(); size > 0)
        moved.col(i) += radius / 5 / size * toward.col(i);
      const Eigen::VectorXf way = moved.col(i) - data.inputs.col(i);
      if (way.norm() > radius) moved.col(i) = data.inputs.col(i) + radius / way.norm() * way;
    }
  }
  return moved;
}

/// Uniform from -size to size on every pixel.
Matrix with_noise(const Matrix& images, float size, esp::Rng rng) {
  return images.unaryExpr([&](float pixel) { return pixel + static_cast<float>(rng.uniform(-1, 1)) * size; });
}

template <class Net>
double accuracy_on(const Net& net, const Matrix& images, const std::vector<int>& labels) {
  return accuracy(predict(net, images), esp::Target<float>(labels));
}

/// What is asked of both nets.
struct Figures {
  double train_accuracy, test_accuracy, bound, median_radius;
  std::vector<double> noise, certified, attacked;
  long refuted = 0;  ///< images whose class an attack changed within their certified radius
};
const std::vector<float> noises{0.2F, 0.4F, 0.6F, 0.8F, 1}, radii{0.1F, 0.2F, 0.3F, 0.5F, 1};

/// Radii count where the class is right; a wrong one has the radius 0.
template <class Net>
Figures measure(Net& net, const esp::Dataset& train, const esp::Dataset& test, std::uint64_t seed) {
  Figures found{accuracy(net, train), accuracy(net, test), lipschitz(net).two, 0, {}, {}, {}};
  std::vector<double> proved = certified_radius(net, test.inputs);
  const std::vector<int> classes = predict_classes(net, test.inputs);
  for (std::size_t i = 0; i < proved.size(); ++i)
    if (classes[i] != test.labels[i]) proved[i] = 0;
  for (const float size : noises)
    found.noise.push_back(accuracy_on(net, with_noise(test.inputs, size, esp::Rng{seed}), test.labels));
  const double share = 1 / static_cast<double>(proved.size());
  for (const float radius : radii) {
    const std::vector<int> after = predict_classes(net, attack(net, test, radius));
    double certified = 0, right = 0;
    for (std::size_t i = 0; i < proved.size(); ++i) {
      const bool sure = proved[i] > static_cast<double>(radius), stays = after[i] == test.labels[i];
      certified += sure, right += stays, found.refuted += sure && !stays;
    }
    found.certified.push_back(certified * share), found.attacked.push_back(right * share);
  }
  std::sort(proved.begin(), proved.end());
  found.median_radius = proved[proved.size() / 2];
  return found;
}

/// Trains as published, and prints a line every tenth of the way.
template <class Net>
void train_net(const char* name, Net& net, const esp::Dataset& data, long steps) {
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 1e-3}};
  struct Lines {
    const char* name;
    long every;
    void epoch(const Net&, const esp::EpochReport& report) const {
      if (report.epoch % every == 0 || report.epoch == 1)
        fmt::print("{:<7} step {:>4}  loss {:.4f}  {:.0f} s\n", name, report.epoch, report.loss,
                   report.seconds);
      std::fflush(stdout);
    }
  };
  fit(net, data, esp::CrossEntropy{}, optimizer,
      {.epochs = 2 * steps,
       .batch = data.samples(),
       .shuffle = false,
       .schedule = esp::StepDecay{.every = steps, .factor = 0.1}},
      Lines{name, std::max(1L, steps / 5)});
}

void print_row(const std::string& what, double bounded, double plain, const char* format) {
  fmt::print("{:<34}{:>10}{:>10}\n", what, fmt::format(fmt::runtime(format), bounded),
             fmt::format(fmt::runtime(format), plain));
}

void print_table(const Figures& a, const Figures& b) {
  const auto percent = [](const std::string& what, double x, double y) {
    print_row(what, 100 * x, 100 * y, "{:.2f} %");
  };
  fmt::print("\n{:<34}{:>10}{:>10}\n", "", "bounded", "plain");
  percent("test accuracy", a.test_accuracy, b.test_accuracy);
  percent("training accuracy", a.train_accuracy, b.train_accuracy);
  print_row("Lipschitz bound, certified", a.bound, b.bound, "{:.7g}");
  print_row("median certified radius", a.median_radius, b.median_radius, "{:.4f}");
  for (std::size_t k = 0; k < noises.size(); ++k)
    percent(fmt::format("accuracy, noise +-{}", noises[k]), a.noise[k], b.noise[k]);
  for (std::size_t k = 0; k < radii.size(); ++k) {
    percent(fmt::format("right and certified to {}", radii[k]), a.certified[k], b.certified[k]);
    percent(fmt::format("right under attack of {}", radii[k]), a.attacked[k], b.attacked[k]);
  }
}

/// Is no certificate refuted, and the bound gamma up to the roundings of the weights?
bool holds(const Figures& found, double gamma) {
  const bool right = found.bound <= gamma * (1 + 1e-5) && found.refuted == 0;
  if (!right) fmt::print("a guarantee is broken: {} certificates refuted\n", found.refuted);
  return right;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const bool quick = arguments.has("--quick");
  const auto seed = static_cast<std::uint64_t>(arguments.number("--seed", 1, 0));
  esp::Dataset train, test;
  if (quick) {
    esp::Rng rng(seed);
    const Matrix images = Matrix::NullaryExpr(36, 10, [&] { return static_cast<float>(rng.uniform()); });
    train = made_up(images, 100, rng), test = made_up(images, 50, esp::Rng{seed + 1});
  } else if (arguments.has("--data")) {
    auto all = Mnist(arguments.text("--data", ""));
    train = first(all.train, arguments.number("--part", 60000)), test = std::move(all.test);
  } else {
    fmt::print("{}", usage);
    return 0;
  }
  const long steps = arguments.number("--steps", 300);
  const esp::Index inputs = train.features(), width = quick ? 8 : 64;

  const double gamma = 5, root = std::sqrt(gamma);
  esp::Sequential bounded{esp::Scale{root}, esp::Sandwich(inputs, width), esp::Sandwich(width, width),
                          esp::Dense(width, 10, esp::Cayley{}), esp::Scale{root}};
  esp::Sequential plain{esp::Dense(inputs, width), esp::ReLU{}, esp::Dense(width, width), esp::ReLU{},
                        esp::Dense(width, 10)};
  initialize(bounded, {.seed = seed}, esp::GlorotNormal{});
  initialize(plain, {.seed = seed}, esp::GlorotNormal{});
  train_net("bounded", bounded, train, steps);
  train_net("plain", plain, train, steps);

  const Figures of_bounded = measure(bounded, train, test, seed),
                of_plain = measure(plain, train, test, seed);
  print_table(of_bounded, of_plain);
  bool right = holds(of_bounded, gamma) && holds(of_plain, HUGE_VAL);
  if (quick && of_bounded.certified.front() < 0.5) {  // then there is hardly a certificate to refute
    fmt::print("the bounded net has learned nothing\n");
    right = false;
  }
  if (right) fmt::print("no certificate is refuted by an attack\n");
  return right ? 0 : 1;
} catch (const std::exception& error) {
  return failed(error);
}
