// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <deque>
#include <thread>

#include "errors.hpp"
#include "espalier/core/error.hpp"
#include "option_values.hpp"
#include "stages.hpp"

namespace study {
namespace {

std::vector<std::string> names_of(const std::vector<PolicyName>& known) {
  std::vector<std::string> names;
  for (const PolicyName& policy : known) names.push_back(policy.name);
  return names;
}

std::vector<std::string> stage_names() {
  std::vector<std::string> names;
  for (const Stage& stage : stages) names.emplace_back(stage.name);
  return names;
}

const std::vector<std::string> gaps{"refuse", "drop", "mean", "median",
                                    "most_frequent"};                 // as esp::Gaps has them
const std::vector<std::string> texts{"refuse", "ignore", "one_hot"};  // and esp::Text
const std::vector<std::string> wheres{"input", "all"};

std::string help_of_policies(const std::vector<PolicyName>& known) {
  std::string text = "policies and their strengths:\n";
  for (const PolicyName& policy : known)
    text += policy.strength_name.empty() ? fmt::format("  {}\n", policy.name)
                                         : fmt::format("  {:<24}{} {}\n", policy.name, policy.strength_name,
                                                       fmt::join(policy.strengths, ", "));
  return text;
}

const char* const examples = R"(
examples:
  espalier-study --data iris.csv --label species
  espalier-study --data housing.csv --target price --gaps median --text one_hot --arch 100,50
  espalier-study --data mnist/ --policies MaxNorm,L2 --seeds 3 --out mnist-study
  espalier-study --data x.npy --labels y.npy --image 28x28 --strengths MaxNorm=1,2,4
  espalier-study --config study.toml    # with lines as: seeds = 5

An interrupted study goes on where it was, with the same options.
)";

/// The options as CLI11 finds them: all are texts, so that one place reads numbers and says what is wrong.
class CommandLine {
 public:
  CommandLine(const std::vector<PolicyName>& known, const Options& defaults)
      : app_("trains one network under each constraint of a grid, and says which helps", "espalier-study") {
    app_.get_formatter()->column_width(28);
    add_data();
    add_training(defaults);
    add_study(defaults);
    app_.set_config("--config", "", "read options from a file of TOML or INI");
    app_.get_config_ptr()->type_name("FILE");
    app_.allow_config_extras(CLI::config_extras_mode::error);
    app_.set_help_flag("--help", "print this and end");
    app_.allow_extras();
    app_.footer(help_of_policies(known) + examples);
  }

  void read(int argc, const char* const* argv) try {
    app_.parse(argc, argv);
    for (OptionText& option : options_)
      if (option.given() && !is_named(option.name, argc, argv)) option.file = config_file();
    if (const std::vector<std::string> unknown = app_.remaining(); !unknown.empty())
      throw InputError(
          fmt::format("{}: expected an option of this program (--help lists them), found an unknown one",
                      espalier::detail::shown_text(unknown[0])));
    for (const OptionText& option : options_)
      for (const std::string& text : option.texts)
        if (text.starts_with("--")) option.refuse("a value", espalier::detail::quoted_text(text));
  } catch (const CLI::CallForHelp&) {
    throw Help(app_.help());
  } catch (const CLI::ConfigError& error) {  // of a key that is no option
    const std::string message = error.what(), before = "INI was not able to parse ";
    throw InputError(fmt::format("{}: expected options of this program (--help lists them), found {}",
                                 config_file(),
                                 message.starts_with(before) ? message.substr(before.size()) : message));
  } catch (const CLI::FileError&) {
    throw InputError(fmt::format("--config: expected a file that can be read, found none: {}",
                                 espalier::detail::quoted_text(config_file())));
  } catch (const CLI::ConversionError& error) {  // of a flag: all other values are texts
    const bool from_file = !is_named("--quick", argc, argv) && !is_named("--quiet", argc, argv);
    throw InputError(fmt::format("{}: expected true or false for a flag, found: {}",
                                 from_file ? config_file() : "command line", error.what()));
  } catch (const CLI::ParseError& error) {
    throw InputError(fmt::format("command line: expected options as in --help, found: {}", error.what()));
  }

  const OptionText& operator[](const std::string& name) const {
    return *std::find_if(options_.begin(), options_.end(),
                         [&](const OptionText& one) { return one.name == name; });
  }
  bool quick = false, quiet = false;

  /// Which options the file has, and which file that is.
  void say_file(Options& options) const {
    options.config = config_file();
    for (const OptionText& option : options_)
      if (!option.file.empty()) options.of_config.push_back(option.name);
  }

