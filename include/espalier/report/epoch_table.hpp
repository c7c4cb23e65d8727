// SPDX-License-Identifier: MIT
// Named numbers of each epoch, as a report keeps them.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace espalier::detail {

/// The charts that numbers go to.
enum class Chart { loss, metric, rate, weight_norms, gradient_norms, zeros, active, none };

/// A number of an epoch.
struct Reading {
  Chart chart;
  std::string name;
  double value;
};

/// A row for each epoch, a column for each name that there has been. Numbers that an epoch lacks are NaN.
class EpochTable {
 public:
  /// What a file of the run keeps; `restore` after it has changed.
  struct State {
    std::vector<double> numbers{};  ///< row by row; the first of a row is the epoch
    std::vector<double> names{};    ///< of each column: its chart, the length of its name, and its bytes
  } state{};

  struct Column {
    Chart chart;
    std::string name;
  };

  void add(long epoch, const std::vector<Reading>& readings) {
    std::vector<std::size_t> places;
    for (const Reading& reading : readings) places.push_back(place_of(reading, places.size()));
    const std::size_t row = state.numbers.size();
    state.numbers.resize(row + width(), std::numeric_limits<double>::quiet_NaN());
    state.numbers[row] = static_cast<double>(epoch);
    for (std::size_t k = 0; k < places.size(); ++k) state.numbers[row + 1 + places[k]] = readings[k].value;
  }
  /// Reads the columns of a state that came from elsewhere. One that makes no sense becomes an empty table.
  void restore() {
    columns_.clear();
    const std::vector<double>& names = state.names;
    bool sound = true;
    for (std::size_t i = 0; i < names.size() && sound;) {
      const double left = static_cast<double>(names.size() - i) - 2;
      sound = left >= 0 && names[i] >= 0 && names[i] <= static_cast<double>(Chart::none) &&
              names[i + 1] >= 0 && names[i + 1] <= left;
      if (!sound) break;
      Column column{static_cast<Chart>(static_cast<int>(names[i])), {}};
      for (const auto end = i + 2 + static_cast<std::size_t>(names[i + 1]); i + 2 < end; ++i)
        column.name += static_cast<char>(static_cast<int>(std::clamp(names[i + 2], -128.0, 127.0)));
      i += 2;
      columns_.push_back(std::move(column));
    }
    if (sound && state.numbers.size() % width() == 0) return;
    state = {};
    columns_.clear();
  }

  std::size_t rows() const { return state.numbers.size() / width(); }
  const std::vector<Column>& columns() const { return columns_; }
  std::vector<double> epochs() const { return numbers_at(0); }
  std::vector<double> numbers(std::size_t column) const { return numbers_at(column + 1); }
  /// The numbers of that name; empty: there are none.
  std::vector<double> numbers(Chart chart, const std::string& name) const {
    const std::size_t k = find(chart, name);
    return k < columns_.size() ? numbers(k) : std::vector<double>{};
  }

 private:
  std::size_t width() const { return columns_.size() + 1; }  // of a row
  std::size_t find(Chart chart, const std::string& name) const {
    const auto same = [&](const Column& c) { return c.chart == chart && c.name == name; };
    return static_cast<std::size_t>(std::find_if(columns_.begin(), columns_.end(), same) - columns_.begin());
  }
  std::vector<double> numbers_at(std::size_t k) const {
    std::vector<double> all;
    for (std::size_t i = k; i < state.numbers.size(); i += width()) all.push_back(state.numbers[i]);
    return all;
  }
  /// Its column, a new one if there is none. It is mostly the one that is expected.
  std::size_t place_of(const Reading& r, std::size_t expected) {
    if (expected < columns_.size() && columns_[expected].chart == r.chart &&
        columns_[expected].name == r.name)
      return expected;
    const std::size_t k = find(r.chart, r.name);
    if (k == columns_.size()) append({r.chart, r.name});
    return k;
  }
  void append(Column column) {
    std::vector<double> wider;
    for (std::size_t i = 0; i < state.numbers.size(); ++i) {
      wider.push_back(state.numbers[i]);
      if ((i + 1) % width() == 0) wider.push_back(std::numeric_limits<double>::quiet_NaN());
    }
    state.numbers = std::move(wider);
    state.names.push_back(static_cast<double>(column.chart));
    state.names.push_back(static_cast<double>(column.name.size()));
    for (const char c : column.name) state.names.push_back(c);
    columns_.push_back(std::move(column));
  }

  std::vector<Column> columns_;
};

}  // namespace espalier::detail
