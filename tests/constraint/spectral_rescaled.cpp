// SPDX-License-Identifier: MIT
#include "espalier/constraint/spectral_rescaled.hpp"

#include <cmath>
#include <limits>

#include "../matrix_map.hpp"
#include "../support.hpp"

using namespace espalier;

static_assert(MatrixMap<SpectralRescaled> && Policy<SpectralRescaled>);

namespace {

struct Shape {
  Index rows, cols;
};

}  // namespace

TEMPLATE_TEST_CASE("The norm is at most the bound for every matrix, in exact arithmetic", "", float, double) {
  Rng rng{1};
  for (const Shape shape : {Shape{1, 1}, Shape{1, 7}, Shape{6, 1}, Shape{5, 5}, Shape{9, 4}, Shape{8, 20}})
    for (const int n : {1, 2, 3, 4, 7, 10})
      for (int trial = 0; trial < 6; ++trial) {
        Matrix<double> wide =
            random_matrix<double>(shape.rows, shape.cols, static_cast<std::uint64_t>(trial));
        // Rows of all scales; equal rows; rows that nearly cancel.
        if (trial == 1)
          for (Index j = 0; j < shape.rows; ++j) wide.row(j) *= std::pow(10, rng.uniform(-30, 30));
        if (trial == 2) wide.setOnes();
        if (trial == 3) wide.array() *= 1e-30, wide(0, 0) = 1e30;
        if (trial == 4) wide.array() += 1e6;
        const Matrix<TestType> p = wide.cast<TestType>();
        const SpectralRescaled map{.n = n, .bound = 1 + 0.5 * (trial % 2)};
        CAPTURE(shape.rows, shape.cols, n, trial);
        CHECK(norm_at_most(mapped(map, p), static_cast<long double>(map.bound)));
      }
}

TEST_CASE("It is the formula, by another way: powers of P P' in long double, and their absolute row sums") {
  using Wide = Eigen::Matrix<long double, Dynamic, Dynamic>;
  for (const Shape shape : {Shape{4, 6}, Shape{6, 4}})
    for (const int n : {1, 2, 4}) {
      const Matrix<double> p = random_matrix<double>(shape.rows, shape.cols, 5);
      Wide short_side = p.cast<long double>();
      if (shape.rows > shape.cols) short_side.transposeInPlace();
      const Wide gram = short_side * short_side.transpose();
      Wide power = gram;
      for (int k = 1; k < 1 << (n - 1); ++k) power = (power * gram).eval();
      for (Index i = 0; i < 4; ++i)
        short_side.row(i) /= std::pow(power.row(i).cwiseAbs().sum(), 1.0L / (1 << n));
      if (shape.rows > shape.cols) short_side.transposeInPlace();
      const Matrix<double> expected = short_side.cast<double>();
      CHECK((mapped(SpectralRescaled{.n = n}, p) - expected).norm() <= 1e-13);
      CHECK((mapped(SpectralRescaled{.n = n, .bound = 3}, p) - 3 * expected).norm() <= 1e-12);
    }
}

TEST_CASE("The more powers, the closer is the largest singular value to the bound") {
  Matrix<double> p = random_matrix<double>(10, 15, 3);
  double before = 0;
  for (const int n : {1, 2, 3, 4, 6, 8}) {
    const Matrix<double> w = mapped(SpectralRescaled{.n = n}, p);
    double least = 0, most = 1;  // of the bounds that hold, by halving
    for (int k = 0; k < 40; ++k) {
      const double middle = (least + most) / 2;
      (norm_at_most(w, static_cast<long double>(middle)) ? most : least) = middle;
    }
    CHECK(most > before);
    before = most;
  }
  CHECK(before > 0.99);
}

TEST_CASE("Its gradient is that of central differences, in a net too") {
  for (const Shape shape : {Shape{4, 6}, Shape{6, 4}, Shape{1, 5}, Shape{3, 3}})
    for (const int n : {1, 2, 4, 8}) {
      CAPTURE(shape.rows, shape.cols, n);
      CHECK(gradient_error(SpectralRescaled{.n = n, .bound = 2},
                           random_matrix<double>(shape.rows, shape.cols, 7)) < 1e-6);
    }
  Matrix<double> with_zeros = random_matrix<double>(4, 6, 8);
  with_zeros.row(2).setZero();
  const Matrix<double> g = pulled_back(SpectralRescaled{.n = 3}, with_zeros, random_matrix<double>(4, 6, 9));
  CHECK(g.row(2).cwiseAbs().maxCoeff() == 0);
  CHECK((g.row(1).norm() > 0 && g.allFinite()));
}

TEMPLATE_TEST_CASE("Zeros, scales and what is not finite", "", float, double) {
  const SpectralRescaled map;
  CHECK(mapped(map, Matrix<TestType>(Matrix<TestType>::Zero(3, 4))).cwiseAbs().maxCoeff() == 0);
  Matrix<TestType> p = random_matrix<TestType>(3, 4, 1);
  p.row(1).setZero();
  const Matrix<TestType> w = mapped(map, p);
  CHECK(w.row(1).cwiseAbs().maxCoeff() == 0);
  for (const int power : {-100, -20, 30, 100}) {
    const Matrix<TestType> scaled = p * std::ldexp(TestType(1), power);
    CHECK(mapped(map, scaled) == w);
  }
  const Matrix<TestType> huge =
      p.array() / p.cwiseAbs().maxCoeff() * (std::numeric_limits<TestType>::max() / 2);
  CHECK(mapped(map, huge).allFinite());
  p(0, 0) = std::numeric_limits<TestType>::quiet_NaN();
  CHECK(mapped(map, p).array().isNaN().all());
}

TEST_CASE("What is its own W comes back, and nothing else") {
  const auto stored = [](Matrix<double> w, const SpectralRescaled& map) {
    WeightMatrix<double> p = w;
    return detail::map_parameter(map, Block<double>{p.data(), p.rows(), p.cols()},
                                 static_cast<double*>(nullptr)) &&
           p == w;
  };
  CHECK(stored(Matrix<double>{{0.6, 0.8, 0}, {-0.8, 0.6, 0}}, SpectralRescaled{}));
  CHECK(stored(Matrix<double>{{1.2, 1.6}, {-1.6, 1.2}}, SpectralRescaled{.n = 1, .bound = 2}));
  CHECK(stored(Matrix<double>::Zero(2, 2), SpectralRescaled{}));
  CHECK_FALSE(stored(Matrix<double>{{0.3, 0.4}, {-0.4, 0.3}}, SpectralRescaled{}));
  CHECK_FALSE(stored(Matrix<double>{{1, 0}, {0.9, 0.1}}, SpectralRescaled{}));
}

TEST_CASE("Numbers that make no sense are refused") {
  for (const SpectralRescaled map : {SpectralRescaled{0}, SpectralRescaled{11}, SpectralRescaled{2, 0},
                                     SpectralRescaled{2, std::numeric_limits<double>::infinity()}})
    CHECK_THROWS_AS(map.validate(), ValueError);
  CHECK(message_of([] { SpectralRescaled{0}.validate(); }) ==
        "SpectralRescaled: expected n from 1 to 10, found 0");
}
