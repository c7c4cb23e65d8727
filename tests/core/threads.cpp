// SPDX-License-Identifier: MIT
#include "espalier/core/threads.hpp"

#include <array>
#include <set>
#include <vector>

#include "catch.hpp"
#include "espalier/core/flush.hpp"

#if __has_include(<sys/wait.h>)
#include <sys/wait.h>
#include <unistd.h>
#endif

using namespace espalier;

namespace {

/// The number of threads while it lives.
struct Threads {
  explicit Threads(int n) { set_threads(n); }
  ~Threads() { set_threads(before); }
  int before = threads();
};

/// How often each part was run by a region of so many.
std::vector<int> runs_of(Index parts) {
  std::vector<std::atomic<int>> runs(static_cast<std::size_t>(parts));
  detail::parallel_for(parts, [&](Index part) { ++runs[static_cast<std::size_t>(part)]; });
  return {runs.begin(), runs.end()};
}

std::vector<int> once(Index parts) { return std::vector<int>(static_cast<std::size_t>(parts), 1); }

}  // namespace

TEST_CASE("There is a thread for each processor until a number is set, which is at least 1") {
  CHECK(threads() == std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  const Threads three(3);
  CHECK(threads() == 3);
  for (const int n : {0, -1})
    CHECK_THROWS_WITH(set_threads(n), "set_threads: expected at least 1, found " + std::to_string(n));
  CHECK(threads() == 3);
}

TEST_CASE("Every part is run once, in every region") {
  for (const int n : {1, 2, 5}) {
    const Threads several(n);
    for (const Index parts : {0, 1, 2, 3, 32, 33, 100}) CHECK(runs_of(parts) == once(parts));
    int failures = 0;
    for (int round = 0; round < 2000; ++round) failures += runs_of(3) != once(3);
    CHECK(failures == 0);
  }
}

TEST_CASE("Several threads take part if there are parts to be had") {
  const Threads two(2);
  std::atomic<int> arrived{0};
  detail::parallel_for(2, [&](Index) {  // each waits for the other
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  CHECK(arrived == 2);
  std::set<std::thread::id> own;
  set_threads(1);
  detail::parallel_for(2, [&](Index) { own.insert(std::this_thread::get_id()); });
  CHECK(own == std::set{std::this_thread::get_id()});
}

TEST_CASE("A region inside a region is run by the thread that opens it") {
  const Threads three(3);
  std::array<std::atomic<int>, 9> runs{};
  std::atomic<int> strangers{0};
  detail::parallel_for(3, [&](Index outer) {
    const auto own = std::this_thread::get_id();
    detail::parallel_for(3, [&](Index inner) {
      ++runs[static_cast<std::size_t>(3 * outer + inner)];
      strangers += std::this_thread::get_id() != own;
    });
  });
  for (const auto& count : runs) CHECK(count == 1);
  CHECK(strangers == 0);
}

TEST_CASE("Regions may be opened by several threads at once") {
  const Threads three(3);
  std::atomic<int> failures{0};
  std::vector<std::thread> callers;
  for (int k = 0; k < 4; ++k)
    callers.emplace_back([&] {
      for (int round = 0; round < 500; ++round) failures += runs_of(4) != once(4);
    });
  for (auto& caller : callers) caller.join();
  CHECK(failures == 0);
}

TEST_CASE("What a part throws reaches the caller when all parts are done") {
  for (const int n : {1, 3}) {
    const Threads several(n);
    std::atomic<int> runs{0};
    const auto second_throws = [&](Index part) {
      ++runs;
      if (part == 1) throw ValueError("the second");
    };
    CHECK_THROWS_WITH(detail::parallel_for(3, second_throws), "the second");
    CHECK(runs == 3);
    CHECK(runs_of(3) == once(3));
  }
}

TEST_CASE("Parts compute in the caller's mode: what is denormal, and how to round") {
  const Threads two(2);
  const auto found = [](Index part) {
    volatile float least = std::numeric_limits<float>::min(), one = 1, small = 1e-10F;
    return std::array{static_cast<float>(part), static_cast<float>(least / 2),
                      static_cast<float>(one + small)};
  };
  const auto check = [&] {
    const auto expected = found(0);
    std::array<std::array<float, 3>, 2> results{};
    std::atomic<int> arrived{0};
    detail::parallel_for(2, [&](Index part) {
      results[static_cast<std::size_t>(part)] = found(0);
      ++arrived;
      while (arrived < 2) std::this_thread::yield();  // so that each has one part
    });
    CHECK(results[0] == expected);
    CHECK(results[1] == expected);
  };
  check();
  {
    const detail::FlushDenormals flush;
    check();
  }
  check();
  std::fesetround(FE_UPWARD);
  check();
  std::fesetround(FE_TONEAREST);
}

TEST_CASE("Ranges make up the whole and begin at multiples of the unit") {
  const Threads three(3);
  for (const Index size : {1, 5, 16, 17, 784, 1000})
    for (const Index unit : {1, 8, 32})
      for (const Index parts : {1, 2, 3, 7}) {
        std::vector<Index> begins(static_cast<std::size_t>(parts)), ends = begins;
        detail::parallel_for_ranges(size, unit, parts, [&](Index part, Index begin, Index end) {
          begins[static_cast<std::size_t>(part)] = begin;
          ends[static_cast<std::size_t>(part)] = end;
        });
        CAPTURE(size, unit, parts);
        CHECK(begins.front() == 0);
        CHECK(ends.back() == size);
        CHECK(std::equal(begins.begin() + 1, begins.end(), ends.begin()));
        for (const Index begin : begins) CHECK((begin % unit == 0 || begin == size));
      }
}

TEST_CASE("Work is divided if each part has enough of it") {
  const Threads four(4);
  CHECK(detail::parts_of(0, 10) == 1);
  CHECK(detail::parts_of(19, 10) == 1);
  CHECK(detail::parts_of(20, 10) == 2);
  CHECK(detail::parts_of(1'000'000'000'000, 10) == 4);
  set_threads(1'000'000);
  CHECK(detail::parts_of(1'000'000'000'000, 10) == detail::Pool::most_parts);
  set_threads(1);
  CHECK(detail::parts_of(1'000'000'000'000, 10) == 1);
}

#if __has_include(<sys/wait.h>)
namespace {

/// Does a child process, which has none of the parent's threads, come to its end with the right result?
bool child_works() {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    for (int round = 0; round < 10; ++round)
      if (runs_of(3) != once(3)) _exit(1);
    _exit(0);
  }
  int status = -1;
  return waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

TEST_CASE("A child process works on alone") {
  const Threads three(3);
  CHECK(runs_of(3) == once(3));  // the threads exist
  CHECK(child_works());
  std::atomic<bool> open{false}, forked{false};
  std::thread other([&] {
    detail::parallel_for(2, [&](Index) {
      open = true;
      while (!forked) std::this_thread::yield();
    });
  });
  while (!open) std::this_thread::yield();
  CHECK(child_works());  // of a process with an open region
  forked = true;
  other.join();
  CHECK(runs_of(3) == once(3));
}
#endif
