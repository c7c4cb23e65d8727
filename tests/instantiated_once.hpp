// SPDX-License-Identifier: MIT
// What most tests instantiate of the standard library and of Eigen: a full run compiles it once, in
// instantiated_once.cpp, and not in each group of tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "catch.hpp"
#include "espalier/layer/activation.hpp"

// Without optimization nothing is inlined, so that what is declared here leaves behind a call and no
// function, nor the functions that only it calls.

#define TEST_STANDARD(declare)              \
  declare class std::vector<float>;         \
  declare class std::vector<double>;        \
  declare class std::vector<int>;           \
  declare class std::vector<long>;          \
  declare class std::vector<unsigned long>; \
  declare class std::vector<std::string>;   \
  declare class std::vector<std::string_view>;

namespace test::once {

template <class S>
using ByColumns = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
template <class S>
using ByRows = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class S>
using Vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;
template <class S>
using Numbers = Eigen::Array<S, Eigen::Dynamic, 1>;
template <class S>
using Difference =
    Eigen::CwiseBinaryOp<Eigen::internal::scalar_difference_op<S, S>, const ByColumns<S>, const ByColumns<S>>;
template <class S>
using Batch = Eigen::Map<ByColumns<S>>;
template <class S>
using ConstBatch = Eigen::Map<const ByColumns<S>>;
template <class To>
using Constant =
    Eigen::CwiseNullaryOp<Eigen::internal::scalar_constant_op<typename To::Scalar>, typename To::PlainObject>;

}  // namespace test::once

/// to = from, to += from, ..., as Eigen compiles it.
#define TEST_ASSIGN(declare, S, how, to, from)                                                    \
  declare void Eigen::internal::call_dense_assignment_loop<to, from, Eigen::internal::how<S, S>>( \
      to&, const from&, const Eigen::internal::how<S, S>&);
#define TEST_PRODUCT(declare, S, a, b) \
  declare struct Eigen::internal::general_matrix_matrix_product<Eigen::Index, S, a, false, S, b, false, 0, 1>;
#define TEST_PRODUCT_OF_VECTOR(declare, S, a, b)                                                 \
  declare struct Eigen::internal::general_matrix_vector_product<                                 \
      Eigen::Index, S, Eigen::internal::const_blas_data_mapper<S, Eigen::Index, a>, a, false, S, \
      Eigen::internal::const_blas_data_mapper<S, Eigen::Index, b>, false, 0>;

#define TEST_COMPARE(declare, a, b) declare class Catch::BinaryExpr<const a&, const b&>;
#define TEST_COMPARISONS(declare)                                 \
  TEST_COMPARE(declare, double, double)                           \
  TEST_COMPARE(declare, double, int)                              \
  TEST_COMPARE(declare, double, Catch::Approx)                    \
  TEST_COMPARE(declare, float, float)                             \
  TEST_COMPARE(declare, float, int)                               \
  TEST_COMPARE(declare, float, Catch::Approx)                     \
  TEST_COMPARE(declare, int, int)                                 \
  TEST_COMPARE(declare, long, int)                                \
  TEST_COMPARE(declare, long, long)                               \
  TEST_COMPARE(declare, unsigned long, int)                       \
  TEST_COMPARE(declare, unsigned long, unsigned long)             \
  TEST_COMPARE(declare, std::string, std::string)                 \
  TEST_COMPARE(declare, std::vector<double>, std::vector<double>) \
  TEST_COMPARE(declare, std::vector<float>, std::vector<float>)   \
  TEST_COMPARE(declare, std::vector<std::string>, std::vector<std::string>)

#define TEST_ACTIVATION(declare, S, Layer)                                                              \
  declare void espalier::Layer::forward(const test::once::ConstBatch<S>&, test::once::Batch<S>&) const; \
  declare void espalier::Layer::backward(const test::once::ConstBatch<S>&, const test::once::Batch<S>&, \
                                         const test::once::Batch<S>&, test::once::Batch<S>&) const;

#define TEST_EIGEN(declare, S)                                                                             \
  declare class Eigen::DenseStorage<S, -1, -1, -1, 0>;                                                     \
  declare class Eigen::DenseStorage<S, -1, -1, -1, 1>;                                                     \
  declare class Eigen::DenseStorage<S, -1, -1, 1, 0>;                                                      \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByColumns<S>, test::once::ByColumns<S>)                   \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByColumns<S>, test::once::ByRows<S>)                      \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByColumns<S>, Eigen::Map<const test::once::ByColumns<S>>) \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByColumns<S>, Eigen::Map<const test::once::ByRows<S>>)    \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByColumns<S>, Eigen::Ref<const test::once::ByColumns<S>>) \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByColumns<S>,                                             \
              test::once::Constant<test::once::ByColumns<S>>)                                              \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByRows<S>, test::once::ByColumns<S>)                      \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByRows<S>, test::once::ByRows<S>)                         \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByRows<S>, Eigen::Map<const test::once::ByRows<S>>)       \
  TEST_ASSIGN(declare, S, assign_op, test::once::ByRows<S>, test::once::Constant<test::once::ByRows<S>>)   \
  TEST_ASSIGN(declare, S, assign_op, test::once::Vector<S>, test::once::Vector<S>)                         \
  TEST_ASSIGN(declare, S, assign_op, test::once::Vector<S>, test::once::Constant<test::once::Vector<S>>)   \
  TEST_ASSIGN(declare, S, assign_op, Eigen::Map<test::once::ByColumns<S>>,                                 \
              Eigen::Ref<const test::once::ByColumns<S>>)                                                  \
  TEST_ASSIGN(declare, S, assign_op, Eigen::Map<test::once::Numbers<S>>,                                   \
              test::once::Constant<test::once::Numbers<S>>)                                                \
  TEST_ASSIGN(declare, S, mul_assign_op, Eigen::Map<test::once::Numbers<S>>,                               \
              test::once::Constant<test::once::Numbers<S>>)                                                \
  TEST_ASSIGN(declare, S, add_assign_op, Eigen::Map<test::once::Numbers<S>>,                               \
              Eigen::Map<test::once::Numbers<S>>)                                                          \
  declare bool Eigen::DenseBase<test::once::ByColumns<S>>::allFinite() const;                              \
  declare S Eigen::MatrixBase<test::once::ByColumns<S>>::norm() const;                                     \
  declare S Eigen::MatrixBase<test::once::Difference<S>>::norm() const;                                    \
  TEST_ACTIVATION(declare, S, Tanh)                                                                        \
  TEST_ACTIVATION(declare, S, ReLU)                                                                        \
  TEST_COMPARE(declare, test::once::ByColumns<S>, test::once::ByColumns<S>)                                \
  TEST_PRODUCT(declare, S, 0, 0)                                                                           \
  TEST_PRODUCT(declare, S, 0, 1)                                                                           \
  TEST_PRODUCT(declare, S, 1, 0)                                                                           \
  TEST_PRODUCT_OF_VECTOR(declare, S, 0, 1)                                                                 \
  TEST_PRODUCT_OF_VECTOR(declare, S, 1, 0)

TEST_STANDARD(extern template)
TEST_COMPARISONS(extern template)
TEST_EIGEN(extern template, float)
TEST_EIGEN(extern template, double)