 private:
  std::string config_file() const {
    const CLI::Option* const config = app_.get_config_ptr();
    return config->count() > 0 ? config->as<std::string>() : "";
  }

  /// Is the option on the command line? What is not is from the file, and it wins.
  static bool is_named(const std::string& name, int argc, const char* const* argv) {
    return std::any_of(argv + 1, argv + argc,
                       [&](const std::string& word) { return word == name || word.starts_with(name + "="); });
  }

  void add(const char* name, const char* value, const std::string& text) {
    OptionText& option = options_.emplace_back(OptionText{name});
    app_.add_option(name, option.texts, text)
        ->type_name(value)
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false);
  }

  void add_data() {
    add("--data", "FILE", "CSV, IDX, NPY or NPZ, or a folder with MNIST's files");
    add("--label", "COLUMN", "the column of classes, by name or place (the last one)");
    add("--target", "COLUMN", "the column of numbers to predict, instead of classes");
    add("--labels", "FILE", "the labels beside an NPY or IDX file");
    add("--test", "FILE", "test samples (a fifth of the others); X.npy,Y.npy");
    add("--gaps", "HOW", "fill gaps, or drop their rows: " + joined(gaps));
    add("--text", "HOW", "columns of text: " + joined(texts));
    add("--ignore", "COLUMNS", "columns that are not read");
    add("--separator", "CHAR", "between columns: , ; tab or blank");
    add("--skip", "LINES", "lines above the table");
    add("--image", "RxC", "inputs are images of R rows and C columns");
  }
  void add_training(const Options& defaults) {
    add("--arch", "SIZES", fmt::format("neurons of hidden layers ({})", fmt::join(defaults.hidden, ",")));
    add("--epochs", "N", fmt::format("passes over the training samples ({})", defaults.epochs));
    add("--batch", "N", fmt::format("samples of a step ({})", defaults.batch));
    add("--learning-rate", "R", fmt::format("of Adam ({})", defaults.learning_rate));
  }
  void add_study(const Options& defaults) {
    add("--policies", "NAMES", "which constraints, or all (all)");
    add("--strengths", "NAME=a,b,c", "the strengths of a policy; may come several times");
    add("--seeds", "N", fmt::format("paired runs of each ({})", defaults.seeds));
    add("--stages", "NAMES", "which questions: " + joined(stage_names()) + " (all)");
    add("--only", "WHERE",
        fmt::format("which weights are constrained: {} ({})", joined(wheres), defaults.where));
    add("--budget", "MINUTES", "about how long it may take; too much of it is left out");
    add("--chorales", "FOLDER", "JSB chorales for the stage recurrent: docs/study.md has the format");
    add("--jobs", "N", "runs at the same time (one a core)");
    add("--out", "FOLDER", fmt::format("where results and report are written ({})", defaults.out));
    app_.add_flag("--quick", quick,
                  "a short run that shows that all works: 1 epoch, 2 seeds, 2 strengths unless given");
    app_.add_flag("--quiet", quiet, "no progress on the terminal");
  }

  CLI::App app_;
  std::deque<OptionText> options_;  // whose members stay where CLI11 writes to
};

void read_image(const OptionText& option, DataOptions& reading) {
  const std::string& text = option.one();
  const std::size_t cross = text.find('x');
  if (cross == std::string::npos)
    option.refuse("rows x columns, as 28x28", espalier::detail::quoted_text(text));
  reading.image_rows = whole_number(option, text.substr(0, cross), 1);
  reading.image_columns = whole_number(option, text.substr(cross + 1), 1);
}

char separator_of(const OptionText& option) {
  const std::string& text = option.one();
  if (text == "tab") return '\t';
  if (text == "blank") return ' ';
  if (text == "," || text == ";" || text == "\t" || text == " " || text == "|") return text[0];
  option.refuse("one of , ; | tab blank", espalier::detail::quoted_text(text));
}

void read_data(const CommandLine& line, Options& options) {
  DataOptions& reading = options.reading;
  if (line["--data"].given()) reading = {};  // what a program says of its own data is not so of others
  const auto text = [&](const char* name, std::string& to) {
    if (!line[name].given()) return;
    to = line[name].one();
    if (to.empty()) line[name].refuse("a name", "none");
  };
  text("--data", options.data);
  text("--label", reading.label);
  text("--target", reading.target);
  text("--labels", reading.labels);
  text("--test", reading.test);
  if (const auto& option = line["--gaps"]; option.given())
    reading.gaps = static_cast<espalier::Gaps>(option.choice(gaps));
  if (const auto& option = line["--text"]; option.given())
    reading.text = static_cast<espalier::Text>(option.choice(texts));
  if (const auto& option = line["--ignore"]; option.given()) reading.ignore = option.list();
  if (const auto& option = line["--separator"]; option.given()) reading.separator = separator_of(option);
  if (const auto& option = line["--skip"]; option.given()) reading.skip = option.whole(0);
  if (const auto& option = line["--image"]; option.given()) read_image(option, reading);
}

