// SPDX-License-Identifier: MIT
#include "study/report.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "../report/xml.hpp"
#include "catch.hpp"
#include "refusal.hpp"
#include "study/own_files.hpp"
#include "study/results_file.hpp"
#include "study/verdict.hpp"

using namespace study;

namespace {

const double not_a_number = std::nan("");
constexpr double infinite = std::numeric_limits<double>::infinity();

Setup digits() {
  Setup s;
  s.data = "digits.csv", s.checksum = 0xbeef, s.samples = 1797, s.features = 16, s.classes = 10,
  s.outputs = 10;
  s.test_samples = 300, s.image_rows = s.image_columns = 4, s.hidden = {32, 16};
  s.epochs = 4, s.batch = 32, s.seeds = 3, s.learning_rate = 0.05;
  s.policies = {"L2", "MaxNorm", "clip"};
  s.strengths = {{0.001, 0.01, 0.1}, {4, 2, 1}, {0}};
  return s;
}

/// What differs from seed to seed, in 0.0001; its mean over the seeds 1 to 3 is 0.
double wobble(long seed) { return seed == 2 ? 2e-4 : -1e-4; }

Result grid_run(const std::string& policy, double strength, long seed, double validation) {
  const double v = validation + wobble(seed);
  return {{"grid", policy, strength, 0, seed},
          {{"train", 0.99}, {"validation", v}, {"seconds", 1}},
          {{"noise", {v - 0.01, v - 0.02, v - 0.04, v - 0.08}}},
          {}};
}

std::vector<Result> grid() {
  std::vector<Result> all;
  for (const long seed : {1, 2, 3}) {
    all.push_back(grid_run(free_name, 0, seed, 0.95));
    const double l2[]{0.96, 0.97, 0.5}, norm[]{0.951, 0.94, 0.6};
    for (const std::size_t k : {0U, 1U, 2U}) {
      // The third strength has pairs that differ, so that its interval is one.
      all.push_back(grid_run("L2", digits().strengths[0][k], seed, l2[k] + wobble(seed)));
      all.push_back(grid_run("MaxNorm", digits().strengths[1][k], seed, norm[k] + wobble(seed)));
    }
    all.push_back(grid_run("clip", 0, seed, 0.945));
  }
  return all;
}

struct Chosen {
  std::string policy;
  double strength, gain;
};
const std::vector<Chosen> chosen{
    {free_name, 0, 0}, {"L2", 0.01, 0.02}, {"MaxNorm", 4, 0.001}, {"clip", 0, 0}};

Result final_run(const Chosen& c, long seed) {
  const double share = c.policy == "L2" ? 0.25 : 0;
  return {{"final", c.policy, c.strength, 0, seed},
          {{"train", 0.99},
           {"test", 0.95 + c.gain + wobble(seed) + (c.gain > 0 ? 2 * wobble(seed) : 0)},
           {"zeros", share},
           {"unread", 16 * share},
           {"effective_rank", 7.5},
           {"similarity", c.policy == free_name ? 1 : 0.875},
           {"row_norm", 2.5},
           {"input_share", 0.125},
           {"gradient_ratio", 0.5},
           {"dead", 0.0625},
           {"active", share}},
          {{"gradient_1", {1, 0.1, 0.01, 0.001}},
           {"gradient_2", {2, 1, 0.5, 0.25}},
           {"gradient_3", {4, 2, 2, 1}}},
          {}};
}

/// Runs of all other stages.
void add_levels(std::vector<Result>& all) {
  const std::vector<std::pair<std::string, std::vector<double>>> levels{
      {"few", {50, 100, 200}}, {"irrelevant", {0, 16, 64}}, {"where", {0, 1}}, {"depth", {2, 4, 8, 16}}};
  for (const auto& [stage, at] : levels)
    for (const double level : at)
      for (const Chosen& c : chosen)
        for (const long seed : {1, 2, 3}) {
          Result r{{stage, c.policy, c.strength, level, seed},
                   {{"train", 1}, {"validation", 0.9 + c.gain + wobble(seed) + level / 1e4}}};
          if (stage == "irrelevant") r.numbers["noise_share"] = level / 100;
          if (stage == "depth") r.numbers["gradient_ratio"] = std::pow(0.5, level);
          all.push_back(r);
        }
}

Result recovery_run(const Chosen& c, double factor, long seed) {
  Result r{{"recovery", c.policy, c.strength, factor, seed},
           {{"largest_gradient", 10.0 * static_cast<double>(seed)}, {"active", 0.25}}};
  if (c.policy != "clip" && factor > 50 && seed != 2)
    r.failed = "the loss was not finite in epoch 2", r.numbers["validation"] = not_a_number;
  else
    r.numbers["validation"] = 0.75;
  return r;
}

std::vector<Result> all_stages() {
  std::vector<Result> all = grid();
  for (const Chosen& c : chosen)
    for (const long seed : {1, 2, 3}) all.push_back(final_run(c, seed));
  add_levels(all);
  for (const Chosen& c : chosen)
    for (const double factor : {10.0, 100.0})
      for (const long seed : {1, 2, 3}) all.push_back(recovery_run(c, factor, seed));
  for (const double ratio : {1.5, 1.25, 1.0, 3.0, 2.0})
    all.push_back({{"cost", "L2", 0.01, 0, static_cast<long>(4 * ratio)},
                   {{"ratio", ratio}, {"step", 0.003}, {"free_step", 0.002}}});
  return all;
}

std::vector<FilterWeights> some_filters() {
  FilterWeights w{"L2", 0.01, 3, 16, {}};
  for (int k = 0; k < 48; ++k) w.weights.push_back(static_cast<float>(k % 7 - 3));
  return {w};
}

/// What a reader of the page sees, with its tables.
struct Seen {
  std::vector<Element> elements;
  std::string text;
  std::vector<std::vector<std::string>> rows;

