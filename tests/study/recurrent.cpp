// SPDX-License-Identifier: MIT
#include "study/recurrent.hpp"

#include <Eigen/Core>
#include <cmath>
#include <espalier/testing.hpp>
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "spectra.hpp"
#include "study/errors.hpp"
#include "study/report_recurrent.hpp"
#include "study/workers.hpp"

namespace esp = espalier;
using Catch::Approx;
using study::Sequences;

namespace {

study::RecurrentOptions short_runs() {
  study::RecurrentOptions options;
  options.hidden = 6, options.steps = 5, options.batch = 4, options.seeds = 1, options.lengths = {8};
  return options;
}

study::Trial trial(const std::string& policy, double strength = 0, long seed = 1) {
  return {"recurrent", policy, strength, 8, seed};
}

/// A file that is gone after the test.
struct File {
  std::filesystem::path path;

  File(const std::string& name, const std::string& text)
      : path(std::filesystem::temp_directory_path() / name) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~File() { std::filesystem::remove(path); }
  std::string text() const { return path.string(); }
};

/// What a call throws as InputError says.
template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const study::InputError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

/// The output of a network for one sequence of two inputs a step, from its weights, in double and step by
/// step.
double output_of(const study::RecurrentNet& net, const Eigen::VectorXd& x) {
  const auto weight = [&](const char* path) { return Eigen::MatrixXd(parameter(net, path).cast<double>()); };
  const Eigen::MatrixXd input = weight("0.weight_ih"), recurrent = weight("0.weight_hh"),
                        bias = weight("0.bias");
  Eigen::VectorXd h = Eigen::VectorXd::Zero(recurrent.rows());
  for (Eigen::Index t = 0; t < x.size() / 2; ++t)
    h = (input * x.segment(2 * t, 2) + recurrent * h + bias).array().tanh().matrix().eval();
  return (weight("1.weight") * h + weight("1.bias")).value();
}

/// The gradients by time step of a network with this policy, at inputs so small that no unit saturates.
std::vector<double> at_tiny_inputs(const std::string& policy, double strength) {
  esp::Rng rng(3);
  Sequences data = study::adding_problem(20, 10, rng);
  data.inputs *= 1e-4F;
  study::RecurrentNet net = study::recurrent_net(data, 12, 1);
  study::constrain(net, trial(policy, strength));
  return study::gradient_by_step(net, data);
}

}  // namespace

TEST_CASE("a target of the adding problem is the sum of the numbers with a mark, one in each half") {
  const long steps = GENERATE(2L, 8L, 9L);
  esp::Rng rng(1);
  const Sequences data = study::adding_problem(steps, 200, rng);
  REQUIRE(data.inputs.rows() == 2 * steps);
  CHECK(data.features() == 2);
  CHECK(data.outputs() == 1);
  std::vector<long> marked(static_cast<std::size_t>(steps), 0);
  double squares = 0;
  for (long j = 0; j < data.samples(); ++j) {
    float sum = 0;
    long first = 0, second = 0;
    for (long t = 0; t < steps; ++t) {
      const float number = data.inputs(2 * t, j), mark = data.inputs(2 * t + 1, j);
      CHECK((number >= 0 && number <= 1 && (mark == 0 || mark == 1)));
      sum += number * mark;
      if (mark == 1) ++(t < steps / 2 ? first : second), ++marked[static_cast<std::size_t>(t)];
    }
    CHECK((first == 1 && second == 1));
    CHECK(data.targets(0, j) == sum);
    squares += (sum - 1.0) * (sum - 1.0);
  }
  for (const long count : marked) CHECK(count > 0);
  // The mean of 200 squares with a standard deviation of about 0.2 is 0.014 off.
  CHECK(squares / 200 == Approx(study::adding_baseline).margin(0.06));
}

TEST_CASE("an adding problem of one step is refused") {
  esp::Rng rng(1);
  CHECK(message_of([&] { study::adding_problem(1, 1, rng); }) ==
        "adding problem: expected 2 time steps or more, found 1");
}

