// SPDX-License-Identifier: MIT
// What training looked like, on one page that a browser shows while it runs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/image.hpp"
#include "espalier/data/write_file.hpp"
#include "espalier/report/html_page.hpp"

namespace espalier {

struct HtmlReportOptions {
  std::string title{};           ///< empty: the name of the file
  std::optional<Image> image{};  ///< the shape of the inputs, for a first layer that does not know it
  long every = 1;                ///< epochs from one writing to the next; the end of a run is always written
};

namespace detail {

/// The kernel of a convolution, and what an image is for other layers.
template <class Layer>
std::optional<Image> shape_of_rows(const Layer& layer, const std::optional<Image>& image) {
  if constexpr (requires { layer.kernel().height, layer.input_image().channels; })
    return Image{layer.kernel().height, layer.kernel().width, layer.input_image().channels};
  else
    return image;
}

/// Whether a run goes on that an object watches. Its copies watch none.
struct Watching {
  bool now = false;

  Watching() = default;
  Watching(const Watching&) {}
  Watching& operator=(const Watching&) { return *this; }
  ~Watching() = default;
};

/// The rows of the first weight as images.
template <Model M>
std::optional<Filters> filters_of(const M& model, const std::optional<Image>& image) {
  const std::optional<Image> shape = shape_of_rows(model.template layer<0>(), image);
  if (!shape) return {};
  for (const auto& e : model.parameters().entries()) {
    if (e.kind != ParameterKind::weight) continue;
    Filters filters{e.path, *shape, e.rows, e.cols, {}};
    if (e.cols != shape->size()) return filters;
    const auto weight = effective_weight(model, e.path);
    for (Index j = 0; j < shown_filters(e.rows, *shape); ++j)
      for (Index i = 0; i < e.cols; ++i) filters.weights.push_back(static_cast<double>(weight(j, i)));
    return filters;
  }
  return {};
}

}  // namespace detail

/// An observer: `fit(net, data, loss, optimizer, options, HtmlReport{"run.html"})`. It keeps a page up to
/// date: losses, metrics, learning rate, norms by layer, exact zeros, what policies do, and the first layer's
/// filters where inputs are images. The page is one file, without scripts. While the run goes on it asks the
/// browser to load it again every few seconds. Throws FileError before the first step if the file cannot be
/// written.
class HtmlReport {
 public:
  explicit HtmlReport(std::filesystem::path path, HtmlReportOptions options = {})
      : path_(std::move(path)), options_(std::move(options)) {}
  HtmlReport(const HtmlReport&) = default;
  HtmlReport& operator=(const HtmlReport&) = default;
  /// A run that threw has no `finish`: the page says so. The error that is on its way counts more than one of
  /// the file.
  ~HtmlReport() {
    if (!watching_.now) return;
    try {
      write(detail::RunState::broken);
    } catch (...) {
    }
  }

  const std::filesystem::path& path() const { return path_; }

  void validate() const {
    if (options_.every < 1) detail::fail("HtmlReport", "every >= 1 epochs", options_.every);
    if (options_.image) detail::check_image("HtmlReport", *options_.image);
  }
  static void each_state(auto& self, auto&& f) {
    f("numbers", self.page_.table.state.numbers);
    f("names", self.page_.table.state.names);
  }

  /// A number of the coming epoch beside those of `fit`, shown among the metrics. Call it from an observer
  /// that stands before this one.
  void add(std::string name, double value) {
    more_.push_back({detail::Chart::metric, std::move(name), value});
  }

  void start(const Plan& plan) {
    if (plan.done == 0) page_.table = {};
    page_.table.restore();
    page_.title = options_.title.empty() ? path_.filename().string() : options_.title;
    page_.epochs = plan.epochs;
    page_.notes = plan.notes;
    page_.parameters.clear(), page_.filters.reset(), more_.clear();
    watching_.now = false;
    write(detail::RunState::running);
    watching_.now = true;
  }
  void epoch(const auto& model, const EpochReport& report) {
    look_at(model);
    std::vector<detail::Reading> readings =
        detail::readings_of(report, page_.parameters, detail::layer_names(model));
    detail::add_joint_penalties(readings, model.parameters());
    readings.insert(readings.end(), more_.begin(), more_.end());
    more_.clear();
    page_.table.add(report.epoch, readings);
    if (report.epoch % options_.every == 0) write(detail::RunState::running);
  }
  void finish(auto& model) {
    look_at(std::as_const(model));
    watching_.now = false;
    write(detail::RunState::finished);
  }

 private:
  void look_at(const auto& model) {
    page_.parameters = detail::parameter_numbers(model);
    page_.filters = detail::filters_of(model, options_.image);
  }
  void write(detail::RunState state) {
    page_.state = state;
    detail::write_file(path_, detail::html(page_));
  }

  std::filesystem::path path_;
  HtmlReportOptions options_;
  detail::Page page_;
  std::vector<detail::Reading> more_;
  detail::Watching watching_;
};

}  // namespace espalier
