// SPDX-License-Identifier: MIT
#include "espalier/io/history.hpp"

#include <limits>

#include "data/files.hpp"
#include "espalier/data/csv.hpp"
#include "espalier/data/file.hpp"

using namespace espalier;

TEST_CASE("A history is a table with a line for each epoch, and what is missing is empty") {
  EpochReport first, second;
  first.epoch = 1, first.loss = 0.5, first.learning_rate = 1e-3, first.seconds = 0.25;
  second = first;
  second.epoch = 2, second.validation_loss = 0.1, second.validation_accuracy = 1;
  CHECK(to_csv({first, second}) ==
        "epoch,loss,penalty,training_loss,validation_loss,validation_accuracy,learning_rate,seconds\n"
        "1,0.5,0,,,,0.001,0.25\n"
        "2,0.5,0,,0.1,1,0.001,0.25\n");
  CHECK(to_csv({}).find('\n') + 1 == to_csv({}).size());
}

TEST_CASE("The numbers of a history can be read back, to the last digit") {
  EpochReport report;
  report.epoch = 3;
  report.loss = 1.0 / 3, report.training_loss = 1e-30, report.validation_loss = 2.0 / 3;
  report.validation_accuracy = 0.1, report.learning_rate = 1e-3, report.seconds = 12;
  const auto data = parse_csv<double>(to_csv({report}), {.header = CsvHeader::yes});
  CHECK(data.inputs == Matrix<double>{{3}, {1.0 / 3}, {0}, {1e-30}, {2.0 / 3}, {0.1}, {1e-3}, {12}});
  CHECK(data.feature_names[1] == "loss");
}

TEST_CASE("As JSON lines, each epoch is an object, and what is missing or infinite is null") {
  EpochReport first, second;
  first.epoch = 1, first.loss = 1.0 / 3, first.learning_rate = 1e-3, first.seconds = 1e22;
  second.epoch = 2, second.penalty = std::numeric_limits<double>::infinity(), second.validation_accuracy = 1;
  CHECK(to_json_lines({first, second}) ==
        "{\"epoch\": 1, \"loss\": 0.3333333333333333, \"penalty\": 0, \"training_loss\": null, "
        "\"validation_loss\": null, \"validation_accuracy\": null, \"learning_rate\": 0.001, "
        "\"seconds\": 1e+22}\n"
        "{\"epoch\": 2, \"loss\": 0, \"penalty\": null, \"training_loss\": null, "
        "\"validation_loss\": null, \"validation_accuracy\": 1, \"learning_rate\": 0, \"seconds\": 0}\n");
  CHECK(to_json_lines({}).empty());
}

TEST_CASE("Files have the text, and one that cannot be written is refused") {
  const TemporaryDirectory directory;
  const History history(3);
  write_csv(history, directory / "run.csv");
  write_json_lines(history, directory / "run.jsonl");
  CHECK(detail::read_file(directory / "run.csv") == to_csv(history));
  CHECK(detail::read_file(directory / "run.jsonl") == to_json_lines(history));
  CHECK_THROWS_AS(write_csv(history, directory / "none/run.csv"), FileError);
  CHECK_THROWS_AS(write_json_lines(history, directory / "none/run.jsonl"), FileError);
}