TEST_CASE("the gradient by time step is that of central differences in double") {
  esp::Rng rng(5);
  const Sequences data = study::adding_problem(8, 3, rng);
  study::RecurrentNet net = study::recurrent_net(data, 6, 2);
  const std::vector<double> norms = study::gradient_by_step(net, data);
  REQUIRE(norms.size() == 8);
  const double h = 1e-4;
  for (const long t : {0L, 3L, 7L}) {
    double squares = 0;
    for (long j = 0; j < data.samples(); ++j)
      for (const long i : {2 * t, 2 * t + 1}) {
        const auto loss = [&](double change) {
          Eigen::VectorXd x = data.inputs.col(j).cast<double>();
          x(i) += change;
          return std::pow(output_of(net, x) - static_cast<double>(data.targets(0, j)), 2);
        };
        squares += std::pow((loss(h) - loss(-h)) / (2 * h), 2);
      }
    // Floats: each of the 8 steps loses a few units of 6e-8 of what is 1, products of 6 numbers included, and
    // a difference of outputs near 1 as much: some 1e-5 in all. The differences err by h^2, 1e-8.
    CHECK(norms[static_cast<std::size_t>(t)] ==
          Approx(std::sqrt(squares / static_cast<double>(data.samples()))).epsilon(1e-4));
  }
}

TEST_CASE("an orthonormal recurrent weight keeps the gradient exactly if all units are read") {
  // With as many inputs as units and an orthonormal input weight there is no share: the norm itself is
  // constant.
  esp::Rng rng(4);
  Sequences data{20, 1};
  data.inputs.setRandom(12 * 20, 5);
  data.inputs *= 1e-5F;
  data.targets.setOnes(1, 5);
  study::RecurrentNet net = study::recurrent_net(data, 12, 1);
  study::constrain(net, trial("Orthonormal"));
  set_policies(net, "0.weight_ih", esp::Orthonormal{});
  const std::vector<double> norms = study::gradient_by_step(net, data);
  // A product of 20 matrices, each orthonormal to about 1e-6.
  for (const double norm : norms) CHECK(norm == Approx(norms.back()).epsilon(1e-4));
}

TEST_CASE("under SpectralBall{0.5} a gradient halves at least with each step back") {
  esp::Rng rng(3);
  const Sequences data = study::adding_problem(20, 10, rng);
  study::RecurrentNet net = study::recurrent_net(data, 12, 1);
  study::constrain(net, trial("SpectralBall", 0.5));
  const std::vector<double> norms = study::gradient_by_step(net, data);
  // |dx_t| <= |W_ih| |dz_t| and |dz_t| <= 0.5^k |dz_T|, since tanh' <= 1; |dz_T| <= |w_out| |dy|.
  const auto norm_of = [&](const char* path) { return test::two_norm(parameter(net, path).cast<double>()); };
  const double dy =
      2 * std::sqrt((net.predict(data.inputs) - data.targets).cast<double>().squaredNorm() / 10);
  const double most = norm_of("0.weight_ih") * norm_of("1.weight") * dy;
  for (std::size_t k = 0; k < norms.size(); ++k)
    CHECK(norms[norms.size() - 1 - k] <= most * std::pow(0.5, k) * (1 + 1e-4));
  CHECK(norms.front() > 0);
}

TEST_CASE(
    "without a constraint gradients explode that tiny inputs let through, and clipped weights shrink them") {
  const std::vector<double> free = at_tiny_inputs(study::free_name, 0);
  CHECK(free.front() > 10 * free.back());
  const std::vector<double> clipped = at_tiny_inputs("clipped weights", 0.1);
  CHECK(clipped.front() < 0.1 * clipped.back());
}

TEST_CASE("a constraint moves the recurrent weight into its set, and leaves all other weights") {
  esp::Rng rng(3);
  const Sequences data = study::adding_problem(8, 1, rng);
  const study::RecurrentNet free = study::recurrent_net(data, 12, 1);
  const auto recurrent_under = [&](const char* policy, double strength) {
    study::RecurrentNet net = free;
    study::constrain(net, trial(policy, strength));
    for (const char* const path : {"0.weight_ih", "0.bias", "1.weight", "1.bias"})
      CHECK(parameter(net, path) == parameter(free, path));
    return Eigen::MatrixXd(parameter(net, "0.weight_hh").cast<double>());
  };
  const Eigen::MatrixXd start = recurrent_under("unconstrained", 0);
  CHECK(start.norm() == Approx(study::recurrent_gain * std::sqrt(12)).epsilon(0.2));  // 144 normal numbers
  CHECK(recurrent_under("clipped gradients", 1) == start);
  CHECK(recurrent_under("clipped weights", 0.1).cwiseAbs().maxCoeff() <= 0.1000001);
  CHECK(test::two_norm(recurrent_under("SpectralBall", 1)) <= 1);
  const Eigen::MatrixXd q = recurrent_under("Orthonormal", 0);
  CHECK((q * q.transpose() - Eigen::MatrixXd::Identity(12, 12)).norm() < 1e-5);
}

