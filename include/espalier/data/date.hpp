// SPDX-License-Identifier: MIT
// Dates and times as numbers: days since 1970-01-01, of the Gregorian calendar and in UTC.
#pragma once

#include <algorithm>
#include <chrono>
#include <string_view>

#include "espalier/core/error.hpp"

namespace espalier {

/// How dates are written: as in ISO 8601, 2024-12-31, or 31/12/2024, or 12/31/2024.
enum class DateOrder { year_month_day, day_month_year, month_day_year };

namespace detail {

/// Takes a date apart from left to right.
class DateReader {
 public:
  DateReader(std::string_view text, DateOrder order) : rest_(text), order_(order) {}

  /// Is it written as a date is, whether the calendar has it or not?
  bool parse() {
    return (order_ == DateOrder::year_month_day ? year_first() : year_last()) &&
           (rest_.empty() || (has_day_ && time()));
  }

  /// Returns what was expected, if it is no date; empty if it is one.
  std::string_view read(double& days) {
    if (!parse())
      return order_ == DateOrder::year_month_day
                 ? "a date as 2024-12-31, 2024-12 or 2024-12-31 12:30 (the option date_order reads "
                   "31/12/2024)"
                 : "a date as 31/12/2024 or 31/12/2024 12:30, in the order that date_order says";
    using namespace std::chrono;
    const year_month_day date{year{year_}, month{static_cast<unsigned>(month_)},
                              std::chrono::day{static_cast<unsigned>(day_)}};
    if (!date.ok()) return "a date that the calendar has";
    constexpr int most = 59;  // minutes and seconds
    if (hour_ > 23 || minute_ > most || second_ > most || zone_hour_ > 23 || zone_minute_ > most)
      return "a time from 00:00 to 23:59:59";
    constexpr double seconds_a_day = 86400;
    const int minutes = hour_ * 60 + minute_ - (zone_is_west_ ? -1 : 1) * (zone_hour_ * 60 + zone_minute_);
    const double midnight = static_cast<double>(sys_days(date).time_since_epoch().count()) * seconds_a_day;
    days = (midnight + minutes * 60 + second_ + fraction_) / seconds_a_day;
    return "";
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// A number of so many digits.
  bool number(std::size_t least, std::size_t most, int& value) {
    std::size_t digits = 0;
    value = 0;
    for (; digits < std::min(most, rest_.size()) && is_digit(rest_[digits]); ++digits)
      value = 10 * value + (rest_[digits] - '0');
    rest_.remove_prefix(digits);
    return digits >= least;
  }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  bool year_first() {
    if (!number(4, 4, year_)) return false;
    const char mark = rest_.empty() ? '\0' : rest_.front();
    if ((mark != '-' && mark != '/') || !take(mark) || !number(1, 2, month_)) return false;
    has_day_ = take(mark);
    return !has_day_ || number(1, 2, day_);
  }
  bool year_last() {
    has_day_ = true;
    const bool day_first = order_ == DateOrder::day_month_year;
    if (!number(1, 2, day_first ? day_ : month_)) return false;
    const char mark = rest_.empty() ? '\0' : rest_.front();
    return (mark == '/' || mark == '.' || mark == '-') && take(mark) &&
           number(1, 2, day_first ? month_ : day_) && take(mark) && number(4, 4, year_);
  }
  /// 12:30, 12:30:15.25, with Z or a distance from UTC behind it.
  bool time() {
    if (!(take('T') || take(' ')) || !number(1, 2, hour_) || !take(':') || !number(2, 2, minute_))
      return false;
    if (take(':')) {
      if (!number(2, 2, second_)) return false;
      if ((take('.') || take(',')) && !fraction()) return false;
    }
    return rest_.empty() || (zone() && rest_.empty());
  }
  bool fraction() {
    constexpr double most = 1e15;  // what is behind so many digits is less than a double tells apart
    double digits = 0, unit = 1;
    const std::size_t before = rest_.size();
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1))
      if (unit < most) digits = 10 * digits + (rest_.front() - '0'), unit *= 10;
    fraction_ = digits / unit;
    return rest_.size() < before;
  }
  bool zone() {
    if (take('Z')) return true;
    zone_is_west_ = take('-');
    if (!zone_is_west_ && !take('+')) return false;
    if (!number(2, 2, zone_hour_)) return false;
    const bool more = take(':');
    return (rest_.empty() && !more) || number(2, 2, zone_minute_);
  }

  std::string_view rest_;
  DateOrder order_;
  bool has_day_ = false, zone_is_west_ = false;
  int year_ = 0, month_ = 0, day_ = 1, hour_ = 0, minute_ = 0, second_ = 0, zone_hour_ = 0, zone_minute_ = 0;
  double fraction_ = 0;
};

/// Returns what was expected, if the text is no date that there is; empty if it is one.
[[gnu::noinline]] inline std::string_view read_date(std::string_view text, DateOrder order, double& days) {
  return DateReader(text, order).read(days);
}

}  // namespace detail

/// Days since 1970-01-01 of a date with or without a time, "2024-03-01", "1949-01" (its first day),
/// "2024-03-01 12:30" or "2024-03-01T12:30:00.5+01:00", in UTC: what `read_csv` makes of the columns in its
/// option `dates`. A time without a zone is taken as UTC. ValueError for anything else, and for a date that
/// the calendar does not have.
inline double days_since_1970(std::string_view date, DateOrder order = DateOrder::year_month_day) {
  double days = 0;
  if (const std::string_view expected = detail::read_date(date, order, days); !expected.empty())
    detail::fail("days_since_1970", expected, detail::quoted_text(date));
  return days;
}

}  // namespace espalier
