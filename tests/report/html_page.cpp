// SPDX-License-Identifier: MIT
#include "espalier/report/html_page.hpp"

#include "../catch.hpp"
#include "xml.hpp"

using namespace espalier;
using namespace espalier::detail;

namespace {

/// A run of a model with so many layers, each with a weight and a bias under two policies.
Page page_of(long epochs, int layers) {
  Page page;
  page.title = "a <b> & \"c\"";
  page.epochs = epochs;
  page.notes = {"features <far> from 1"};
  std::vector<std::string> names;
  for (int k = 0; k < layers; ++k) {
    names.push_back("Dense");
    page.parameters.push_back({std::to_string(k) + ".weight",
                               ParameterKind::weight,
                               4,
                               5,
                               3,
                               1,
                               2,
                               "",
                               {{"My<L1>", {9, 4, 2, 0.5}}, {"Clip", {}}}});
    page.parameters.push_back(
        {std::to_string(k) + ".bias", ParameterKind::bias, 4, 1, 1, 1, 2, "frozen", {}});
  }
  Rng rng(1);
  for (long epoch = 1; epoch <= epochs; ++epoch) {
    EpochReport report;
    report.epoch = epoch, report.loss = rng.uniform() + 0.1, report.learning_rate = 1e-3 * rng.uniform();
    report.validation_loss = rng.uniform(), report.validation_accuracy = rng.uniform();
    for (ParameterNumbers& p : page.parameters) p.norm = rng.uniform(), p.gradient = rng.uniform();
    page.table.add(epoch, readings_of(report, page.parameters, names));
  }
  return page;
}

bool has(const std::vector<Element>& all, const std::string& name, const std::string& text) {
  return std::any_of(all.begin(), all.end(),
                     [&](const Element& e) { return e.name == name && e.text.find(text) != e.text.npos; });
}

bool asks_for_refresh(const std::vector<Element>& all) {
  return std::any_of(all.begin(), all.end(), [](const Element& e) {
    return e.name == "meta" && e.attributes.contains("http-equiv");
  });
}

}  // namespace

TEST_CASE("the page is well formed, refers to nothing outside, has no script, and escapes names") {
  const std::string text = html(page_of(20, 3));
  const std::vector<Element> all = elements_of(text);
  for (const std::string_view word :
       {"http:", "https:", "//", "<script", "@import", "url(", "<link", "javascript"}) {
    CAPTURE(word);
    CHECK(text.find(word) == text.npos);
  }
  CHECK(has(all, "title", "a <b> & \"c\""));
  CHECK(has(all, "h1", "a <b> & \"c\""));
  CHECK(has(all, "p", "features <far> from 1"));
  CHECK(has(all, "title", "0.weight My<L1>"));
  CHECK(has(all, "td", "My<L1>: acted in 4 of 9 steps"));
  CHECK(has(all, "td", "frozen"));
  CHECK(has(all, "style", "prefers-color-scheme: dark"));
  CHECK(has(all, "style", "@media print"));
}

TEST_CASE("only a page of a run that goes on asks to be loaded again") {
  Page page = page_of(3, 1);
  page.epochs = 5;
  CHECK(asks_for_refresh(elements_of(html(page))));
  CHECK(has(elements_of(html(page)), "p", "Epoch 3 of 5, running."));
  page.state = RunState::finished;
  CHECK_FALSE(asks_for_refresh(elements_of(html(page))));
  CHECK(has(elements_of(html(page)), "p", "Epoch 3 of 5, ended early."));
  page.epochs = 3;
  CHECK(has(elements_of(html(page)), "p", "Epoch 3 of 3, finished."));
  page.state = RunState::broken;
  CHECK(has(elements_of(html(page)), "p", "Epoch 3 of 3, broken off by an error."));
  CHECK_FALSE(asks_for_refresh(elements_of(html(page))));
}

TEST_CASE("a page before the first epoch is one too") {
  const auto all = elements_of(html(page_of(0, 1)));
  CHECK(has(all, "p", "Epoch 0 of 0, running."));
  CHECK_FALSE(has(all, "figcaption", "Loss"));
}

TEST_CASE("a thousand epochs of a deep net stay below 200 kB, and keep the least and the largest loss") {
  for (const int layers : {2, 20}) {
    const Page page = page_of(1000, layers);
    const std::string text = html(page);
    CHECK(text.size() < 200000);
    const DrawnLine line = line_in(elements_of(text), "Loss", "training, mean over the epoch");
    const std::vector<double> loss = page.table.numbers(Chart::loss, "training, mean over the epoch");
    const auto [least, largest] = std::minmax_element(loss.begin(), loss.end());
    for (const double extreme : {*least, *largest})
      CHECK(std::any_of(line.points.begin(), line.points.end(),
                        [&](const Point& p) { return drawn_as(line, p.y, extreme); }));
  }
}

TEST_CASE("more than 8 lines are shared out to several charts, and none is lost") {
  const std::vector<Element> all = elements_of(html(page_of(4, 20)));
  int charts = 0, lines = 0;
  for (std::size_t k = 0; k < 20; ++k)
    lines += line_in(all, "Norms of weights, by layer", std::to_string(k) + " Dense").parts;
  for (const Element& e : all)
    charts += e.name == "figcaption" && e.text.starts_with("Norms of weights, by layer, ");
  CHECK(lines == 20);
  CHECK(charts == 3);
}

TEST_CASE("the best epoch is the first with the least loss or the largest accuracy") {
  Page page;
  for (const double x : {3.0, 1.0, 1.0, 2.0}) {
    EpochReport report;
    report.loss = x, report.validation_accuracy = x / 4;
    page.table.add(static_cast<long>(page.table.rows() + 1), readings_of(report, {}, {}));
  }
  const auto all = elements_of(html(page));
  CHECK(has(all, "dt", "best 1, epoch 2"));
  CHECK(has(all, "dt", "best 0.75, epoch 1"));
  CHECK_FALSE(has(all, "dt", "validation loss"));
}
