// SPDX-License-Identifier: MIT
// The norms of gradients and weights by layer, epoch by epoch: what vanishes, what explodes.
#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "espalier/kernel/norm.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {

/// One parameter in one epoch: Euclidean norms of the whole tensor, the gradient's that of the last step,
/// smooth penalties and transforms included.
struct NormRecord {
  long epoch;
  std::string parameter;  ///< "0.weight"
  double weight, gradient;

  bool operator==(const NormRecord&) const = default;
};

namespace detail {

/// Records as numbers, for a file: of each its epoch, the place of its parameter among the names, and the
/// norms; of each name its length and its characters.
struct NormNumbers {
  static constexpr std::size_t width = 4;
  std::vector<double> norms{}, names{};
};

inline NormNumbers numbers_of(const std::vector<NormRecord>& records) {
  NormNumbers numbers;
  std::vector<std::string> names;
  for (const NormRecord& r : records) {
    const auto place = std::find(names.begin(), names.end(), r.parameter) - names.begin();
    if (place == static_cast<std::ptrdiff_t>(names.size())) names.push_back(r.parameter);
    for (const double x : {static_cast<double>(r.epoch), static_cast<double>(place), r.weight, r.gradient})
      numbers.norms.push_back(x);
  }
  for (const std::string& name : names) {
    numbers.names.push_back(static_cast<double>(name.size()));
    for (const char c : name) numbers.names.push_back(static_cast<unsigned char>(c));
  }
  return numbers;
}

/// Back from there. Of numbers that make no sense nothing.
inline std::vector<NormRecord> records_of(const NormNumbers& numbers) {
  const auto sound = [](double x, double most) { return x >= 0 && x <= most; };
  std::vector<std::string> names;
  const std::vector<double>& all = numbers.names;
  for (std::size_t i = 0; i < all.size();) {
    const double length = all[i++];
    if (!sound(length, static_cast<double>(all.size() - i))) return {};
    std::string& name = names.emplace_back();
    for (const std::size_t end = i + static_cast<std::size_t>(length); i < end; ++i)
      name += static_cast<char>(sound(all[i], 255) ? static_cast<unsigned char>(all[i]) : '?');
  }
  std::vector<NormRecord> records;
  for (std::size_t k = 0; k + NormNumbers::width <= numbers.norms.size(); k += NormNumbers::width) {
    const double* const x = numbers.norms.data() + k;
    if (!sound(x[0], 1e15) || !sound(x[1], static_cast<double>(names.size()) - 1)) return {};
    records.push_back({static_cast<long>(x[0]), names[static_cast<std::size_t>(x[1])], x[2], x[3]});
  }
  return records;
}

}  // namespace detail

/// `NormLog norms; fit(net, data, loss, optimizer, {}, norms); for (const NormRecord& n : norms.records)
/// ...`
struct NormLog {
  std::vector<NormRecord> records;

  static void each_state(auto& self, auto&& f) {
    detail::NormNumbers numbers = detail::numbers_of(self.records);
    f("norms", numbers.norms);
    f("names", numbers.names);
    if constexpr (!std::is_const_v<std::remove_reference_t<decltype(self)>>)
      self.records = detail::records_of(numbers);
  }
  void epoch(const auto& model, const EpochReport& report) {
    model.for_each_parameter([&](const auto& p) {
      records.push_back(
          {report.epoch, p.path, detail::norm(p.values, p.size()), detail::norm(p.gradients, p.size())});
    });
  }
};

}  // namespace espalier