  explicit Seen(const std::string& page) : elements(elements_of(page)) {
    for (const Element& e : elements) {
      if (e.name != "style") text += e.text + "\n";
      if (e.name == "tr") rows.emplace_back();
      if (e.name == "td") rows.back().push_back(e.text);
    }
  }
  bool says(const std::string& what) const { return text.find(what) != std::string::npos; }
  bool has_row(const std::vector<std::string>& row) const {
    return std::find(rows.begin(), rows.end(), row) != rows.end();
  }
  long count(const std::string& name, const std::string& style) const {
    return std::count_if(elements.begin(), elements.end(), [&](const Element& e) {
      return e.name == name && e.attributes.contains("class") && e.attributes.at("class") == style;
    });
  }
  std::vector<std::string> sections() const {
    std::vector<std::string> ids;
    for (const Element& e : elements)
      if (e.name == "section") ids.push_back(e.attributes.at("id"));
    return ids;
  }
};

/// The words in small letters.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words{""};
  for (const char c : text)
    if (std::isalpha(static_cast<unsigned char>(c)))
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else
      words.emplace_back();
  return words;
}

/// Reads a page and checks what holds for each: it is XML, comes alone, and writes no number that is none.
Seen seen(const std::string& page) {
  Seen result(page);
  CHECK(page.size() < 1000000);
  for (const Element& e : result.elements) {
    CHECK(e.name != "script");
    CHECK(e.name != "link");
    for (const auto& [name, value] : e.attributes) {
      if (name == "src") CHECK(value.starts_with("data:image/png;base64,"));
      if (name == "href") CHECK(value.starts_with("#"));
      if (name == "src") continue;
      for (const std::string& word : words_of(value)) CHECK((word != "nan" && word != "inf"));
    }
  }
  for (const Element& e : result.elements)
    for (const std::string& word : words_of(e.text)) {
      if (word != "nan" && word != "inf") continue;
      CAPTURE(e.name, e.text);
      CHECK(false);
    }
  for (const char* const away : {"http:", "https:", "url(", "@import"})
    CHECK(page.find(away) == std::string::npos);
  return result;
}

const std::string dash = "\u2013";

}  // namespace

TEST_CASE("A page of all stages has all sections in order") {
  const std::vector<Result> results = all_stages();
  const Seen page = seen(html_report(digits(), results, some_filters(), static_cast<long>(results.size())));
  CHECK(page.sections() == std::vector<std::string>{"verdict", "generalization", "strength", "features",
                                                    "gradient", "recovery", "cost", "method"});
  CHECK(page.says("All " + std::to_string(results.size()) + " runs are done."));
  CHECK_FALSE(page.says("not finished"));
}