TEST_CASE("the gradients of a dense layer for each step are those of differences") {
  auto net = esp::sequential<double>(esp::Recurrent(2, 3, 4), study::EachStep(3, 2, 4));
  initialize(net, {.seed = 1});
  const Eigen::MatrixXd x = Eigen::MatrixXd::Random(8, 5), t = Eigen::MatrixXd::Random(8, 5);
  for (const esp::GradientError& error : esp::gradient_check(net, esp::MeanSquared{}, x, t)) {
    INFO(error.parameter);
    CHECK(error.ok());
  }
}

TEST_CASE("each policy trains, and is measured") {
  study::RecurrentOptions options = short_runs();
  options.learning_rate = 0.1;
  for (const study::RecurrentPolicy& policy : study::recurrent_policies()) {
    INFO(policy.name);
    const study::Result result = study::run_recurrent(options, trial(policy.name, policy.strength));
    CHECK(result.failed.empty());
    CHECK(number(result, "steps") == 5);
    CHECK(number(result, "test_loss") > 0);
    CHECK(number(result, "train_loss") > 0);
    CHECK(number(result, "largest_gradient") > 0);
    CHECK(series(result, "gradient_steps").size() == 8);
    const std::vector<double>& end = series(result, "gradient_steps_end");
    REQUIRE(end.size() == 8);
    CHECK(number(result, "gradient_ratio") == end.front() / end.back());
  }
}

TEST_CASE("a policy that has nothing to do leaves the run as it is, as pairs see the same data and weights") {
  const study::RecurrentOptions options = short_runs();
  const study::Result free = study::run_recurrent(options, trial(study::free_name));
  for (const char* const name : {"clipped weights", "clipped gradients", "SpectralBall"}) {
    INFO(name);
    const study::Result other = study::run_recurrent(options, trial(name, 1e4));
    for (const char* const measured : {"test_loss", "train_loss", "largest_gradient"})
      CHECK(number(other, measured) == Approx(number(free, measured)).epsilon(1e-6));
    CHECK(series(other, "gradient_steps") == series(free, "gradient_steps"));
  }
  const study::Result again = study::run_recurrent(options, trial(study::free_name));
  CHECK(again.series == free.series);
  const study::Result other_seed = study::run_recurrent(options, trial(study::free_name, 0, 2));
  CHECK(number(other_seed, "train_loss") != number(free, "train_loss"));
  CHECK(series(other_seed, "gradient_steps") != series(free, "gradient_steps"));
}

TEST_CASE("a run whose rate is absurd has failed, and says where") {
  study::RecurrentOptions options = short_runs();
  options.steps = 100, options.learning_rate = 1e6;
  const study::Result result = study::run_recurrent(options, trial(study::free_name));
  CHECK_FALSE(result.failed.empty());
  CHECK(number(result, "steps") < 100);
  CHECK(std::isfinite(number(result, "largest_gradient")));
  CHECK(std::isnan(number(result, "test_loss")));
  CHECK(series(result, "gradient_steps").size() == 8);
  CHECK(series(result, "gradient_steps_end").empty());
}

TEST_CASE("a run ends within a step when a stop is requested") {
  study::RecurrentOptions options = short_runs();
  options.steps = 1000000;  // which would take minutes
  {
    const study::StopOnSignal signals;
    study::request_stop();
    CHECK_THROWS_AS(study::run_recurrent(options, trial(study::free_name)), study::Stopped);
  }
  const study::StopOnSignal signals;  // which forgets the request
  CHECK_FALSE(study::stop_requested());
}

TEST_CASE("a run says in which share of its steps its policy acted") {
  const study::RecurrentOptions options = short_runs();
  const auto active = [&](const char* policy, double strength) {
    return number(study::run_recurrent(options, trial(policy, strength)), "active");
  };
  CHECK(active("unconstrained", 0) == 0);
  CHECK(active("clipped gradients", 1e-6) == 1);
  CHECK(active("clipped gradients", 1e6) == 0);
  CHECK(active("clipped weights", 1e-3) == 1);
  CHECK(active("clipped weights", 1e6) == 0);
}

TEST_CASE("a policy that is none of the recurrent ones is refused") {
  CHECK(message_of([] { study::run_recurrent(short_runs(), trial("L3")); }) ==
        "recurrent: expected a policy for recurrent networks, found 'L3'");
}

