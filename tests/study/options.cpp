// SPDX-License-Identifier: MIT
// The command line of a study: what is meant is understood, and what makes no sense is refused by name.
#include "study/options.hpp"

#include <functional>

#include "espalier/core/error.hpp"
#include "refusal.hpp"

using namespace study;

namespace {

const std::vector<PolicyName> known{
    {"L1", "strength", {1e-4, 1e-3}}, {"MaxNorm", "radius", {1, 2}}, {"WeightNorm", "", {0}}};

Options parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "espalier-study");
  return parse(static_cast<int>(words.size()), words.data(), known);
}

std::string refused(const std::vector<const char*>& words) {
  return refusal([&] { parsed(words); });
}

}  // namespace

TEST_CASE("Without options a study has all policies and stages, and a job for each core") {
  const Options options = parsed({});
  CHECK(options.data.empty());
  CHECK(options.policies == std::vector<std::string>{"L1", "MaxNorm", "WeightNorm"});
  CHECK(options.stages.empty());
  CHECK(options.hidden == std::vector<long>{128});
  CHECK(options.strengths.empty());
  CHECK(options.jobs >= 1);
  CHECK_FALSE(options.quick);
  CHECK(options.where == "input");
}

TEST_CASE("Each option is read") {
  const Options options =
      parsed({"--data",      "x.csv",     "--target",        "price",      "--test",      "y.csv",
              "--gaps",      "median",    "--text",          "one_hot",    "--ignore",    "id,name",
              "--separator", ";",         "--skip",          "2",          "--image",     "4x5",
              "--arch",      "100,50",    "--policies",      "MaxNorm,L1", "--strengths", "L1=0.5,1e-3",
              "--strengths", "MaxNorm=3", "--seeds",         "7",          "--epochs",    "9",
              "--batch",     "16",        "--learning-rate", "0.01",       "--budget",    "2.5",
              "--out",       "here",      "--only",          "all",        "--stages",    "final,grid",
              "--jobs",      "3",         "--quick",         "--quiet"});
  CHECK(options.data == "x.csv");
  CHECK(options.reading.target == "price");
  CHECK(options.reading.test == "y.csv");
  CHECK(options.reading.gaps == espalier::Gaps::median);
  CHECK(options.reading.text == espalier::Text::one_hot);
  CHECK(options.reading.ignore == std::vector<std::string>{"id", "name"});
  CHECK(options.reading.separator == ';');
  CHECK(options.reading.skip == 2);
  CHECK(options.reading.image_rows == 4);
  CHECK(options.reading.image_columns == 5);
  CHECK(options.hidden == std::vector<long>{100, 50});
  CHECK(options.policies == std::vector<std::string>{"L1", "MaxNorm"});
  CHECK(options.strengths.at("L1") == std::vector<double>{0.5, 1e-3});
  CHECK(options.strengths.at("MaxNorm") == std::vector<double>{3});
  CHECK(options.seeds == 7);
  CHECK(options.epochs == 9);
  CHECK(options.batch == 16);
  CHECK(options.learning_rate == 0.01);
  CHECK(options.budget == 2.5);
  CHECK(options.out == "here");
  CHECK(options.where == "all");
  CHECK(options.stages == std::vector<std::string>{"grid", "final"});
  CHECK(options.jobs == 3);
  CHECK(options.quick);
  CHECK(options.quiet);
}

TEST_CASE("--quick has defaults of its own, and what a user says wins") {
  CHECK(parsed({"--quick"}).epochs == 1);
  CHECK(parsed({"--quick"}).seeds == 2);
  const Options options = parsed({"--seeds", "7", "--quick", "--epochs", "9"});
  CHECK(options.quick);
  CHECK(options.seeds == 7);
  CHECK(options.epochs == 9);
  const TemporaryDirectory folder;
  const std::string file = folder.write("study.toml", "seeds = 5\nquick = true\n").string();
  CHECK(parsed({"--config", file.c_str()}).seeds == 5);
  CHECK(parsed({"--config", file.c_str()}).epochs == 1);
}

TEST_CASE("Columns are named by place too, and a linear model has no hidden sizes") {
  CHECK(parsed({"--label", "-1"}).reading.label == "-1");
  CHECK(parsed({"--label=class"}).reading.label == "class");
  CHECK(parsed({"--arch", ""}).hidden.empty());
  CHECK(parsed({"--policies", "all"}).policies.size() == 3);
  CHECK(parsed({"--separator", "tab"}).reading.separator == '\t');
  CHECK(parsed({"--labels", "y.npy", "--data", "x.npy"}).reading.labels == "y.npy");
}

TEST_CASE("What a program says of its own data is not so of a file that its user names") {
  Options defaults;
  defaults.data = "digits.csv";
  defaults.reading.image_rows = 8;
  defaults.epochs = 3;
  const char* const own[]{"espalier-study", "--seeds", "2"};
  CHECK(parse(3, own, known, defaults).reading.image_rows == 8);
  CHECK(parse(3, own, known, defaults).epochs == 3);
  const char* const other[]{"espalier-study", "--data", "x.csv"};
  CHECK(parse(3, other, known, defaults).reading.image_rows == 0);
}

