// SPDX-License-Identifier: MIT
// What espalier::compiled holds of the kernels: products, norms and what is asked of all numbers.
#pragma once

#include "espalier/init/initializer.hpp"
#include "espalier/kernel/product.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/optimizer/untouched.hpp"
#include "espalier/pack/near_norm.hpp"

// clang-format off
#define ESPALIER_KERNELS(declare, S)                                                                        \
  declare void multiply_weight<WeightMatrix<S>>(Index, Index, Index, const S*, const S*, const S*, S*);     \
  declare void input_gradient<WeightMatrix<S>>(Index, Index, Index, const S*, const S*, S*);                \
  declare void weight_gradient<WeightMatrix<S>>(Index, Index, Index, const S*, const S*, S*);               \
  declare void multiply<Layout::rows>(Index, bool, Index, Index, Index, Strided<S>, const S*, S*);          \
  declare void multiply<Layout::columns>(Index, bool, Index, Index, Index, Strided<S>, const S*, S*);       \
  declare void small_forward(Index, Index, Index, const S*, const S*, const S*, S*);                        \
  declare void small_multiply(Index, Index, Index, Strided<S>, const S*, S*);                               \
  declare double norm(const S*, Index);                                                                     \
  declare double inverse_norm(const S*, Index);                                                             \
  declare int compare_norm(const S*, Index, double);                                                        \
  declare int compare_norm_exactly(const S*, Index, double, double);                                        \
  declare bool norm_holds(const S*, Index, double, bool);                                                   \
  declare bool surely_shorter(const S*, Index, double);                                                     \
  declare RowSums row_sums<false>(const S*, const S*, Index);                                               \
  declare RowSums row_sums<true>(const S*, const S*, Index);                                                \
  declare bool even_out(S*, const S*, Index, S);                                                            \
  declare void even_out_columns(S*, const S*, Index, Index, S);                                             \
  declare void fill_normal(Eigen::Map<WeightMatrix<S>>&, double, Rng&);                                     \
  declare void fill_uniform(Eigen::Map<WeightMatrix<S>>&, double, Rng&);                                    \
  declare bool all_finite(const S*, Index, S);                                                              \
  declare void require_finite(const Parameters<S>&, std::string_view, std::span<const S>, S);
// clang-format on
