// SPDX-License-Identifier: MIT
// The data of a run: what it trains on and is validated with, checked against the model, the loss and the
// options.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "espalier/loss/loss.hpp"
#include "espalier/train/evaluate.hpp"
#include "espalier/train/fit_options.hpp"

namespace espalier {
namespace detail {

/// Throws for a model that nobody initialized: behind and before weights that are all zero, no other gets a
/// gradient. One such layer alone does train, a linear model, or an output layer that starts at zero; unless
/// its rows have scales, since a zero row has no direction and takes no gradient.
template <class M>
void check_initialized(const M& model) {
  std::string first;
  model.for_each_parameter([&](const auto& p) {
    if (p.kind != ParameterKind::weight ||
        (ConstArrayMap<typename M::scalar_type>(p.values, p.size()) != 0).any())
      return;
    if (!first.empty() || p.pack.traits().scales_rows)
      fail(first.empty() ? p.path : first, "weights from initialize() or assign()", "all zero");
    first = p.path;
  });
}

/// Throws for a model of which nothing is trained.
template <class M>
void check_trained(const M& model) {
  const auto entries = model.parameters().entries();
  if (std::none_of(entries.begin(), entries.end(), [](const auto& e) { return e.trained(); }))
    fail("fit", "a parameter that is trained", "none: all are frozen");
}

/// Throws for data that do not fit the model or the loss, which looks at all targets here, a part at a time:
/// memory for made-up outputs does not grow with the data.
template <class M, Scalar S, Loss L>
void check_data(const M& model, const BasicDataset<S>& data, const L& loss) {
  data.validate();
  if (data.features() != model.inputs())
    fail<ShapeError>("fit",
                     {"data of {} features, the inputs of the model{}",
                      {model.inputs(), data.samples() == model.inputs() ? transpose_hint : ""}},
                     data.features());
  const Matrix<S> zeros = Matrix<S>::Zero(model.outputs(), std::min<Index>(256, data.samples()));
  double total = 0;
  for (Index first = 0, n = 0; first < data.samples(); first += n) {
    n = std::min(zeros.cols(), data.samples() - first);
    const Target<S> part = data.target(first, n);
    // What counts nothing must make sense too: another shuffle mixes it with what counts.
    const Target<S> unweighted = part.has_labels() ? Target<S>(part.labels()) : Target<S>(part.values());
    try {
      total += total_weight(loss, part);
      if (total_weight(loss, unweighted) > 0)
        loss(typename M::Outputs(zeros.data(), zeros.rows(), n), unweighted);
    } catch (const ValueError& error) {
      if (first == 0) throw;
      throw ValueError(
          detail::format_message("{} (in the part of the data from sample {} on)", {error.what(), first}));
    }
  }
  check_total("fit", total);
}

/// Throws unless the same number means the same class in both.
template <Scalar S>
void check_classes(const BasicDataset<S>& training, const BasicDataset<S>& validation) {
  const std::vector<std::string>&names = training.class_names, &others = validation.class_names;
  if (names.empty() || others.empty() || names == others) return;
  const std::string expected =
      "validation data of the training data's classes (read with .classes = "
      "train.class_names)";
  if (names.size() != others.size()) fail("fit", {"{}, {}", {expected, names.size()}}, others.size());
  const auto [name, other] = std::mismatch(names.begin(), names.end(), others.begin());
  fail("fit", {"{}, class {} being {}", {expected, name - names.begin(), quoted_text(*name)}},
       quoted_text(*other));
}

/// Throws where the last batch is too small for a layer (BatchNorm), which would end the run in its first
/// epoch.
inline void check_batches(Index least, Index samples, Index batch) {
  const Index rest = samples % batch, last = batch >= samples ? samples : rest > 0 ? rest : batch;
  if (last < least)
    fail("fit",
         {"a batch size that leaves at least {} samples in the last batch, as BatchNorm needs", {least}},
         format_message("{}: {} samples, the last batch of {}", {batch, samples, last}));
}

/// The data of a run, checked with its options: what it trains on, and what it is validated with, if
/// anything.
template <Scalar S>
class FitData {
 public:
  template <class M, class L>
  FitData(const M& model, const BasicDataset<S>& data, const L& loss, const BasicFitOptions<S>& options)
      : training_(&data), validation_(options.validation_data) {
    if (options.epochs < 1) fail("fit", "epochs >= 1", options.epochs);
    if (options.batch < 1) fail("fit", "batch >= 1", options.batch);
    check_fraction("fit", "validation", options.validation);
    if (options.validation > 0 && validation_) fail("fit", "validation or validation_data", "both");
    check_trained(model);
    check_initialized(model);
    check_data(model, data, loss);
    if (options.validation > 0) {
      const auto samples = static_cast<double>(data.samples());
      const double kept = std::round((1 - options.validation) * samples);  // as split does it
      if (kept < 1 || kept >= samples)
        fail("fit", "a validation fraction that leaves samples to validate with and to train on",
             detail::format_message("{} of {} samples", {options.validation, samples}));
      parts_ = data.split(1 - options.validation, Rng(options.seed, 1));
      training_ = &parts_.first, validation_ = &parts_.second;
      check_data(model, *training_, loss);
    }
    check_batches(model.least_samples(), training_->samples(), options.batch);
    if (!validation_) return;
    check_classes(data, *validation_);
    check_data(model, *validation_, loss);
  }
  FitData(const FitData&) = delete;
  FitData& operator=(const FitData&) = delete;

  const BasicDataset<S>& training() const { return *training_; }
  const BasicDataset<S>* validation() const { return validation_; }

 private:
  std::pair<BasicDataset<S>, BasicDataset<S>> parts_;
  const BasicDataset<S>* training_;
  const BasicDataset<S>* validation_;
};

}  // namespace detail
}  // namespace espalier
