// SPDX-License-Identifier: MIT
#include "json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "errors.hpp"
#include "espalier/core/error.hpp"
#include "results_file.hpp"

namespace study {
namespace {

using Json = nlohmann::ordered_json;  // which keeps the order in which fields are written

constexpr long format = 2;  // of the file

std::string text_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);  // of a file name that is no UTF-8
}

[[noreturn]] void refuse(const std::string& key, const std::string& expected, const Json& found) {
  throw InputError(fmt::format("expected {} as \"{}\", found {}", expected, key,
                               espalier::detail::shown_text(text_of(found), 60)));
}

Json written(double x) {
  if (std::isnan(x)) return nullptr;
  if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
  return x;
}

Json written(const std::vector<double>& numbers) {
  Json list = Json::array();
  for (const double x : numbers) list.push_back(written(x));
  return list;
}

Json json_of(const Setup& setup) {
  Json strengths = Json::array();
  for (const std::vector<double>& one : setup.strengths) strengths.push_back(written(one));
  return {{"study", format},
          {"data", setup.data},
          {"checksum", setup.checksum},
          {"samples", setup.samples},
          {"features", setup.features},
          {"classes", setup.classes},
          {"outputs", setup.outputs},
          {"test_samples", setup.test_samples},
          {"image_rows", setup.image_rows},
          {"image_columns", setup.image_columns},
          {"hidden", setup.hidden},
          {"where", setup.where},
          {"epochs", setup.epochs},
          {"batch", setup.batch},
          {"seeds", setup.seeds},
          {"learning_rate", written(setup.learning_rate)},
          {"policies", setup.policies},
          {"strengths", std::move(strengths)},
          {"stages", setup.stages},
          {"recurrent_steps", setup.recurrent_steps},
          {"chorales", setup.chorales},
          {"shortened", setup.shortened}};
}

Json json_of(const Result& result) {
  Json numbers = Json::object(), series = Json::object();
  for (const auto& [name, number] : result.numbers) numbers[name] = written(number);
  for (const auto& [name, one] : result.series) series[name] = written(one);
  return {{"stage", result.trial.stage},
          {"policy", result.trial.policy},
          {"strength", written(result.trial.strength)},
          {"level", written(result.trial.level)},
          {"seed", result.trial.seed},
          {"numbers", std::move(numbers)},
          {"series", std::move(series)},
          {"failed", result.failed}};
}

/// An object of a line, whose fields are asked for one after another.
class Fields {
 public:
  Fields(const std::string& line, const char* what)
      : what_(what), object_(Json::parse(line, nullptr, false)) {
    if (!object_.is_object())
      throw InputError(
          fmt::format("expected {} as a JSON object, found {}", what, espalier::detail::quoted_text(line)));
  }

  const Json& at(const char* key) {
    const auto found = object_.find(key);
    if (found == object_.end())
      throw InputError(fmt::format("expected {} with the field \"{}\", found none", what_, key));
    ++asked_;
    return *found;
  }
  /// Were all fields asked for? Others are of a program that is newer, or of another one.
  void end() const {
    if (asked_ != object_.size())
      throw InputError(fmt::format("expected {} of {} fields, found {}", what_, asked_, object_.size()));
  }

