// SPDX-License-Identifier: MIT
#include "espalier/constraint/cayley.hpp"

#include <cmath>
#include <limits>

#include "../matrix_map.hpp"
#include "../support.hpp"

using namespace espalier;

static_assert(MatrixMap<Cayley> && Policy<Cayley>);

namespace {

struct Shape {
  Index rows, cols;
};

/// The largest number of W' W - I (W W' - I), in long double.
template <class W>
double off_identity(const W& w) {
  Eigen::Matrix<long double, Dynamic, Dynamic> tall = w.template cast<long double>();
  if (tall.rows() < tall.cols()) tall.transposeInPlace();
  long double most = 0;
  for (Index i = 0; i < tall.cols(); ++i)
    for (Index j = 0; j <= i; ++j)
      most = std::max(most, std::abs(tall.col(i).cwiseProduct(tall.col(j)).sum() - (i == j ? 1 : 0)));
  return static_cast<double>(most);
}

template <Scalar S>
bool stored(Matrix<S>& w) {
  WeightMatrix<S> p = w;
  const bool found =
      detail::map_parameter(Cayley{}, Block<S>{p.data(), p.rows(), p.cols()}, static_cast<S*>(nullptr));
  w = p;
  return found;
}

}  // namespace

TEMPLATE_TEST_CASE("The shorter side is orthonormal within the bound that is stated", "", float, double) {
  for (const Shape shape :
       {Shape{1, 1}, Shape{1, 7}, Shape{6, 1}, Shape{5, 5}, Shape{12, 4}, Shape{4, 12}, Shape{40, 8}})
    for (const double scale : {1e-30, 1e-3, 1.0, 30.0, 1000.0}) {
      const Matrix<TestType> p =
          static_cast<TestType>(scale) * random_matrix<TestType>(shape.rows, shape.cols, 3);
      CAPTURE(shape.rows, shape.cols, scale);
      const double longer = static_cast<double>(std::max(shape.rows, shape.cols));
      CHECK(off_identity(mapped(Cayley{}, p)) <= 4 * detail::roundoff<TestType> + (longer + 32) * 0x1p-53);
    }
}

TEST_CASE("It is the Cayley transform of I + U - U' + V' V, checked by its equations") {
  const Matrix<double> p = random_matrix<double>(7, 3, 2), w = mapped(Cayley{}, p);
  const Matrix<double> u = p.topRows(3), v = p.bottomRows(4);
  const Matrix<double> a = u - u.transpose() + v.transpose() * v, one = Matrix<double>::Identity(3, 3);
  CHECK(((one + a) * w.topRows(3) - (one - a)).norm() <= 1e-14 * a.norm());
  CHECK((w.bottomRows(4) * (one + a) + 2 * v).norm() <= 1e-14 * a.norm());
  CHECK((mapped(Cayley{}, Matrix<double>(p.transpose())) - w.transpose()).norm() == 0);
  CHECK(mapped(Cayley{}, Matrix<double>(Matrix<double>::Zero(3, 5))) == Matrix<double>::Identity(3, 5));
}

TEST_CASE("Its gradient is that of central differences") {
  for (const Shape shape : {Shape{1, 1}, Shape{4, 4}, Shape{7, 3}, Shape{3, 7}, Shape{1, 5}}) {
    CAPTURE(shape.rows, shape.cols);
    const Matrix<double> p = random_matrix<double>(shape.rows, shape.cols, 4);
    if (shape.rows * shape.cols == 1)
      CHECK(pulled_back(Cayley{}, p, p)(0) == 0);  // W is 1 whatever p is
    else
      CHECK(gradient_error(Cayley{}, p) < 1e-6);
  }
}

TEMPLATE_TEST_CASE("W that is orthonormal, without the eigenvalue -1, comes back", "", float, double) {
  const double u = detail::roundoff<TestType>;
  for (const Shape shape : {Shape{4, 4}, Shape{7, 3}, Shape{3, 7}}) {
    const Matrix<TestType> w = mapped(Cayley{}, random_matrix<TestType>(shape.rows, shape.cols, 6));
    Matrix<TestType> p = w;
    REQUIRE(stored(p));
    CHECK(static_cast<double>((mapped(Cayley{}, p) - w).norm()) <= 1000 * u);
  }
  Matrix<TestType> reflection{{1, 0}, {0, -1}}, same = reflection;
  CHECK_FALSE(stored(reflection));
  CHECK(reflection == same);
  Matrix<TestType> skewed{{1, 0}, {TestType(0.1), 1}};
  CHECK_FALSE(stored(skewed));
}

TEST_CASE("What is not finite is not repaired") {
  Matrix<double> p = random_matrix<double>(4, 3, 1);
  p(0, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(mapped(Cayley{}, p).allFinite());
  p(0, 1) = std::numeric_limits<double>::infinity();
  CHECK_FALSE(mapped(Cayley{}, p).allFinite());
  p(0, 1) = 0, p(3, 0) = 1e200;
  CHECK_FALSE(mapped(Cayley{}, p).allFinite());
}