TEST_CASE("A page has the mark by which a study knows its own ones") {
  const TemporaryDirectory folder;
  const auto refuse = [&] { refuse_foreign_files((folder / "").string()); };
  folder.write("report.html", html_report(digits(), {}, {}, 1));
  folder.write("results.csv", csv_of({}));
  CHECK_NOTHROW(refuse());
  folder.write("report.html", "<!DOCTYPE html><html><head><title>Mine</title></head></html>");
  CHECK(has(refusal(refuse),
            "report.html: expected a file that a study wrote, or none (--out names another "
            "folder), found one of somebody else"));
  // Pages of a study that had no mark yet.
  folder.write("results.jsonl", "{\"study\":1,\"data\":\"x.csv\"}\n");
  CHECK_NOTHROW(refuse());
  std::filesystem::remove(folder / "results.jsonl");
  std::filesystem::remove(folder / "report.html");
  folder.write("results.csv", "a,b\n1,2\n");
  CHECK(has(refusal(refuse), "results.csv: expected a file that a study wrote"));
  std::filesystem::remove(folder / "results.csv");
  CHECK_NOTHROW(refuse());
  std::filesystem::create_directory(folder / "report.html");
  CHECK(has(refusal(refuse), "report.html: expected a file, or none"));
  std::filesystem::remove(folder / "report.html");
  folder.write("filters", "");
  CHECK(has(refusal(refuse), "filters: expected a folder, or none"));
  CHECK_NOTHROW(refuse_foreign_files((folder / "no such folder").string()));
}

TEST_CASE("The verdict has its sentences, a forest of all policies and a table") {
  const std::vector<Result> results = all_stages();
  const Setup setup = digits();
  const Seen page = seen(html_report(setup, results, {}, static_cast<long>(results.size())));
  for (const std::string& sentence : verdict(setup, results).sentences) CHECK(page.says(sentence));
  CHECK(page.says("Test accuracy: difference to the unconstrained network"));
  bool found = false;
  for (const auto& row : page.rows)
    if (row.size() == 9 && row[0] == "L2") {
      found = true;
      CHECK(std::vector(row.begin(), row.begin() + 6) ==
            std::vector<std::string>{"L2", "0.01", "97.00 %", "97.00 %", "95.00 %", "+2.00"});
      CHECK(row[7] == "3");
    }
  CHECK(found);
}

TEST_CASE("Generalization shows the gap, noise, few samples and useless inputs") {
  const std::vector<Result> results = all_stages();
  const Seen page = seen(html_report(digits(), results, {}, static_cast<long>(results.size())));
  CHECK(page.has_row({"unconstrained", dash, "99.00 %", "95.00 %", "+4.00", "+3.96 to +4.04"}));
  CHECK(page.has_row({"L2 at 0.01", "97.00 %", "96.00 %", "95.00 %", "93.00 %", "89.00 %"}));
  CHECK(page.has_row({"unconstrained", "95.00 %", "94.00 %", "93.00 %", "91.00 %", "87.00 %"}));
  CHECK(page.has_row(
      {"L2 at 0.01", "+2.00 (+2.00 to +2.00)", "+2.00 (+2.00 to +2.00)", "+2.00 (+2.00 to +2.00)"}));
  CHECK(page.has_row({"L2 at 0.01", "0.0 %", "16.0 %", "64.0 %"}));
}

TEST_CASE("Each policy with several strengths has a chart with its best and where it hurts") {
  const std::vector<Result> results = all_stages();
  const Seen page = seen(html_report(digits(), results, {}, static_cast<long>(results.size())));
  CHECK(page.count("path", "best") == 2);
  CHECK(page.count("rect", "hurts") == 2);
  CHECK(page.says("hurts from here"));
  bool l2 = false, norm = false, clip = false;
  for (const auto& row : page.rows) {
    if (row.size() != 8 || row[1].find(" to ") == std::string::npos) {
      clip = clip || (row.size() == 8 && row[0] == "clip" && row[1] == dash && row[4] == "94.50 %");
      continue;
    }
    l2 = l2 || (row[0] == "L2" && row[1] == "0.001 to 0.1" && row[2] == "0.01" && row[6] == "0.1");
    norm = norm || (row[0] == "MaxNorm" && row[1] == "4 to 1" && row[2] == "4" && row[6] == "2");
  }
  CHECK(l2);
  CHECK(norm);
  CHECK(clip);
}

TEST_CASE("Features and gradients are means over the seeds") {
  const std::vector<Result> results = all_stages();
  const Seen page = seen(html_report(digits(), results, some_filters(), static_cast<long>(results.size())));
  CHECK(page.has_row({"L2", "0.01", "25.0 %", "4.0", "7.50", "0.875", "2.50", "12.5 %"}));
  CHECK(page.has_row({"L2", "0.01", "0.50", "6.2 %", "25.0 %"}));
  CHECK(page.has_row({"L2", "0.01", "92.00 %", "92.01 %", "+0.01 (+0.01 to +0.01)"}));
  CHECK(page.count("img", "filters") == 1);
  for (const char* const layer : {"layer 1", "layer 2", "layer 3"}) CHECK(page.says(layer));
}