  static std::string text(const std::string& key, const Json& value) {
    if (!value.is_string()) refuse(key, "a text", value);
    return value.get<std::string>();
  }
  static long whole(const std::string& key, const Json& value) {
    constexpr auto most = static_cast<unsigned long>(std::numeric_limits<long>::max());
    if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<unsigned long>() > most))
      refuse(key, "a whole number", value);
    return value.get<long>();
  }
  static double number(const std::string& key, const Json& value) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (value == "inf" || value == "-inf") return value == "inf" ? infinity : -infinity;
    if (!value.is_number()) refuse(key, "a number, null, \"inf\" or \"-inf\"", value);
    return value.get<double>();
  }
  static std::vector<double> numbers(const std::string& key, const Json& value) {
    return list<double>(key, value, number);
  }
  template <class T>
  static std::vector<T> list(const std::string& key, const Json& value,
                             T read(const std::string&, const Json&)) {
    if (!value.is_array()) refuse(key, "a list", value);
    std::vector<T> result;
    for (const Json& one : value) result.push_back(read(key, one));
    return result;
  }
  template <class T>
  static std::map<std::string, T> named(const char* key, const Json& value,
                                        T read(const std::string&, const Json&)) {
    if (!value.is_object()) refuse(key, "an object", value);
    std::map<std::string, T> result;
    for (const auto& [name, one] : value.items()) result[name] = read(name, one);
    return result;
  }

  std::string text(const char* key) { return text(key, at(key)); }
  long whole(const char* key) { return whole(key, at(key)); }
  double finite(const char* key) {
    const Json& value = at(key);
    if (!value.is_number()) refuse(key, "a number", value);
    return value.get<double>();
  }
  template <class T>
  std::vector<T> list(const char* key, T read(const std::string&, const Json&)) {
    return list<T>(key, at(key), read);
  }

 private:
  const char* what_;
  Json object_;
  std::size_t asked_ = 0;
};

unsigned long checksum_of(const std::string& key, const Json& value) {
  if (!value.is_number_unsigned()) refuse(key, "a whole number >= 0", value);
  return value.get<unsigned long>();
}

}  // namespace

bool is_json(const std::string& line) { return Json::accept(line); }

std::string to_json(const Setup& setup) { return text_of(json_of(setup)); }
std::string to_json(const Result& result) { return text_of(json_of(result)); }

Setup setup_from_json(const std::string& line) {
  Fields fields(line, "the setup of a study");
  if (const long found = fields.whole("study"); found != format)
    throw InputError(fmt::format("expected a file of version {}, found {}", format, found));
  Setup setup;
  setup.data = fields.text("data");
  setup.checksum = checksum_of("checksum", fields.at("checksum"));
  setup.samples = fields.whole("samples");
  setup.features = fields.whole("features");
  setup.classes = fields.whole("classes");
  setup.outputs = fields.whole("outputs");
  setup.test_samples = fields.whole("test_samples");
  setup.image_rows = fields.whole("image_rows");
  setup.image_columns = fields.whole("image_columns");
  setup.hidden = fields.list<long>("hidden", Fields::whole);
  setup.where = fields.text("where");
  setup.epochs = fields.whole("epochs");
  setup.batch = fields.whole("batch");
  setup.seeds = fields.whole("seeds");
  setup.learning_rate = fields.finite("learning_rate");
  setup.policies = fields.list<std::string>("policies", Fields::text);
  setup.strengths = fields.list<std::vector<double>>("strengths", Fields::numbers);
  setup.stages = fields.list<std::string>("stages", Fields::text);
  setup.recurrent_steps = fields.whole("recurrent_steps");
  setup.chorales = checksum_of("chorales", fields.at("chorales"));
  setup.shortened = fields.text("shortened");
  fields.end();
  return setup;
}

Result result_from_json(const std::string& line) {
  Fields fields(line, "a run");
  Result result;
  result.trial = {fields.text("stage"), fields.text("policy"), fields.finite("strength"),
                  fields.finite("level"), fields.whole("seed")};
  result.numbers = Fields::named<double>("numbers", fields.at("numbers"), Fields::number);
  result.series = Fields::named<std::vector<double>>("series", fields.at("series"), Fields::numbers);
  result.failed = fields.text("failed");
  fields.end();
  return result;
}

std::string difference(const Setup& expected, const Setup& found) {
  const Json ours = json_of(expected), theirs = json_of(found);
  std::string text;
  for (const auto& [name, value] : ours.items())
    if (const Json& other = theirs.at(name); text_of(value) != text_of(other))
      text += fmt::format("{}{}: expected {}, found {}", text.empty() ? "" : "; ", name,
                          espalier::detail::shown_text(text_of(value), 80),
                          espalier::detail::shown_text(text_of(other), 80));
  return text;
}

}  // namespace study
