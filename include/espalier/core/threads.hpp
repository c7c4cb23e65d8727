// SPDX-License-Identifier: MIT
// Large products, updates and activations are shared out to threads. Their number changes no result, not by a
// bit.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cfenv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <thread>
#include <type_traits>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace espalier {
namespace detail {

inline constinit std::atomic<int> thread_count{0};  // 0: nobody has asked yet

}  // namespace detail

/// How many threads one step may use, the caller's included: as many as the machine has processors, or what
/// `set_threads` was told.
inline int threads() {
  int n = detail::thread_count.load(std::memory_order_relaxed);
  if (n > 0) return n;
  const int all = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  detail::thread_count.compare_exchange_strong(n, all, std::memory_order_relaxed);
  return n > 0 ? n : all;
}

/// For all models of the process. Threads are started when a step first has work for them, and kept. Set 1
/// where several threads train nets of their own.
inline void set_threads(int n) {
  if (n < 1) detail::fail("set_threads", "at least 1", n);
  detail::thread_count.store(n, std::memory_order_relaxed);
}

namespace detail {

/// `set_threads(n)` until its end; 0 changes nothing.
class ThreadScope {
 public:
  explicit ThreadScope(int n) : before_(thread_count.load(std::memory_order_relaxed)) {
    if (n != 0) set_threads(n);
  }
  ~ThreadScope() { thread_count.store(before_, std::memory_order_relaxed); }
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  int before_;
};

/// Least number of weights for each thread. Update, product and gradient of a row are given to the same
/// thread, however small the batch, so that the row stays in one processor's cache.
inline constexpr Index weights_of_part = 16384;

inline void pause() {
#if defined(__SSE2__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Returns once `word` is not `old`. Looks for a while, unless others want the processor, then sleeps: a step
/// has its next work for a thread sooner than the system wakes it.
inline void await_change(const std::atomic<int>& word, int old) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::microseconds(100);
  for (; Clock::now() < end; std::this_thread::yield())
    for (int k = 0; k < 64; ++k, pause())
      if (word.load(std::memory_order_acquire) != old) return;
  word.wait(old, std::memory_order_acquire);
}

/// The threads of the process beside its own. They sleep, or take an open part of the work at hand, which the
/// caller does too: a part never waits for a thread that is late, or that a fork has left behind. Thread k
/// prefers part k, since its cache may hold what it did there last time. There is no destructor, so that
/// threads may outlive `main`.
class Pool {
 public:
  using Part = void(void* work, Index part) noexcept;
  static constexpr Index most_parts = 32;

  /// Calls part(work, 0), ..., part(work, parts - 1), on up to `parts` threads. False, and does nothing,
  /// while another region is open: the caller's own, or another thread's.
  bool run(Index parts, Part* part, void* work) {
    if (busy_.exchange(true, std::memory_order_acquire)) return false;
    for (; workers_ < parts; ++workers_) {
      try {
        std::thread([this, k = workers_] { serve(k); }).detach();
      } catch (const std::exception&) {  // no more to be had: the others do its work
      }
    }
    part_ = part, work_ = work;
    std::fegetenv(&mode_);
    left_.store(static_cast<int>(parts), std::memory_order_relaxed);
    const std::uint64_t region = open_.load(std::memory_order_relaxed) >> most_parts;
    open_.store((region + 1) << most_parts | ((std::uint64_t{1} << parts) - 1), std::memory_order_release);
    ++rounds_;
    for (Index k = 1; k < parts; ++k) rounds_.notify_one();
    take_parts(0);
    for (int left; (left = left_.load(std::memory_order_acquire)) > 0;) await_change(left_, left);
    busy_.store(false, std::memory_order_release);
    return true;
  }

 private:
  void serve(Index thread) {
    for (;;) {
      const int round = rounds_.load(std::memory_order_acquire);
      take_parts(thread);
      await_change(rounds_, round);
    }
  }

  /// Who has cleared its bit owns a part, and until that is done the region stays open: only then may the
  /// rest be read. The region's number keeps a late thread from taking a part of the next one.
  void take_parts(Index thread) {
    std::uint64_t open = open_.load(std::memory_order_acquire);
    while (const auto parts = static_cast<std::uint32_t>(open)) {
      const Index part = parts >> thread & 1 ? thread : Index{std::countr_zero(parts)};
      if (!open_.compare_exchange_weak(open, open & ~(std::uint64_t{1} << part), std::memory_order_acquire))
        continue;
      if (thread > 0) std::fesetenv(&mode_);  // rounding and denormals as the caller has them
      part_(work_, part);
      if (--left_ == 0) left_.notify_one();
      open = open_.load(std::memory_order_acquire);
    }
  }

  std::atomic<bool> busy_{false};
  Index workers_ = 1;  // the caller counts
  Part* part_ = nullptr;
  void* work_ = nullptr;
  std::fenv_t mode_{};
  alignas(64) std::atomic<std::uint64_t> open_{0};  // the region's number, and a bit for each open part
  std::atomic<int> rounds_{0};                      // what idle threads watch
  alignas(64) std::atomic<int> left_{0};            // parts not yet done
};

inline constinit Pool pool;
static_assert(std::is_trivially_destructible_v<Pool>);

/// What to call, wherever it is kept: so that whoever calls it is compiled once, for all functions.
template <class... Args>
class FunctionRef {
 public:
  template <class F>
  FunctionRef(F&& f) requires(!std::same_as<std::remove_cvref_t<F>, FunctionRef>)  // NOLINT: implicit
      : call_([](void* self, Args... args) { (*static_cast<std::remove_reference_t<F>*>(self))(args...); }),
        self_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))) {}

  void operator()(Args... args) const { call_(self_, args...); }

 private:
  void (*call_)(void* self, Args...);
  void* self_;
};

/// f(0), ..., f(parts - 1), each once, at the same time where there are threads. The first exception is
/// thrown on when all are done. May be nested and called from several threads: who finds the pool taken does
/// all parts alone.
inline void parallel_for(Index parts, FunctionRef<Index> f) {
  struct Work {
    FunctionRef<Index> f;
    std::exception_ptr error;
    std::atomic<bool> failed{false};

    static void run(void* self, Index part) noexcept {
      Work& work = *static_cast<Work*>(self);
      try {
        work.f(part);
      } catch (...) {
        if (!work.failed.exchange(true)) work.error = std::current_exception();
      }
    }
  } work{f, nullptr};
  if (threads() == 1 || parts < 2 || parts > Pool::most_parts || !pool.run(parts, Work::run, &work))
    for (Index part = 0; part < parts; ++part) Work::run(&work, part);
  if (work.failed.load()) std::rethrow_exception(work.error);
}

/// Into how many parts to divide work of some size, if a part is to have `least` of it.
inline Index parts_of(Index size, Index least) {
  return size < 2 * least ? 1 : std::min({Index{threads()}, size / least, Pool::most_parts});
}

/// f(part, begin, end) on `parts` ranges that make up 0...size and begin at multiples of `unit`.
inline void parallel_for_ranges(Index size, Index unit, Index parts, FunctionRef<Index, Index, Index> f) {
  if (parts == 1) return f(0, 0, size);
  const Index units = (size + unit - 1) / unit;
  const auto begin = [=](Index part) { return std::min(size, units * part / parts * unit); };
  parallel_for(parts, [&](Index part) { f(part, begin(part), begin(part + 1)); });
}

}  // namespace detail
}  // namespace espalier
