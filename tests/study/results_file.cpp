// SPDX-License-Identifier: MIT
// The file of results: nothing lost, nothing twice, whatever happens to the program.
#include "study/results_file.hpp"

#include <cmath>
#include <limits>
#include <thread>

#include "../limits.hpp"
#include "refusal.hpp"
#include "study/files.hpp"

using namespace study;

namespace {

Setup some_setup() {
  Setup setup;
  setup.data = "dig\"its\n.csv";
  setup.checksum = 0xffffffffUL;
  setup.samples = 1437;
  setup.features = 64;
  setup.classes = setup.outputs = 10;
  setup.test_samples = 360;
  setup.image_rows = setup.image_columns = 8;
  setup.hidden = {100, 50};
  setup.epochs = 20;
  setup.batch = 32;
  setup.seeds = 3;
  setup.learning_rate = 0.1;
  setup.policies = {"L1", "WeightNorm"};
  setup.strengths = {{1e-5, 1.0 / 3}, {0}};
  setup.stages = {"grid", "final", "recurrent"};
  setup.recurrent_steps = 1000;
  setup.chorales = 0xffffffffUL;
  setup.shortened = "To end within 1 min 00 s: 5 seeds instead of 10.";
  return setup;
}

Result some_result(long seed = 1) {
  const double infinity = std::numeric_limits<double>::infinity();
  return {{"grid", "L1", 0.1, 0, seed},
          {{"train", 1.0 / 3}, {"smallest", std::numeric_limits<double>::denorm_min()}, {"minus", -0.0}},
          {{"gradient_1", {1e300, 0.1 + 0.2, infinity, -infinity}}, {"none", {}}},
          "diverged: \"inf\"\nin epoch 3"};
}

/// As a program leaves it that was killed after two runs.
std::filesystem::path two_runs(const TemporaryDirectory& folder) {
  const std::filesystem::path path = folder / "results.jsonl";
  ResultsFile file(path.string(), some_setup());
  file.add(some_result(1));
  file.add(some_result(2));
  return path;
}

}  // namespace

TEST_CASE("A setup comes back from JSON as it was, on one line") {
  const std::string line = to_json(some_setup());
  CHECK_FALSE(has(line, "\n"));
  CHECK(setup_from_json(line) == some_setup());
  CHECK(setup_from_json(to_json(Setup{})) == Setup{});
}

TEST_CASE("A run comes back from JSON with the same bits") {
  const Result result = some_result();
  const std::string line = to_json(result);
  CHECK_FALSE(has(line, "\n"));
  const Result back = result_from_json(line);
  CHECK(back == result);
  CHECK(std::signbit(back.numbers.at("minus")));
}

TEST_CASE("NaN, which JSON does not have, survives") {
  Result result = some_result();
  result.numbers["loss"] = std::nan("");
  result.series["gradient_1"][1] = std::nan("");
  const Result back = result_from_json(to_json(result));
  CHECK(std::isnan(back.numbers.at("loss")));
  CHECK(std::isnan(back.series.at("gradient_1")[1]));
  CHECK(back.series.at("gradient_1")[2] == std::numeric_limits<double>::infinity());
  CHECK(back.failed == result.failed);
}

TEST_CASE("A line that is no run is refused with the field that is wrong") {
  const std::string line = to_json(some_result());
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string other = line;
    return other.replace(other.find(from), from.size(), to);
  };
  const auto message = [](const std::string& text) { return refusal([&] { result_from_json(text); }); };
  CHECK(message(replaced("\"seed\":1", "\"seed\":1.5")) == "expected a whole number as \"seed\", found 1.5");
  CHECK(message(replaced("\"seed\":1", "\"sead\":1")) ==
        "expected a run with the field \"seed\", found none");
  CHECK(message(replaced("\"seed\":1", "\"seed\":1,\"more\":2")) == "expected a run of 8 fields, found 9");
  CHECK(message(replaced("\"seed\":1", "\"seed\":18446744073709551615")) ==
        "expected a whole number as \"seed\", found 18446744073709551615");
  CHECK(message(replaced("\"strength\":0.1", "\"strength\":null")) ==
        "expected a number as \"strength\", found null");
  CHECK(message(replaced("\"policy\":\"L1\"", "\"policy\":1")) == "expected a text as \"policy\", found 1");
  CHECK(message(replaced("\"none\":[]", "\"none\":{}")) == "expected a list as \"none\", found {}");
  CHECK(message("[1]") == "expected a run as a JSON object, found '[1]'");
  CHECK(message("nonsense") == "expected a run as a JSON object, found 'nonsense'");
}

