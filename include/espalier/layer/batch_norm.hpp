// SPDX-License-Identifier: MIT
// Batch normalization: every feature has mean 0 and variance 1 over the samples of a batch, then a gain and a
// bias that are trained.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <type_traits>

#include "espalier/core/check.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/layer/by_sample.hpp"
#include "espalier/layer/layer.hpp"

namespace espalier {

struct BatchNormOptions {
  double epsilon = 1e-5;  ///< added to variances, in their unit: a feature that never changes becomes 0
  double momentum = 0.1;  ///< share of a batch in the running averages, from 0 to 1, as in PyTorch
  Index per = 1;  ///< features next to each other that share one mean and variance: pixels of a channel
};

/// y = gain (x - mean) / sqrt(variance + epsilon) + bias for each feature (Ioffe & Szegedy 2015, algorithm
/// 1). Batches are features x samples on both sides. `BatchNorm(channels, {.per = pixels})` does it for each
/// channel of images, over pixels and samples; pixel p of channel c is feature c * pixels + p.
///
/// In training mean and variance are those of the batch, which takes 2 samples or more: ValueError for 1.
/// Running averages of both follow it, of the variance in its unbiased form (torch.nn.BatchNorm1d,
/// BatchNorm2d). Outside training the running averages stand for them: outputs of a sample do not depend on
/// others then.
///
/// Parameters, one number for each channel: gains "weight" and biases "bias", which take no policies of an
/// optimizer, and the buffers "running_mean" and "running_var", which are saved but not trained. `initialize`
/// makes gains and variances 1, biases and means 0. A bias of the layer before is of no use: NoBias{} leaves
/// it out.
class BatchNorm {
 public:
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;

  /// Throws ShapeError for less than 1 channel or feature of a channel, ValueError for options that make no
  /// sense.
  explicit BatchNorm(Index channels, const BatchNormOptions& options = {})
      : channels_(channels), options_(options) {
    if (channels < 1 || options.per < 1)
      detail::fail<ShapeError>("BatchNorm", "at least 1 channel of at least 1 feature",
                               detail::format_message("{} of {}", {channels, options.per}));
    detail::check_positive(name(), "epsilon", options.epsilon);
    if (!(options.momentum >= 0 && options.momentum <= 1))
      detail::fail(name(), "0 <= momentum <= 1", options.momentum);
  }

  Index inputs() const { return channels_ * options_.per; }
  Index outputs() const { return inputs(); }

  double epsilon() const { return options_.epsilon; }
  /// Features of a channel.
  Index per() const { return options_.per; }

  void declare(auto& d) const {
    d.gain("weight", channels_, 1);
    d.bias("bias", channels_, 1);
    d.buffer("running_mean", channels_, 1);
    d.buffer("running_var", channels_, 1);
  }

  /// PyTorch counts batches, which nobody reads here.
  void in_files(auto& d) const {
    d.not_negative("running_var");
    d.counter("num_batches_tracked");
  }
  void describe(auto&& f) const {
    f("channels", static_cast<double>(channels_)), f("per", static_cast<double>(options_.per));
    f("epsilon", options_.epsilon);
  }
  void describe_training(auto&& f) const { f("momentum", options_.momentum); }

  /// A variance needs two numbers.
  Index least_samples() const { return options_.per == 1 ? 2 : 1; }

  /// The means, and 1 / sqrt(variance + epsilon).
  Index kept(Index) const { return 2 * channels_; }

  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    const Index n = x.cols();
    if (call.pass.training && n * options_.per < 2)
      detail::fail(
          name(),
          "at least 2 samples in every training batch (choose a batch size that leaves no single one)", n);
    const S* from = x.data();
    S* const to = y.data();
    each_part(n, [&](Index begin, Index end) {
      if (call.pass.training)
        measure(call, from, n, begin, end);
      else
        recall(call, begin, end);
      each_run(n, begin, end, [&](Index c, Index first, auto length) {
        const S mean = call.kept[c], scale = call.kept[channels_ + c];
        const S gain = call.value(gain_at)[c], bias = call.value(bias_at)[c];
        for (Index i = first; i < first + length; ++i) to[i] = gain * ((from[i] - mean) * scale) + bias;
      });
    });
  }

  /// Backward of a training pass, where mean and variance depend on all samples. With z = (x - mean) /
  /// sqrt(variance + epsilon) and means over the batch, dx = gain / sqrt(variance + epsilon) (dy - mean(dy) -
  /// z mean(z dy)) (ibid., section 3, put together).
  template <Scalar S>
  void backward(const Call<S>& call, const auto& x, const auto&, auto&& dy, auto&& dx) const {
    const Index n = x.cols();
    const S *from = x.data(), *given = dy.data();
    S* const to = dx.data();
    const double numbers = static_cast<double>(n * options_.per);
    each_part(n, [&](Index begin, Index end) {
      Sums sum{}, along{};
      each_run(n, begin, end, [&](Index c, Index first, auto length) {
        const S mean = call.kept[c], scale = call.kept[channels_ + c];
        sum[at(c - begin)] += total(first, length, [&](Index i) { return given[i]; });
        along[at(c - begin)] += total(first, length, [&](Index i) {
          return static_cast<double>(given[i]) * ((from[i] - mean) * scale);
        });
      });
      for (Index c = begin; c < end; ++c) {
        call.gradient(gain_at)[c] = static_cast<S>(along[at(c - begin)]);
        call.gradient(bias_at)[c] = static_cast<S>(sum[at(c - begin)]);
      }
      if (!to) return;
      each_run(n, begin, end, [&](Index c, Index first, auto length) {
        const S mean = call.kept[c], scale = call.kept[channels_ + c],
                factor = call.value(gain_at)[c] * scale;
        const S mean_dy = static_cast<S>(sum[at(c - begin)] / numbers);
        const S mean_along = static_cast<S>(along[at(c - begin)] / numbers);
        for (Index i = first; i < first + length; ++i)
          to[i] = factor * (given[i] - mean_dy - (from[i] - mean) * scale * mean_along);
      });
    });
  }

