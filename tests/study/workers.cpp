// SPDX-License-Identifier: MIT
// Runs in threads: each once, none half, and an end on request.
#include "study/workers.hpp"

#include <atomic>
#include <csignal>
#include <set>
#include <stdexcept>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "refusal.hpp"

using namespace study;

namespace {

std::vector<Trial> trials(long count) {
  std::vector<Trial> result;
  for (long seed = 0; seed < count; ++seed) result.push_back({"grid", "L1", 0.1, 0, seed});
  return result;
}

Result done(const Trial& trial) { return {trial, {{"train", 0.5}}}; }

struct Study {
  TemporaryDirectory folder{};
  std::string path = (folder / "results.jsonl").string();
  std::unique_ptr<ResultsFile> file = std::make_unique<ResultsFile>(path, Setup{});
  Progress progress{100, 0, 2, nullptr};

  void run(long count, int jobs, const std::function<Result(const Trial&)>& one) {
    run_all(trials(count), jobs, one, *file, progress);
  }
  long in_file() {
    file.reset();
    file = std::make_unique<ResultsFile>(path, Setup{});
    return static_cast<long>(file->results().size());
  }
};

}  // namespace

TEST_CASE("Each trial is run once, whatever the number of jobs") {
  for (const int jobs : {1, 3, 200}) {
    CAPTURE(jobs);
    Study study;
    std::atomic<long> calls{0};
    study.run(100, jobs, [&](const Trial& trial) { return ++calls, done(trial); });
    CHECK(calls == 100);
    CHECK(study.in_file() == 100);
  }
  Study study;
  study.run(0, 2, done);
  CHECK(study.in_file() == 0);
}

TEST_CASE("One job takes the trials in their order") {
  Study study;
  std::vector<long> order;
  study.run(20, 1, [&](const Trial& trial) { return order.push_back(trial.seed), done(trial); });
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("Two jobs run at the same time") {
  Study study;
  std::atomic<int> inside{0};
  study.run(2, 2, [&](const Trial& trial) {
    ++inside;
    while (inside < 2) std::this_thread::yield();  // for ever if there is one thread
    return done(trial);
  });
  CHECK(study.in_file() == 2);
}

TEST_CASE("A signal lets the runs end that have begun, and no further one begins") {
  for (const int signal : {SIGINT, SIGTERM}) {
    Study study;
    const StopOnSignal signals;
    CHECK_FALSE(stop_requested());
    std::atomic<long> begun{0};
    study.run(100, 2, [&](const Trial& trial) {
      if (++begun == 10) std::raise(signal);
      return done(trial);
    });
    CHECK(stop_requested());
    CHECK(begun >= 10);
    CHECK(begun <= 12);
    CHECK(study.in_file() == begun);
  }
}

TEST_CASE("A run may be left when a stop is requested, and leaves no line") {
  Study study;
  const StopOnSignal signals;
  study.run(100, 1, [&](const Trial& trial) {
    if (trial.seed == 5) {
      request_stop();
      throw Stopped();
    }
    return done(trial);
  });
  CHECK(study.in_file() == 5);
}

TEST_CASE("What was stopped goes on where it was, with nothing twice") {
  Study study;
  std::set<long> seeds;
  const auto one = [&](const Trial& trial) {
    CHECK(seeds.insert(trial.seed).second);
    if (seeds.size() == 7) request_stop();
    return done(trial);
  };
  {
    const StopOnSignal signals;
    study.run(20, 1, one);
  }
  REQUIRE(study.in_file() == 7);
  const StopOnSignal signals;
  std::vector<Trial> rest;
  for (const Trial& trial : trials(20))
    if (!study.file->contains(trial)) rest.push_back(trial);
  run_all(rest, 1, one, *study.file, study.progress);
  CHECK(study.in_file() == 20);
}

TEST_CASE("A second signal ends the program at once") {
  const pid_t child = ::fork();
  if (child == 0) {
    const StopOnSignal signals;
    std::raise(SIGINT);
    if (!stop_requested()) ::_exit(3);
    std::raise(SIGINT);
    ::_exit(4);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGINT);
}

TEST_CASE("An exception of a run ends all workers and is thrown on") {
  for (const int jobs : {1, 2}) {
    Study study;
    const StopOnSignal signals;
    std::atomic<long> begun{0};
    CHECK_THROWS_WITH(study.run(1000, jobs,
                                [&](const Trial& trial) {
                                  ++begun;
                                  if (trial.seed == 3) throw std::runtime_error("no memory");
                                  return done(trial);
                                }),
                      "no memory");
    CHECK(begun < 1000);
    CHECK(study.in_file() == begun - 1);
  }
}

TEST_CASE("Stopped without a request is an error, as is the result of another trial") {
  Study study;
  const StopOnSignal signals;
  CHECK_THROWS_AS(study.run(3, 1, [](const Trial&) -> Result { throw Stopped(); }), Stopped);
  CHECK_THROWS_AS(study.run(3, 1,
                            [](const Trial&) {
                              return done({"grid", "L2", 1, 0, 1});
                            }),
                  std::logic_error);
}

TEST_CASE("The line says how much is done and how long the rest takes") {
  Progress progress(40, 10, 2, nullptr);
  CHECK(progress.line() == "[#####---------------] 10/40 runs, 25 %");
  for (int k = 0; k < 10; ++k) progress.finished("final", 4);
  CHECK(progress.line() == "final      [##########----------] 20/40 runs, 50 %, 40 s left");
  progress.expect(20);
  CHECK(progress.line() == "final      [####################] 20/20 runs, 100 %");
}

TEST_CASE("A run that was known counts as done, and not as one that took no time") {
  Progress progress(4, 0, 1, nullptr);
  progress.finished("grid", 10);
  progress.taken("where");
  CHECK(progress.line() == "where      [##########----------] 2/4 runs, 50 %, 20 s left");
}

TEST_CASE("Durations are said in the units that people use") {
  CHECK(duration_text(0.4) == "0 s");
  CHECK(duration_text(59.6) == "1 min 00 s");
  CHECK(duration_text(200) == "3 min 20 s");
  CHECK(duration_text(3900) == "1 h 05 min");
}

TEST_CASE("Where no terminal is, a line comes now and then, and the last one at the end") {
  const TemporaryDirectory folder;
  const auto lines = [&](Progress::Clock::duration between) {
    std::FILE* out = std::fopen((folder / "log").string().c_str(), "w");
    {
      Progress progress(3, 0, 1, out, between);
      for (int k = 0; k < 3; ++k) progress.finished("grid", 1);
    }
    std::fclose(out);
    return read_text(folder / "log");
  };
  const std::string last = "grid       [####################] 3/3 runs, 100 %\n";
  CHECK(lines(std::chrono::hours(1)) == last);
  CHECK(lines(std::chrono::seconds(0)) ==
        "grid       [######--------------] 1/3 runs, 33 %, 2 s left\n"
        "grid       [#############-------] 2/3 runs, 66 %, 1 s left\n" +
            last);
}