TEST_CASE("What was added is there when the file is opened again") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  ResultsFile file(path.string(), some_setup());
  REQUIRE(file.results().size() == 2);
  CHECK(file.results()[1] == some_result(2));
  CHECK(file.contains(some_result(2).trial));
  CHECK_FALSE(file.contains(some_result(3).trial));
  file.add(some_result(3));
  CHECK(file.contains(some_result(3).trial));
}

TEST_CASE("A run that was added is in the file at once, before the object ends") {
  const TemporaryDirectory folder;
  const auto path = folder / "new folder/in another/results.jsonl";
  ResultsFile file(path.string(), some_setup());
  file.add(some_result());
  CHECK(read_text(path) == to_json(some_setup()) + "\n" + to_json(some_result()) + "\n");
}

TEST_CASE("Wherever a kill cuts the file, whole lines stay, the rest goes, and the study goes on") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  const std::string text = read_text(path);
  const std::size_t first = text.find('\n') + 1, second = text.find('\n', first) + 1;
  for (std::size_t size = 0; size <= text.size(); size += size % 7 == 0 ? 1 : 6) {
    CAPTURE(size);
    folder.write("results.jsonl", text.substr(0, size));
    {
      ResultsFile file(path.string(), some_setup());
      CHECK(file.results().size() == (size == text.size() ? 2U : size >= second ? 1U : 0U));
      if (size < text.size()) file.add(some_result(2));
    }
    const std::string now = read_text(path);
    CHECK(now.starts_with(text.substr(0, size < first ? first : size < second ? first : second)));
    CHECK(now.ends_with(to_json(some_result(2)) + "\n"));
  }
}

TEST_CASE("A last line of zeros, as a file system may leave it, is cut off") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  const std::string text = read_text(path);
  for (const std::string& rest :
       {std::string(100, '\0'), std::string(100, '\0') + "\n", std::string("{\"stage\n")}) {
    folder.write("results.jsonl", text + rest);
    const ResultsFile file(path.string(), some_setup());
    CHECK(file.results().size() == 2);
    CHECK(read_text(path) == text);
  }
}

TEST_CASE("A torn line between others is refused with its number, and the file stays as it is") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  const std::string line = to_json(some_result(3));
  const std::string text = read_text(path) + line.substr(0, 30) + "\n" + line + "\n";
  folder.write("results.jsonl", text);
  const std::string message = refusal([&] { ResultsFile(path.string(), some_setup()); });
  CHECK(message.starts_with(path.string() + ", line 4: expected a run as a JSON object, found '{"));
  CHECK(read_text(path) == text);
}

TEST_CASE("A last line that is JSON but no run is refused, not cut off") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  const std::string text = read_text(path) + "{\"stage\":\"grid\"}\n";
  folder.write("results.jsonl", text);
  CHECK(refusal([&] { ResultsFile(path.string(), some_setup()); }) ==
        path.string() + ", line 4: expected a run with the field \"policy\", found none");
  CHECK(read_text(path) == text);
}

TEST_CASE("The results of another study are refused with what differs") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  Setup other = some_setup();
  other.epochs = 30;
  other.strengths[0][1] = 0.5;
  CHECK(refusal([&] { ResultsFile(path.string(), other); }) ==
        path.string() +
            ": expected the results of this study (another --out begins a new one), found those of another "
            "one: "
            "epochs: expected 30, found 20; strengths: expected [[1e-05,0.5],[0.0]], found "
            "[[1e-05,0.3333333333333333],[0.0]]");
}

TEST_CASE("Other chorales are other data, and other steps of recurrent networks another study") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  Setup other = some_setup();
  other.chorales = 1;
  other.recurrent_steps = 20;
  CHECK(has(refusal([&] { ResultsFile(path.string(), other); }),
            "recurrent_steps: expected 20, found 1000; chorales: expected 1, found 4294967295"));
}

TEST_CASE("A file that is none of results is refused and not touched") {
  const TemporaryDirectory folder;
  for (const std::string text :
       {"my only copy", "a line\nanother\n", "{}\n", "\n", "{\"study\":1}\n", "{\"study\":99}\n"}) {
    CAPTURE(text);
    const auto path = folder.write("file", text);
    CHECK(refusal([&] {
            ResultsFile(path.string(), some_setup());
          }).starts_with(path.string() + ", line 1: expected"));
    CHECK(read_text(path) == text);
  }
  CHECK(has(refusal([&] { ResultsFile((folder / "").string(), some_setup()); }), "expected"));
}

