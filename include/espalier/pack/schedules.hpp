// SPDX-License-Identifier: MIT
// What schedules do to the policies of a pack, and what texts say of those.
#pragma once

#include <cstddef>
#include <span>

#include "espalier/core/description.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

struct Progress;

namespace detail {

/// What is asked of a pack with schedules: to follow them to a step, to take factors, or to tell them, one
/// for each policy.
struct ScheduleCall {
  const Progress* progress = nullptr;
  std::span<const double> write{};
  std::span<double> read{};
};

/// The Scheduled in a policy that has one: itself, or what is inside of Every.
template <class P>
auto& scheduled_in(P& p) {
  if constexpr (requires { p.policy.schedule(); })
    return p.policy;
  else
    return p;
}

/// The policy whose numbers a text says: for people as it is now, for comparison as it was written.
template <class P>
const auto& described_in_time(const P& p, [[maybe_unused]] Detail detail) {
  if constexpr (on_schedule<P>)
    if (detail == Detail::all) return ungrouped(scheduled_in(p).base());
  return ungrouped(p);
}

template <class P>
[[gnu::cold]] void describe_schedule(const P& p, Description& text) {
  if (text.detail() == Detail::beginning) text("factor", p.factor());
  text("schedule", p.schedule().text());
}

/// What texts say of a policy of a pack: its numbers, and those of the words around it.
template <class P>
void describe_written(const P& p, Description& text) {
  if constexpr (requires { name_in_time(&p); }) text("n", static_cast<double>(p.n));
  if constexpr (block_of<P> != 0) text("block", static_cast<double>(block_of<P>));
  detail::describe(described_in_time(p, text.detail()), text);
  if constexpr (requires { ungrouped(p).metric; })
    if (ungrouped(p).metric == Metric::euclidean) text("metric", "euclidean");
  if constexpr (on_schedule<P>) describe_schedule(scheduled_in(p), text);
}

template <class PackType>
[[gnu::cold]] void call_schedules(void* pack, const ScheduleCall& call) {
  std::size_t k = 0;
  static_cast<PackType*>(pack)->for_each_policy([&]<class P>(const P& p) {
    if constexpr (on_schedule<P>) {
      auto& scheduled = scheduled_in(const_cast<P&>(p));
      if (call.progress) scheduled.follow(*call.progress);
      if (!call.write.empty()) scheduled.set_factor(call.write[k]);
      if (!call.read.empty()) call.read[k] = scheduled.factor();
    }
    ++k;
  });
}

/// The function that does it; null for a pack without schedules.
template <class PackType>
constexpr auto schedule_of() -> void (*)(void*, const ScheduleCall&) {
  if constexpr (PackType::on_schedule)
    return call_schedules<PackType>;
  else
    return nullptr;
}

}  // namespace detail
}  // namespace espalier