TEST_CASE("trials come seed by seed, with chorales where there is a folder") {
  study::RecurrentOptions options;
  options.seeds = 2, options.lengths = {8, 16};
  std::vector<study::Trial> trials = study::recurrent_trials(options);
  const std::size_t policies = study::recurrent_policies().size();
  REQUIRE(trials.size() == 2 * 2 * policies);
  for (std::size_t k = 0; k < trials.size(); ++k) {
    CHECK(trials[k].stage == "recurrent");
    CHECK(trials[k].seed == static_cast<long>(k / (2 * policies)) + 1);
    CHECK(trials[k].level == (k / policies % 2 == 0 ? 8 : 16));
    CHECK(trials[k].policy == study::recurrent_policies()[k % policies].name);
  }
  options.chorales = "somewhere";
  const std::vector<study::Trial> both = study::recurrent_trials(options);
  CHECK(both.size() == 2 * trials.size());
  CHECK(both.back().stage == "chorales");
}

TEST_CASE("pieces are read line by line, with rests, keys and either end of line") {
  const File file("espalier_pieces.txt", "60,64;;67\r\n0;87,1\n");
  const std::vector<study::Piece> pieces = study::read_pieces(file.text());
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0] == study::Piece{{60, 64}, {}, {67}});
  CHECK(pieces[1] == study::Piece{{0}, {87, 1}});
}

TEST_CASE("a file of pieces that cannot be read names itself and the line") {
  const auto refused = [](const std::string& text) {
    const File file("espalier_bad_pieces.txt", text);
    const std::string message = message_of([&] { study::read_pieces(file.text()); });
    REQUIRE(message.starts_with(file.text() + ": "));
    return message.substr(file.text().size() + 2);
  };
  CHECK(refused("1;2\n3;x4\n") == "line 2: expected numbers of keys from 0 to 87, found 'x4'");
  CHECK(refused("1;88\n") == "line 1: expected numbers of keys from 0 to 87, found '88'");
  CHECK(refused("1;-1\n") == "line 1: expected numbers of keys from 0 to 87, found '-1'");
  CHECK(refused("1,\n") == "line 1: expected numbers of keys from 0 to 87, found ''");
  CHECK(refused("1 2\n") == "line 1: expected numbers of keys from 0 to 87, found '1 2'");
  CHECK(refused("\n\n") == "expected a piece in each line, found none");
  CHECK(message_of([] { study::read_pieces("no/such/file"); }) ==
        "no/such/file: expected a readable file, found none of that name");
}

TEST_CASE("chorales have a checksum of their data, however the files are packed") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "espalier_checksum";
  std::filesystem::create_directories(folder);
  const auto checksum = [&](const std::string& train, const std::string& valid, const std::string& test) {
    for (const auto& [part, text] : {std::pair("train", train), {"valid", valid}, {"test", test}})
      std::ofstream(folder / ("JSB_Chorales_" + std::string(part) + "data.txt")) << text;
    return study::checksum_of_chorales(folder.string());
  };
  const unsigned long first = checksum("1,5;2\n", "3;4\n", "5;6\n");
  CHECK(first != 0);
  CHECK(checksum("1,5;2\r\n", "3;4", "5;6\n\n") == first);
  CHECK(checksum("1,5;3\n", "3;4\n", "5;6\n") != first);
  CHECK(checksum("1;5;2\n", "3;4\n", "5;6\n") != first);
  CHECK(checksum("1,5\n2\n", "3;4\n", "5;6\n") != first);
  CHECK(checksum("3;4\n", "1,5;2\n", "5;6\n") != first);
  std::filesystem::remove_all(folder);
}

TEST_CASE("every chord of a piece but the first is a target once, and padding does not count") {
  const std::vector<study::Piece> pieces{{{1}, {2}, {3}, {4}, {5}, {6}}, {{7}, {8}}, {{9}}};
  const Sequences windows = study::windows_of(pieces, 3, "here");
  REQUIRE(windows.samples() == 3);
  CHECK(windows.features() == 88);
  CHECK(windows.outputs() == 88);
  CHECK(windows.weights == std::vector<float>{1, 1, 1, 1, 1, 0, 1, 0, 0});
  const auto key = [](const esp::Matrix<float>& rolls, long t, long j) {
    const auto step = rolls.col(j).segment(88 * t, 88);
    Eigen::Index at = 0;
    step.maxCoeff(&at);
    return step.sum() == 1 ? static_cast<int>(at) : -1;
  };
  CHECK(
      (key(windows.inputs, 0, 0) == 1 && key(windows.inputs, 2, 0) == 3 && key(windows.targets, 2, 0) == 4));
  CHECK(
      (key(windows.inputs, 0, 1) == 4 && key(windows.targets, 0, 1) == 5 && key(windows.targets, 1, 1) == 6));
  CHECK((key(windows.inputs, 2, 1) == -1 && key(windows.targets, 2, 1) == -1));
  CHECK((key(windows.inputs, 0, 2) == 7 && key(windows.targets, 0, 2) == 8));
  const Sequences last = study::last_step_of(windows, 10);
  CHECK(last.samples() == 1);
  CHECK(last.weights == std::vector<float>{0, 0, 1});
  CHECK(
      message_of([&] { study::windows_of(pieces, 6, "here"); }) ==
      "here: expected a piece of 7 time steps or more (the sequences and the chord behind them), found 6 in "
      "the longest");
}