TEST_CASE("A run that is in the file twice is refused, since it would count twice") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  folder.write("results.jsonl", read_text(path) + to_json(some_result(1)) + "\n");
  CHECK(refusal([&] { ResultsFile(path.string(), some_setup()); }) ==
        path.string() + ", line 4: expected each run once, found seed 1 of L1 0.1 in grid again");
}

TEST_CASE("A run that is there already is not added again") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  const std::string text = read_text(path);
  ResultsFile file(path.string(), some_setup());
  CHECK_THROWS_AS(file.add(some_result(1)), std::logic_error);
  Result nan = some_result(5);
  nan.trial.strength = std::nan("");
  CHECK_THROWS_AS(file.add(nan), std::logic_error);
  CHECK(read_text(path) == text);
}

TEST_CASE("Two studies do not write to one file") {
  const TemporaryDirectory folder;
  const auto path = folder / "results.jsonl";
  {
    const ResultsFile first(path.string(), some_setup());
    CHECK(refusal([&] { ResultsFile(path.string(), some_setup()); }) ==
          path.string() +
              ": expected one run that writes to it, found another one that does, here or elsewhere");
  }
  CHECK_NOTHROW(ResultsFile(path.string(), some_setup()));
}

TEST_CASE("On a full disk a run is not half written, and what was there is read again") {
  const TemporaryDirectory folder;
  const auto path = two_runs(folder);
  const std::string text = read_text(path);
  {
    ResultsFile file(path.string(), some_setup());
    std::string message, again;
    {
      const LargestFile full(text.size() + 100);
      message = refusal([&] { file.add(some_result(3)); });
      again = refusal([&] { file.add(some_result(3)); });
    }
    CHECK(message == path.string() + ": expected a file that can be written, found File too large");
    CHECK(has(again, "failed before"));
    CHECK_FALSE(file.contains(some_result(3).trial));
    CHECK(refusal([&] { file.add(some_result(3)); }) == again);
  }
  CHECK(read_text(path) == text);
  ResultsFile file(path.string(), some_setup());
  file.add(some_result(3));
  CHECK(file.results().size() == 3);
}

TEST_CASE("A file that may not be written to is refused with the reason") {
  if (!NotRoot::is_possible()) {
    WARN("root cannot become another user here: not tested");
    return;
  }
  const ClosedFolder folder;
  folder.close();
  std::string message, whole;
  {
    const NotRoot user;
    message = refusal([&] { ResultsFile((folder / "results.jsonl").string(), some_setup()); });
    whole = refusal([&] { write_whole((folder / "new/report.html").string(), "text"); });
  }
  CHECK(message == (folder / "results.jsonl").string() +
                       ": expected a folder that can be written to, found Permission denied");
  CHECK(whole == (folder / "new").string() + ": expected a folder that can be made, found Permission denied");
}

TEST_CASE("Runs of several threads are all there, a line each") {
  const TemporaryDirectory folder;
  const auto path = folder / "results.jsonl";
  {
    ResultsFile file(path.string(), some_setup());
    std::vector<std::thread> threads;
    for (long t = 0; t < 4; ++t)
      threads.emplace_back([&file, t] {
        for (long k = 0; k < 50; ++k) file.add(some_result(50 * t + k));
      });
    for (std::thread& thread : threads) thread.join();
  }
  const ResultsFile file(path.string(), some_setup());
  REQUIRE(file.results().size() == 200);
  for (long seed = 0; seed < 200; ++seed) CHECK(file.contains(some_result(seed).trial));
}

TEST_CASE("A file is written whole, into a folder that is made, or not at all") {
  const TemporaryDirectory folder;
  const auto path = folder / "out/put/report.html";
  write_whole(path.string(), "first");
  write_whole(path.string(), "second");
  CHECK(read_text(path) == "second");
  std::string message;
  {
    const LargestFile full(3);
    message = refusal([&] { write_whole(path.string(), "a longer text"); });
  }
  CHECK(message == path.string() + ": expected a file that can be written, found File too large");
  CHECK(read_text(path) == "second");
  CHECK(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}) == 1);
}