TEST_CASE("What makes no sense is refused with option, expectation and finding") {
  CHECK(refused({"--seeds", "0"}) == "--seeds: expected a whole number >= 1, found '0'");
  CHECK(refused({"--seeds", "-3"}) == "--seeds: expected a whole number >= 1, found '-3'");
  CHECK(refused({"--seeds", "3x"}) == "--seeds: expected a whole number >= 1, found '3x'");
  CHECK(refused({"--seeds", "1e9999"}) == "--seeds: expected a whole number >= 1, found '1e9999'");
  CHECK(refused({"--epochs", "99999999999999999999"}) ==
        "--epochs: expected a whole number >= 1, found '99999999999999999999'");
  for (const char* rate : {"nan", "inf", "-1", "0", "", "1e999", "0.1 "})
    CHECK(refused({"--learning-rate", rate}) ==
          "--learning-rate: expected a number > 0, found '" + std::string(rate) + "'");
  CHECK(refused({"--budget", "-1"}) == "--budget: expected a number > 0, found '-1'");
  CHECK(refused({"--arch", "10,0"}) == "--arch: expected a whole number >= 1, found '0'");
  CHECK(refused({"--arch", "10,,20"}) == "--arch: expected something between commas, found '10,,20'");
  CHECK(refused({"--gaps", "zero"}) ==
        "--gaps: expected one of refuse, drop, mean, median, most_frequent, found 'zero'");
  CHECK(refused({"--only", "output"}) == "--only: expected one of input, all, found 'output'");
  CHECK(refused({"--stages", "grid,last"}) ==
        "--stages: expected all, or some of grid, final, few, irrelevant, where, depth, recovery, recurrent, "
        "cost, "
        "found 'last'");
  CHECK(refused({"--image", "8"}) == "--image: expected rows x columns, as 28x28, found '8'");
  CHECK(refused({"--image", "8x0"}) == "--image: expected a whole number >= 1, found '0'");
  CHECK(refused({"--separator", "ab"}) == "--separator: expected one of , ; | tab blank, found 'ab'");
  CHECK(refused({"--data", ""}) == "--data: expected a name, found none");
  CHECK(refused({"--out", ""}) == "--out: expected a folder, found none");
}

TEST_CASE("Policies and strengths that do not exist are refused with those that do") {
  CHECK(refused({"--policies", "L1,Foo"}) ==
        "--policies: expected all, or some of L1, MaxNorm, WeightNorm, found 'Foo'");
  CHECK(refused({"--policies", ""}) == "--policies: expected names, or all, found none");
  CHECK(refused({"--strengths", "Foo=1"}) ==
        "--strengths: expected policies of this study, L1, MaxNorm, WeightNorm, found 'Foo'");
  CHECK(refused({"--policies", "L1", "--strengths", "MaxNorm=1"}) ==
        "--strengths: expected policies of this study, L1, found 'MaxNorm'");
  CHECK(refused({"--strengths", "WeightNorm=1"}) ==
        "--strengths: expected a policy with a strength, found WeightNorm, which has none");
  for (const char* strength : {"0", "-1", "nan", "inf", "", "x"})
    CHECK(refused({"--strengths", ("L1=" + std::string(strength)).c_str()}) ==
          "--strengths: expected a number > 0, found '" + std::string(strength) + "'");
  CHECK(refused({"--strengths", "L1"}) == "--strengths: expected POLICY=a,b,c, found 'L1'");
  CHECK(refused({"--strengths", "L1=1,1.0"}) == "--strengths: expected different strengths, found 1 again");
  CHECK(refused({"--strengths", "L1=1", "--strengths", "L1=2"}) ==
        "--strengths: expected each policy once, found L1 again");
}

TEST_CASE("Unknown options and missing values are refused") {
  CHECK(refused({"--bogus"}) ==
        "--bogus: expected an option of this program (--help lists them), found an unknown one");
  CHECK(refused({"stray"}) ==
        "stray: expected an option of this program (--help lists them), found an unknown one");
  CHECK(refused({"--out", "--quick"}) == "--out: expected a value, found '--quick'");
  CHECK(has(refused({"--out"}), "--out"));
  CHECK(has(refused({"--seeds", "1", "--seeds", "2"}), "--seeds: expected one value"));
}