TEST_CASE("Where no policy is compared no sentence stands over a table that is not there") {
  std::vector<Result> results = all_stages();
  std::erase_if(results, [](const Result& r) {
    return (r.trial.stage == "depth" || r.trial.stage == "few") && r.trial.policy != free_name;
  });
  const Seen page = seen(html_report(digits(), results, {}, static_cast<long>(results.size())));
  CHECK(page.says("Deep against shallow"));
  CHECK(page.says("From 12 runs of the stage \u201cdepth\u201d"));
  CHECK_FALSE(page.says("Differences to the unconstrained network of the same depth"));
  long tables = 0;
  for (const Element& e : page.elements) tables += has(e.text, "The table gives the differences") ? 1 : 0;
  CHECK(tables == 1);  // of inputs that mean nothing
}

TEST_CASE("Recovery counts the runs that diverged, and cost is a median with its quartiles") {
  const std::vector<Result> results = all_stages();
  const Seen page = seen(html_report(digits(), results, {}, static_cast<long>(results.size())));
  CHECK(page.has_row({"unconstrained", dash, "10", "3", "0", "20", "25.0 %", "75.00 %"}));
  CHECK(page.has_row({"unconstrained", dash, "100", "3", "2", "20", "25.0 %", "75.00 %"}));
  CHECK(page.has_row({"clip", dash, "100", "3", "0", "20", "25.0 %", "75.00 %"}));
  // A line for each policy: of six runs two unconstrained ones diverged, and clip has both.
  const std::string all = "75.00 %", some = "75.00 %, 2 diverged";
  CHECK(page.has_row({"unconstrained", dash, all, some, "2 of 6", dash, "30"}));
  CHECK(page.has_row({"L2", "0.01", all, some, "2 of 6", "0 of 2", "30"}));
  CHECK(page.has_row({"clip", dash, all, all, "0 of 6", "2 of 2", "30"}));
  CHECK(
      page.says("At 100 times the learning rate, 2 of 3 unconstrained runs diverged. No run diverged there "
                "with clip."));
  CHECK(page.has_row({"L2", "0.01", "1.500", "1.250", "2.000", "5", "3 ms", "2 ms"}));
  CHECK(page.has_row({"recovery", "L2", "0.01", "100", "1", "the loss was not finite in epoch 2"}));
}

TEST_CASE("The method says what was trained") {
  const std::vector<Result> results = all_stages();
  const Seen page = seen(html_report(digits(), results, {}, static_cast<long>(results.size())));
  CHECK(page.says("digits.csv (1797 samples, 16 inputs, 10 classes; checksum 0000beef)"));
  CHECK(page.says("16 inputs (images of 4 x 4), hidden layers of 32 and 16 neurons, 10 outputs"));
  CHECK(page.says("4 epochs with 32 samples a batch at a learning rate of 0.05"));
  CHECK(page.has_row({"few", "Does it help where samples are few?", "36", "0"}));
}

TEST_CASE("A page of an unfinished study says so and leaves out what it has no runs of") {
  const std::vector<Result> results = grid();
  const Seen page = seen(html_report(digits(), results, {}, 500));
  CHECK(
      page.says("This study is not finished: " + std::to_string(results.size()) + " of 500 runs are done."));
  CHECK(page.sections() == std::vector<std::string>{"verdict", "generalization", "strength", "method"});
  CHECK(page.elements[5].name == "title");
  CHECK(page.elements[5].text == "Constraints on the input layer: digits.csv (not finished)");
  CHECK_FALSE(page.says("All "));
}

TEST_CASE("A page says what a budget changed") {
  Setup setup = digits();
  setup.shortened = "To end within 1 min 00 s: no stage \"recurrent\".";
  CHECK(seen(html_report(setup, {}, {}, 1)).says(setup.shortened));
}

TEST_CASE("A page of constraints on all layers says so in its title") {
  Setup setup = digits();
  setup.where = "all";
  CHECK(seen(html_report(setup, {}, {}, 1)).says("Constraints on all layers: digits.csv"));
  CHECK_FALSE(seen(html_report(setup, {}, {}, 1)).says("Constraints on the input layer"));
}

