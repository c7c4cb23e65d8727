// SPDX-License-Identifier: MIT
#include "espalier/data/date.hpp"

#include "espalier/core/format_message.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

bool is_leap(int year) { return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0); }

int days_in(int month, int year) {
  constexpr int days[]{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap(year));
}

std::string what(std::string_view text, DateOrder order = DateOrder::year_month_day) {
  return message_of([&] { days_since_1970(text, order); });
}

}  // namespace

TEST_CASE("every day of four centuries has the number that counting gives it, in each order") {
  // 1970 is 370 years after 1600, of which 90 are leap years: 92, without 1700, 1800 and 1900, and with 1600
  double count = -(370 * 365 + 92 + 1 - 3);
  int other = 0;
  for (int year = 1600; year < 2000; ++year)
    for (int month = 1; month <= 12; ++month)
      for (int day = 1; day <= days_in(month, year); ++day, ++count) {
        const std::string m = detail::format_message("{:02d}", {month}),
                          d = detail::format_message("{:02d}", {day}), y = std::to_string(year);
        other += days_since_1970(y + "-" + m + "-" + d) != count;
        other += days_since_1970(d + "/" + m + "/" + y, DateOrder::day_month_year) != count;
        other += days_since_1970(m + "/" + d + "/" + y, DateOrder::month_day_year) != count;
      }
  CHECK(other == 0);
  CHECK(count == 30 * 365 + 7);  // 2000-01-01: of 30 years 1972, ..., 1996 are leap years
  CHECK(days_since_1970("1970-01-01") == 0);
  CHECK(days_since_1970("0000-03-01") == -719468);  // the start of the Gregorian calendar's 400 years
}

TEST_CASE("a month is its first day") {
  CHECK(days_since_1970("1970-02") == 31);
  CHECK(days_since_1970("1949-01") == days_since_1970("1949-01-01"));
  CHECK(days_since_1970("1970/3") == 59);
}

TEST_CASE("a time is a part of the day, in UTC") {
  CHECK(days_since_1970("1970-01-01 12:00") == 0.5);
  CHECK(days_since_1970("1970-01-02T06:00:00Z") == 1.25);
  CHECK(days_since_1970("1970-01-01 00:00:01") == 1.0 / 86400);
  CHECK(days_since_1970("1969-12-31T23:59:59.5") == -0.5 / 86400);
  CHECK(days_since_1970("1970-01-01 00:00:00,25") == 0.25 / 86400);
  CHECK(days_since_1970("1970-01-01 00:00:00.0000000000000000000000001") == 0);
  CHECK(days_since_1970("2024-03-01T00:30+01:00") == days_since_1970("2024-02-29 23:30"));
  CHECK(days_since_1970("2023-12-31T20:00-0500") == days_since_1970("2024-01-01 01:00"));
  CHECK(days_since_1970("1970-01-01 05:30+05") == 0.5 / 24);
  CHECK(days_since_1970("1.6.2024 9:05", DateOrder::day_month_year) == days_since_1970("2024-06-01T09:05"));
}

TEST_CASE("a date or time that does not exist is refused as such") {
  for (const char* date : {"2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "2024-01-00",
                           "2024-13", "2024-01-32 25:00"})
    CHECK(what(date) ==
          "days_since_1970: expected a date that the calendar has, found '" + std::string(date) + "'");
  CHECK(days_since_1970("2000-02-29") == days_since_1970("2000-03-01") - 1);
  CHECK_THROWS_AS(days_since_1970("13/31/2024", DateOrder::month_day_year), ValueError);
  CHECK_THROWS_AS(days_since_1970("12/31/2024", DateOrder::day_month_year), ValueError);
  for (const char* time : {"24:00", "12:60", "12:00:60", "12:00+24:00", "12:00Z+", "12:00+01:75"})
    CHECK_THROWS_AS(days_since_1970("2024-01-01 " + std::string(time)), ValueError);
  CHECK(what("2024-01-01 24:00") ==
        "days_since_1970: expected a time from 00:00 to 23:59:59, found '2024-01-01 24:00'");
}

TEST_CASE("what is written otherwise is no date, and the message shows one") {
  for (const char* text : {"",
                           "1-01",
                           "24-01-01",
                           "2024",
                           "20240101",
                           "2024-",
                           "2024-01-",
                           "2024-01/01",
                           "2024-001-01",
                           "2024-01-01 ",
                           "2024-01-01T",
                           "2024-01-01 12",
                           "2024-01-01 12:3",
                           "2024-01-01 12:30 PM",
                           "2024-01 12:30",
                           " 2024-01-01",
                           "2024-01-01x",
                           "2024-01-01  12:30",
                           "+2024-01-01",
                           "2024-01-01 12:30:",
                           "2024-01-01 12:30:00.",
                           "2024-01-01 12:30+1",
                           "2024-01-01 12:30+01:",
                           "2024.01.01",
                           "2024-W01-1",
                           "31/12/2024"})
    CHECK(what(text) ==
          "days_since_1970: expected a date as 2024-12-31, 2024-12 or 2024-12-31 12:30 (the option "
          "date_order reads 31/12/2024), found '" +
              std::string(text) + "'");
  for (const char* text :
       {"2024-12-31", "31/12", "31/12/24", "31/12-2024", "31-Dec-2024", "/12/2024", "001/1/2024"})
    CHECK(what(text, DateOrder::day_month_year) ==
          "days_since_1970: expected a date as 31/12/2024 or 31/12/2024 12:30, in the order that date_order "
          "says, "
          "found '" +
              std::string(text) + "'");
}