TEST_CASE("the loss of chorales is the mean over keys and the steps that count") {
  const std::vector<study::Piece> pieces{{{1}, {2}, {3}, {4}}, {{7}, {8}}};
  const Sequences data = study::windows_of(pieces, 3, "here");
  const esp::Matrix<float> outputs = esp::Matrix<float>::Random(88 * 3, 2);
  esp::Matrix<float> gradient;
  const double loss = study::sequence_loss(data, outputs, gradient);
  double sum = 0;
  for (long j = 0; j < 2; ++j)
    for (long t = 0; t < (j == 0 ? 3 : 1); ++t)
      for (long i = 88 * t; i < 88 * (t + 1); ++i) {
        const double chance = 1 / (1 + std::exp(-static_cast<double>(outputs(i, j))));
        sum -= std::log(data.targets(i, j) == 1 ? chance : 1 - chance);
      }
  CHECK(loss == Approx(sum / (4 * 88)).epsilon(1e-6));
  REQUIRE(gradient.rows() == 88 * 3);
  CHECK(gradient.col(1).tail(2 * 88).isZero(0));
  CHECK(gradient.col(1).head(88).minCoeff() < 0);
}

TEST_CASE("a network learns the next chord from a folder of chorales") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "espalier_chorales";
  std::filesystem::create_directories(folder);
  for (const char* const part : {"train", "valid", "test"})
    std::ofstream(study::chorale_file(folder.string(), part).substr(0, folder.string().size() + 1) +
                  "JSB_Chorales_" + part + "data.txt")
        << "1,5;2,6;1,5;2,6;1,5;2,6;1,5\n2,6;1,5;2,6;1,5;2,6;1,5;2,6\n";
  study::RecurrentOptions options = short_runs();
  options.chorales = folder.string();
  options.steps = 60, options.learning_rate = 0.02;
  const study::Result result = study::run_recurrent(options, {"chorales", "Orthonormal", 0, 6, 1});
  CHECK(result.failed.empty());
  CHECK(number(result, "test_loss") < 0.1);  // log 2 at the start
  CHECK(number(result, "validation_loss") == number(result, "test_loss"));
  CHECK(series(result, "gradient_steps_end").size() == 6);
  std::filesystem::remove_all(folder);
}

TEST_CASE("the section about recurrent networks says what diverged and what the others gained") {
  CHECK(study::recurrent_section({}, {}).empty());
  CHECK(study::recurrent_section({}, {{{"grid", "L2", 1, 0, 1}}}).empty());
  std::vector<study::Result> results;
  for (long seed = 1; seed <= 3; ++seed) {
    study::Result free{{"recurrent", study::free_name, 0, 8, seed}};
    free.numbers = {{"test_loss", 0.2}, {"largest_gradient", 1234}, {"active", 0.25}};
    free.series["gradient_steps"] = {100, 10, 1};
    free.series["gradient_steps_end"] = {0, 10, 1};
    results.push_back(free);
    study::Result ball = free;
    ball.trial.policy = "SpectralBall", ball.trial.strength = 1;
    ball.numbers["test_loss"] = 0.1;
    if (seed == 3) ball.failed = "step 7: expected a finite loss, found inf", ball.numbers.erase("test_loss");
    results.push_back(ball);
  }
  const std::string html = study::recurrent_section({}, results);
  CAPTURE(html);
  const auto has = [&](const std::string& text) { return html.find(text) != html.npos; };
  CHECK(has("<h2>Recurrent networks</h2>"));
  // Three runs, one of which diverged; the other two pairs differ by 0.1 each.
  CHECK(
      has("<td class=\"n\">8</td><td class=\"n\">3</td><td class=\"n\">1</td><td class=\"n\">0.1</td><td "
          "class=\"n\">-0.1 (-0.1 to -0.1)</td><td class=\"n\">1.23e+03</td><td class=\"n\">25.0 %</td>"));
  CHECK(has("<td>SpectralBall"));
  CHECK(has("8 time steps, before training"));
  CHECK(has("8 time steps, after training"));
  CHECK(has("logarithmic"));
  CHECK_FALSE(has("Chorales"));
  CHECK_FALSE(has("nan"));
}