TEST_CASE("A page without runs says that there is nothing to see") {
  for (const long planned : {0L, 40L}) {
    const Seen page = seen(html_report(digits(), {}, {}, planned));
    CHECK(page.says("not finished: 0 of " + std::to_string(planned) + " runs are done"));
    CHECK(page.sections() == std::vector<std::string>{"method"});
  }
  seen(html_report({}, {}, {}, 1));
}

TEST_CASE("Names of users are text and nothing else") {
  const std::string name = "<b>&\"x\"", bytes = "a\xff\x01z\xc3\xa4";
  Setup setup = digits();
  setup.data = "<i>'" + bytes;
  std::vector<Result> results = all_stages();
  for (Result& r : results)
    if (r.trial.policy == "L2") r.trial.policy = name;
  setup.policies[0] = name;
  results.back().failed = "<script>";
  std::vector<FilterWeights> filters = some_filters();
  filters[0].policy = name;
  const Seen page = seen(html_report(setup, results, filters, static_cast<long>(results.size())));
  CHECK(page.says("Constraints on the input layer: <i>'a? z\u00e4"));
  CHECK(page.has_row({name, "0.01", "0.50", "6.2 %", "25.0 %"}));
  for (const Element& e : page.elements) CHECK((e.name != "b" && e.name != "i"));
}

TEST_CASE("Where all runs failed means are dashes") {
  std::vector<Result> results = all_stages();
  for (Result& r : results) {
    r.failed = "the loss was not finite";
    for (auto& [key, value] : r.numbers) value = r.trial.seed == 1 ? not_a_number : infinite;
    for (auto& [key, values] : r.series) values.assign(4, not_a_number);
  }
  const Seen page = seen(html_report(digits(), results, {}, static_cast<long>(results.size())));
  CHECK(page.has_row({"unconstrained", dash, "10", "3", "3", dash, dash, dash}));
  CHECK(page.has_row({"clip", dash, "all diverged", "all diverged", "6 of 6", "0 of 6", dash}));
  CHECK(page.has_row({"L2", "0.01", dash, dash, dash, dash, dash, dash}));
  CHECK(page.says("runs ended early and are in no mean; the first 12 of them:"));
}

TEST_CASE("Failed runs are in no mean") {
  std::vector<Result> results = all_stages();
  for (Result& r : results)
    if (r.trial.stage == "final" && r.trial.seed == 2)
      r.failed = "the loss was not finite", r.numbers["zeros"] = 1, r.numbers["train"] = 0;
  const Seen page = seen(html_report(digits(), results, {}, static_cast<long>(results.size())));
  CHECK(page.has_row({"L2", "0.01", "25.0 %", "4.0", "7.50", "0.875", "2.50", "12.5 %"}));
  CHECK(page.has_row({"unconstrained", dash, "99.00 %", "94.99 %", "+4.01", "+4.01 to +4.01"}));
}

TEST_CASE("One seed has no intervals") {
  std::vector<Result> results;
  for (const Result& r : all_stages())
    if (r.trial.seed == 1) results.push_back(r);
  Setup setup = digits();
  setup.seeds = 1;
  const Seen page = seen(html_report(setup, results, {}, static_cast<long>(results.size())));
  CHECK(page.has_row({"unconstrained", dash, "99.00 %", "94.99 %", "+4.01", dash}));
}

TEST_CASE("Errors of a regression are in the units of the target, and smaller is better") {
  std::vector<Result> results = all_stages();
  for (Result& r : results)
    for (const char* const name : {"train", "validation", "test"})
      if (r.numbers.contains(name)) r.numbers[name] = 10 * (1 - r.numbers[name]);
  Setup setup = digits();
  setup.classes = 0, setup.outputs = 1, setup.image_rows = setup.image_columns = 0;
  const Seen page = seen(html_report(setup, results, some_filters(), static_cast<long>(results.size())));
  CHECK(page.says("Test RMSE: difference to the unconstrained network"));
  CHECK(page.has_row({"unconstrained", dash, "0.1", "0.5", "+0.4", "+0.396 to +0.404"}));
  CHECK(page.has_row({"L2 at 0.01", "+0.2 (+0.2 to +0.2)", "+0.2 (+0.2 to +0.2)", "+0.2 (+0.2 to +0.2)"}));
  CHECK(page.count("img", "filters") == 0);
  CHECK_FALSE(page.says("percentage points"));
}
