// SPDX-License-Identifier: MIT
// The parameters of a run as named numbers: values, what policies keep, and what they have done.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/io/tensor_file.hpp"
#include "espalier/model/change.hpp"
#include "espalier/model/parameters.hpp"

namespace espalier::detail {

template <class T>
Tensor row_tensor(std::string name, const std::vector<T>& numbers) {
  return Tensor::of<T>(std::move(name), {numbers.size()}, numbers);
}
template <Scalar S>
Tensor matrix_tensor(std::string name, Index rows, Index cols, const S* numbers) {
  return Tensor::of<S>(std::move(name), {static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(cols)},
                       {numbers, static_cast<std::size_t>(rows * cols)});
}

/// The numbers of a tensor that must have this type and so many of them.
template <class T>
std::vector<T> exactly(const TensorFile& file, const std::string& name, std::size_t count) {
  const Tensor& tensor = file.at(name);
  if (tensor.dtype != dtype_of<T>() || tensor.size() != count)
    fail<FileError>(name, {"{} numbers of type {}", {count, dtype_of<T>()}},
                    format_message("{} of type {}", {tensor.size(), tensor.dtype}));
  return tensor.numbers<T>();
}

// An activity is three whole numbers and a share.

inline std::vector<double> numbers_of(std::span<const Activity> all) {
  std::vector<double> numbers;
  for (const Activity& a : all)
    for (const double x : {static_cast<double>(a.steps), static_cast<double>(a.acted),
                           static_cast<double>(a.last_acted), a.fraction})
      numbers.push_back(x);
  return numbers;
}
inline void set_activity(Activity& a, const double* numbers) {
  a = {static_cast<long>(numbers[0]), static_cast<long>(numbers[1]), static_cast<long>(numbers[2]),
       numbers[3]};
}

template <Scalar S>
void put_parameters(TensorFile& file, const Parameters<S>& parameters) {
  std::vector<double> joint;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    if (e.frozen) file.metadata["frozen." + e.path] = "1";
    file.tensors.push_back(matrix_tensor("model." + e.path, e.rows, e.cols, parameters.values_of(e).data));
    file.tensors.push_back(row_tensor("activity." + e.path, numbers_of(e.activity)));
    if (e.pack.scheduled()) file.tensors.push_back(row_tensor("factors." + e.path, e.pack.factors()));
    if (!e.memory.empty())
      file.tensors.push_back(
          matrix_tensor("memory." + e.path, 1, static_cast<Index>(e.memory.size()), e.memory.data()));
  }
  for (const JointEntry<S>& e : parameters.joint_penalties())
    for (const double x : numbers_of({&e.activity, 1})) joint.push_back(x);
  file.tensors.push_back(row_tensor("activity of joint penalties", joint));
}

/// Into parameters that an optimizer has prepared.
template <Scalar S>
void take_parameters(const TensorFile& file, Parameters<S>& parameters) {
  const Change<S> change(parameters);
  for (ParameterEntry<S>& e : change.entries()) {
    const auto numbers = exactly<S>(file, "model." + e.path, static_cast<std::size_t>(e.size()));
    std::copy(numbers.begin(), numbers.end(), parameters.values_of(e).data);
    const auto activity = exactly<double>(file, "activity." + e.path, 4 * e.activity.size());
    for (std::size_t k = 0; k < e.activity.size(); ++k) set_activity(e.activity[k], activity.data() + 4 * k);
    if (!e.memory.empty()) {
      const auto memory = exactly<S>(file, "memory." + e.path, e.memory.size());
      std::copy(memory.begin(), memory.end(), e.memory.begin());
    }
    if (e.pack.scheduled())
      e.pack = e.pack.with_factors(exactly<double>(file, "factors." + e.path, e.pack.names().size()));
    e.frozen = file.metadata.contains("frozen." + e.path);
  }
  auto& joint = change.joint_penalties();
  const auto activity = exactly<double>(file, "activity of joint penalties", 4 * joint.size());
  for (std::size_t k = 0; k < joint.size(); ++k) set_activity(joint[k].activity, activity.data() + 4 * k);
}

/// ValueError for the run of a model in another precision.
template <Scalar S>
void check_precision(const TensorFile& file, std::string_view where) {
  for (const Tensor& t : file.tensors)
    if (t.name.starts_with("model.") && t.dtype != dtype_of<S>())
      fail(where, {"a run of a model whose numbers are {}", {dtype_of<S>()}}, t.dtype);
}

}  // namespace espalier::detail