void read_training(const CommandLine& line, Options& options) {
  if (const auto& option = line["--arch"]; option.given()) {
    options.hidden.clear();
    for (const std::string& size : option.list()) options.hidden.push_back(whole_number(option, size, 1));
  }
  if (const auto& option = line["--epochs"]; option.given()) options.epochs = option.whole(1);
  if (const auto& option = line["--batch"]; option.given()) options.batch = option.whole(1);
  if (const auto& option = line["--learning-rate"]; option.given()) options.learning_rate = option.positive();
}

/// Names of an option that are among the known ones, in the order of these; all of them for "all".
std::vector<std::string> chosen(const OptionText& option, const std::vector<std::string>& known) {
  std::vector<std::string> names = option.list();
  if (names == std::vector<std::string>{"all"}) return known;
  if (names.empty()) option.refuse("names, or all", "none");
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      option.refuse("all, or some of " + joined(known), espalier::detail::quoted_text(name));
  std::vector<std::string> result;
  for (const std::string& name : known)
    if (std::find(names.begin(), names.end(), name) != names.end()) result.push_back(name);
  return result;
}

void check_strengths(const OptionText& option, const Options& options, const std::vector<PolicyName>& known) {
  for (const auto& [name, strengths] : options.strengths) {
    const auto policy = std::find_if(known.begin(), known.end(),
                                     [&, &name = name](const PolicyName& one) { return one.name == name; });
    if (policy == known.end() ||
        std::find(options.policies.begin(), options.policies.end(), name) == options.policies.end())
      option.refuse("policies of this study, " + joined(options.policies),
                    espalier::detail::quoted_text(name));
    if (policy->strength_name.empty())
      option.refuse("a policy with a strength", fmt::format("{}, which has none", name));
  }
}

void read_study(const CommandLine& line, const std::vector<PolicyName>& known, Options& options) {
  if (const auto& option = line["--policies"]; option.given())
    options.policies = chosen(option, names_of(known));
  else if (options.policies.empty())
    options.policies = names_of(known);
  if (const auto& option = line["--strengths"]; option.given()) {
    options.strengths = named_strengths(option);
    check_strengths(option, options, known);
  }
  if (const auto& option = line["--stages"]; option.given()) options.stages = chosen(option, stage_names());
  if (const auto& option = line["--seeds"]; option.given()) options.seeds = option.whole(1);
  if (const auto& option = line["--only"]; option.given()) options.where = wheres[option.choice(wheres)];
  if (const auto& option = line["--budget"]; option.given()) options.budget = option.positive();
  if (const auto& option = line["--jobs"]; option.given()) options.jobs = option.whole(1);
  if (const auto& option = line["--out"]; option.given()) {
    options.out = option.one();
    if (options.out.empty()) option.refuse("a folder", "none");
  }
  if (const auto& option = line["--chorales"]; option.given()) options.chorales = option.one();
  if (options.jobs < 1) options.jobs = std::max(1U, std::thread::hardware_concurrency());
  options.quick = line.quick;
  options.quiet = line.quiet;
}

}  // namespace

Options parse(int argc, const char* const* argv, const std::vector<PolicyName>& known, Options defaults) {
  CommandLine line(known, defaults);
  line.read(argc, argv);
  line.say_file(defaults);
  if (line.quick) defaults.epochs = 1, defaults.seeds = 2;
  read_data(line, defaults);
  read_training(line, defaults);
  read_study(line, known, defaults);
  return defaults;
}

std::string with_file(const Options& options, const std::string& message) {
  const std::string option = message.substr(0, message.find_first_of(":, "));
  const bool of_file =
      std::find(options.of_config.begin(), options.of_config.end(), option) != options.of_config.end();
  return of_file ? fmt::format("{}: {}", options.config, message) : message;
}

int exit_code(const std::exception& error) {
  if (const auto* help = dynamic_cast<const Help*>(&error)) {
    fmt::print("{}", help->text);
    return 0;
  }
  fmt::print(stderr, "error: {}\n", error.what());
  const bool input =
      dynamic_cast<const InputError*>(&error) || dynamic_cast<const espalier::FileError*>(&error);
  return input ? 2 : 1;
}

}  // namespace study