  template <class Init, Scalar S>
  void initialize(const Init&, const Call<S>& call, Rng&) const {
    for (const Index k : {gain_at, variance_at}) std::fill_n(call.buffer(k), channels_, S(1));
    for (const Index k : {bias_at, mean_at}) std::fill_n(call.buffer(k), channels_, S(0));
  }

  void write_code(auto& out) const { out.normalize(options_.per, options_.epsilon); }

  bool operator==(const BatchNorm& other) const {
    return channels_ == other.channels_ && options_.epsilon == other.options_.epsilon &&
           options_.momentum == other.options_.momentum && options_.per == other.options_.per;
  }

 private:
  static constexpr Index gain_at = 0, bias_at = 1, mean_at = 2, variance_at = 3;
  /// Channels that are summed at a time, in double: 512 bytes, which stay in a first-level cache.
  static constexpr Index block = 64;
  using Sums = std::array<double, static_cast<std::size_t>(block)>;

  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }

  std::string name() const {
    return options_.per == 1
               ? detail::format_message("BatchNorm({})", {channels_})
               : detail::format_message("BatchNorm({}, {.per = {}})", {channels_, options_.per});
  }

  /// f(begin, end) for all channels, at most `block` at a time; threads share them. Parts begin at multiples
  /// of a cache line of floats.
  template <class F>
  void each_part(Index n, F&& f) const {
    constexpr Index unit = detail::cache_line / sizeof(float);
    const Index parts = detail::parts_of(inputs() * n, detail::numbers_of_part);
    detail::parallel_for_ranges(channels_, unit, parts, [&](Index, Index begin, Index end) {
      for (; begin < end; begin += block) f(begin, std::min(begin + block, end));
    });
  }

  /// f(c, place of its first number, how many follow each other) for channels and samples. A length of 1 is
  /// known to the compiler.
  template <class F>
  void each_run(Index n, Index begin, Index end, F&& f) const {
    const auto run = [&](auto length) {
      for (Index j = 0; j < n; ++j)
        for (Index c = begin; c < end; ++c) f(c, (j * channels_ + c) * length, length);
    };
    if (options_.per == 1)
      run(std::integral_constant<Index, 1>{});
    else
      run(options_.per);
  }

  /// The sum of f(i) over a run, in double. A long one is several sums, which the compiler computes at a
  /// time.
  template <class F>
  static double total(Index first, Index length, F&& f) {
    constexpr Index many = 8;
    double sum = 0, part[many] = {};
    const Index whole = length / many * many;
    for (Index i = 0; i < whole; i += many)
      for (Index k = 0; k < many; ++k) part[k] += static_cast<double>(f(first + i + k));
    for (Index i = whole; i < length; ++i) sum += static_cast<double>(f(first + i));
    for (const double one : part) sum += one;
    return sum;
  }

  /// Keeps the mean of a batch and 1 / sqrt(variance + epsilon), and moves the running averages. The variance
  /// takes a pass of its own: no digits are lost if the mean is large.
  template <Scalar S>
  void measure(const Call<S>& call, const S* x, Index n, Index begin, Index end) const {
    const double numbers = static_cast<double>(n * options_.per);
    Sums mean{}, squares{};
    each_run(n, begin, end, [&](Index c, Index first, auto length) {
      mean[at(c - begin)] += total(first, length, [&](Index i) { return x[i]; });
    });
    for (double& sum : mean) sum /= numbers;
    each_run(n, begin, end, [&](Index c, Index first, auto length) {
      const double center = mean[at(c - begin)];
      squares[at(c - begin)] += total(first, length, [&](Index i) {
        const double apart = static_cast<double>(x[i]) - center;
        return apart * apart;
      });
    });
    const auto follow = [&](S& average, double of_batch) {
      average = static_cast<S>((1 - options_.momentum) * static_cast<double>(average) +
                               options_.momentum * of_batch);
    };
    for (Index c = begin; c < end; ++c) {
      const double center = mean[at(c - begin)], sum = squares[at(c - begin)];
      keep(call, c, center, sum / numbers);
      follow(call.buffer(mean_at)[c], center);
      follow(call.buffer(variance_at)[c], sum / (numbers - 1));
    }
  }

  /// Keeps the same of the running averages.
  template <Scalar S>
  void recall(const Call<S>& call, Index begin, Index end) const {
    for (Index c = begin; c < end; ++c)
      keep(call, c, static_cast<double>(call.value(mean_at)[c]),
           static_cast<double>(call.value(variance_at)[c]));
  }

  template <Scalar S>
  void keep(const Call<S>& call, Index c, double mean, double variance) const {
    call.kept[c] = static_cast<S>(mean);
    call.kept[channels_ + c] = static_cast<S>(1 / std::sqrt(variance + options_.epsilon));
  }

  Index channels_;
  BatchNormOptions options_;
};

}  // namespace espalier
