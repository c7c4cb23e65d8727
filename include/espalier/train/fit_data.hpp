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
template <Scalar S>
void check_initialized(const Parameters<S>& parameters) {
  std::string_view first;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    const Block<const S> w = parameters.values_of(e);
    if (e.kind != ParameterKind::weight || std::any_of(w.data, w.data + w.size(), [](S x) { return x != 0; }))
      continue;
    if (!first.empty() || e.pack.traits().scales_rows)
      fail(first.empty() ? e.path : first, "weights from initialize() or assign()", "all zero");
    first = e.path;
  }
}

/// Throws for a model of which nothing is trained.
template <Scalar S>
void check_trained(const Parameters<S>& parameters) {
  const auto entries = parameters.entries();
  if (std::none_of(entries.begin(), entries.end(), [](const auto& e) { return e.trained(); }))
    fail("fit", "a parameter that is trained", "none: all are frozen");
}

/// What data are checked against, without the types of the model and of the loss.
template <Scalar S>
struct FitContract {
  template <class M, class L>
  FitContract(const M& model, const L& loss)
      : parameters(model.parameters()),
        inputs(model.inputs()),
        outputs(model.outputs()),
        least_samples(model.least_samples()),
        model_loss(&loss),
        total_weight_of(
            [](const void* l, const Target<S>& t) { return total_weight(*static_cast<const L*>(l), t); }),
        loss_of([](const void* l, const Matrix<S>& zeros, const Target<S>& t) {
          (*static_cast<const L*>(l))(typename M::Outputs(zeros.data(), zeros.rows(), t.samples()), t);
        }) {}

  const Parameters<S>& parameters;
  Index inputs, outputs, least_samples;
  const void* model_loss;
  double (*total_weight_of)(const void* loss, const Target<S>&);
  void (*loss_of)(const void* loss, const Matrix<S>& outputs, const Target<S>&);
};

/// Throws for data that do not fit the model or the loss, which looks at all targets here, a part at a time:
/// memory for made-up outputs does not grow with the data.
template <Scalar S>
void check_data(const FitContract<S>& contract, const BasicDataset<S>& data) {
  data.validate();
  if (data.features() != contract.inputs)
    fail<ShapeError>("fit",
                     {"data of {} features, the inputs of the model{}",
                      {contract.inputs, data.samples() == contract.inputs ? transpose_hint : ""}},
                     data.features());
  const Matrix<S> zeros = Matrix<S>::Zero(contract.outputs, std::min<Index>(256, data.samples()));
  double total = 0;
  for (Index first = 0, n = 0; first < data.samples(); first += n) {
    n = std::min(zeros.cols(), data.samples() - first);
    const Target<S> part = data.target(first, n);
    // What counts nothing must make sense too: another shuffle mixes it with what counts.
    const Target<S> unweighted = part.has_labels() ? Target<S>(part.labels()) : Target<S>(part.values());
    try {
      total += contract.total_weight_of(contract.model_loss, part);
      if (contract.total_weight_of(contract.model_loss, unweighted) > 0)
        contract.loss_of(contract.model_loss, zeros, unweighted);
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
  FitData(const FitContract<S>& contract, const BasicDataset<S>& data, const BasicFitOptions<S>& options);
  FitData(const FitData&) = delete;
  FitData& operator=(const FitData&) = delete;

  const BasicDataset<S>& training() const { return *training_; }
  const BasicDataset<S>* validation() const { return validation_; }

 private:
  std::pair<BasicDataset<S>, BasicDataset<S>> parts_;
  const BasicDataset<S>* training_;
  const BasicDataset<S>* validation_;
};

template <Scalar S>
FitData<S>::FitData(const FitContract<S>& contract, const BasicDataset<S>& data,
                    const BasicFitOptions<S>& options)
    : training_(&data), validation_(options.validation_data) {
  if (options.epochs < 1) fail("fit", "epochs >= 1", options.epochs);
  if (options.batch < 1) fail("fit", "batch >= 1", options.batch);
  check_fraction("fit", "validation", options.validation);
  if (options.validation > 0 && validation_) fail("fit", "validation or validation_data", "both");
  check_trained(contract.parameters);
  check_initialized(contract.parameters);
  check_data(contract, data);
  if (options.validation > 0) {
    const auto samples = static_cast<double>(data.samples());
    const double kept = std::round((1 - options.validation) * samples);  // as split does it
    if (kept < 1 || kept >= samples)
      fail("fit", "a validation fraction that leaves samples to validate with and to train on",
           format_message("{} of {} samples", {options.validation, samples}));
    parts_ = data.split(1 - options.validation, Rng(options.seed, 1));
    training_ = &parts_.first, validation_ = &parts_.second;
    check_data(contract, *training_);
  }
  check_batches(contract.least_samples, training_->samples(), options.batch);
  if (!validation_) return;
  check_classes(data, *validation_);
  check_data(contract, *validation_);
}

}  // namespace detail
}  // namespace espalier