TEST_CASE("A file has options too, and those of the command line win") {
  const TemporaryDirectory folder;
  const std::string file =
      folder
          .write("study.toml",
                 "# a study\nseeds = 5\narch = \"100,50\"\npolicies = [\"L1\", \"MaxNorm\"]\n"
                 "strengths = [\"L1=0.1,0.2\", \"MaxNorm=1\"]\nlearning-rate = 0.5\nquick = true\n")
          .string();
  const Options options = parsed({"--config", file.c_str(), "--seeds", "6"});
  CHECK(options.seeds == 6);
  CHECK(options.hidden == std::vector<long>{100, 50});
  CHECK(options.policies == std::vector<std::string>{"L1", "MaxNorm"});
  CHECK(options.strengths.at("L1") == std::vector<double>{0.1, 0.2});
  CHECK(options.strengths.at("MaxNorm") == std::vector<double>{1});
  CHECK(options.learning_rate == 0.5);
  CHECK(options.quick);
}

TEST_CASE("In a file of INI lists need no quotes") {
  const TemporaryDirectory folder;
  const std::string file =
      folder
          .write("study.ini",
                 "; a study\narch=100,50\nstrengths=L1=0.1,0.2\nstages = grid, final\nonly=all\n")
          .string();
  const Options options = parsed({"--config", file.c_str()});
  CHECK(options.hidden == std::vector<long>{100, 50});
  CHECK(options.strengths.at("L1") == std::vector<double>{0.1, 0.2});
  CHECK(options.stages == std::vector<std::string>{"grid", "final"});
  CHECK(options.where == "all");
}

TEST_CASE("What is wrong in a file of options is refused: unknown names, bad values, no file") {
  const TemporaryDirectory folder;
  const auto message = [&](const std::string& text) {
    const std::string file = folder.write("study.toml", text).string();
    return refused({"--config", file.c_str()});
  };
  const std::string unknown = message("seeds = 5\nseds = 3\n");
  CHECK(unknown.starts_with((folder / "study.toml").string() +
                            ": expected options of this program (--help lists them), found"));
  CHECK(has(unknown, "seds"));
  CHECK(has(message("nonsense\n"), "nonsense"));
  CHECK(has(message("[section]\nseeds = 3\n"), "section"));
  const std::string file = (folder / "study.toml").string();
  CHECK(message("seeds = 0\n") == file + ": --seeds: expected a whole number >= 1, found '0'");
  CHECK(message("learning-rate = nan\n") == file + ": --learning-rate: expected a number > 0, found 'nan'");
  CHECK(message("seeds = 1, 2\n").starts_with(file + ": --seeds: expected one value"));
  CHECK(
      message("strengths = \"L3=1\"\n").starts_with(file + ": --strengths: expected policies of this study"));
  CHECK(message("quick = maybe\n").starts_with(file + ": expected true or false for a flag, found"));
  CHECK(has(message("quick = maybe\n"), "quick"));
  // What the command line says is not the file's.
  folder.write("study.toml", "seeds = 5\n");
  CHECK(refused({"--config", file.c_str(), "--seeds", "0"}) ==
        "--seeds: expected a whole number >= 1, found '0'");
  CHECK(refused({"--config", file.c_str(), "--epochs=0"}) ==
        "--epochs: expected a whole number >= 1, found '0'");
  CHECK(refused({"--config", "no-such-file"}) ==
        "--config: expected a file that can be read, found none: 'no-such-file'");
}

TEST_CASE("What is found wrong with an option later on names the file that it is from") {
  const TemporaryDirectory folder;
  const std::string file = folder.write("study.toml", "image = 3x3\nseeds = 2\n").string();
  const Options options = parsed({"--config", file.c_str(), "--arch", ""});
  CHECK(with_file(options, "--image: expected another size") == file + ": --image: expected another size");
  CHECK(with_file(options, "--arch: expected a hidden layer") == "--arch: expected a hidden layer");
  CHECK(with_file(options, "x.csv: expected a file") == "x.csv: expected a file");
  CHECK(with_file(parsed({"--image", "3x3"}), "--image: expected") == "--image: expected");
}

TEST_CASE("--help ends with code 0 and has each option, the policies with their strengths, and examples") {
  try {
    parsed({"--seeds", "0", "--help"});
    FAIL("expected Help, found none");
  } catch (const Help& help) {
    for (const char* text :
         {"--data",          "--label",  "--target",    "--labels",    "--test",   "--gaps",   "--text",
          "--image",         "--arch",   "--policies",  "--strengths", "--seeds",  "--epochs", "--batch",
          "--learning-rate", "--budget", "--out",       "--only",      "--stages", "--config", "--jobs",
          "--quick",         "--quiet",  "radius 1, 2", "examples:"}) {
      CAPTURE(text);
      CHECK(has(help.text, text));
    }
  }
  CHECK(exit_code(Help("")) == 0);
}

TEST_CASE("Bad input ends with code 2, all else with 1") {
  CHECK(exit_code(InputError("of a test: this message is expected")) == 2);
  CHECK(exit_code(espalier::FileError("of a test: this message is expected")) == 2);
  CHECK(exit_code(espalier::NotFiniteError("of a test: this message is expected")) == 1);
  CHECK(exit_code(std::runtime_error("of a test: this message is expected")) == 1);
}
