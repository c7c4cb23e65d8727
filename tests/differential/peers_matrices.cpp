// SPDX-License-Identifier: MIT
// Sets of matrices against PyTorch, Keras and geotorch, and against LAPACK's decompositions (make_peers.py).
#include "../matrix_map.hpp"
#include "catch.hpp"
#include "espalier/constraint/cayley.hpp"
#include "espalier/constraint/conditioned.hpp"
#include "espalier/constraint/low_rank.hpp"
#include "espalier/constraint/orthogonality.hpp"
#include "espalier/constraint/orthonormal.hpp"
#include "espalier/constraint/positive_semidefinite.hpp"
#include "espalier/constraint/skew_symmetric.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "peers.hpp"

using namespace espalier;
using Catch::Approx;
using namespace peers;

namespace {

template <Scalar S>
Matrix<S> fixture(const std::string& name, Index rows) {
  return expected().rows<S>(name, rows);
}

template <Scalar S, class P>
Matrix<S> nearest(const P& policy, const Matrix<S>& y) {
  WeightMatrix<S> w = y;
  detail::project_matrix(Pack(policy), Block<S>{w.data(), w.rows(), w.cols()});
  return w;
}
template <Scalar S, class P>
bool holds(const P& policy, const Matrix<S>& y) {
  const WeightMatrix<S> w = y;
  return detail::contains_matrix(Pack(policy), Block<const S>{w.data(), w.rows(), w.cols()});
}

struct Shape {
  Index rows, cols;
  std::string name() const { return std::to_string(rows) + "x" + std::to_string(cols); }
};

/// Ours are the nearest matrices that LAPACK's singular values (or eigenvalues) lead to. Where a bound is
/// proved, values stay within it by what the proof needs (spectral_bound.hpp), a few times.
template <Scalar S>
void compare(const std::string& peer, const auto& policy_of, bool proved, bool square = false) {
  for (const Shape& at : {Shape{1, 1}, {1, 4}, {4, 1}, {3, 3}, {3, 5}, {5, 3}, {6, 6}})
    for (const Case& size : {cases[0], cases[1], cases[2]}) {
      if ((square && at.rows != at.cols) || (peer == "low_rank" && std::min(at.rows, at.cols) < 3)) continue;
      const std::string name = peer + "/" + size.name + "/" + at.name();
      CAPTURE(name);
      const Matrix<double> y = size.size * fixture<double>("matrix/" + at.name(), at.rows);
      const auto policy = policy_of(size);
      const Matrix<S> ours = nearest<S>(policy, y.cast<S>());
      const Matrix<double> theirs = fixture<double>(name, at.rows);
      const double inside = proved ? 4 * detail::gram_slack(at.rows, at.cols) : 0;
      CHECK((ours.template cast<double>() - theirs).norm() <= (16 * unit<S> + inside) * theirs.norm());
      CHECK(holds<S>(policy, ours));
    }
}

double largest_of(const Matrix<double>& m) { return m.cwiseAbs().maxCoeff(); }
/// The largest number of G - I, G the Gram matrix of the shorter side.
double from_orthonormal(const Matrix<double>& w) {
  const Matrix<double> tall = w.rows() < w.cols() ? Matrix<double>(w.transpose()) : w;
  return largest_of(tall.transpose() * tall - Matrix<double>::Identity(tall.cols(), tall.cols()));
}

/// By bisection.
double two_norm(const Matrix<double>& w) {
  double low = 0, high = w.norm();
  for (int k = 0; k < 60; ++k) {
    const double middle = (low + high) / 2;
    (norm_at_most(w, middle) ? high : low) = middle;
  }
  return high;
}

constexpr Shape orthogonal_shapes[] = {{4, 4}, {6, 3}, {3, 6}};

}  // namespace

TEMPLATE_TEST_CASE("Orthonormal goes to the polar factor of LAPACK's singular vectors", "", float, double) {
  compare<TestType>(
      "polar", [](const Case&) { return Orthonormal{}; }, false);
}

TEMPLATE_TEST_CASE("Conditioned, LowRank and SpectralBall change LAPACK's singular values", "", float,
                   double) {
  compare<TestType>(
      "almost_orthogonal",
      [](const Case&) {
        return Conditioned{0.75, 1.25};
      },
      true);
  compare<TestType>(
      "low_rank", [](const Case&) { return LowRank{2}; }, false);
  compare<TestType>(
      "spectral_ball", [](const Case& size) { return SpectralBall{0.75 * size.size}; }, true);
}

TEMPLATE_TEST_CASE("PositiveSemidefinite changes LAPACK's eigenvalues", "", float, double) {
  compare<TestType>(
      "psd", [](const Case&) { return PositiveSemidefinite{}; }, false, true);
}

TEST_CASE("geotorch's skew is the same set; it copies a triangle, which is twice as far, in squares") {
  for (const Case& size : {cases[0], cases[1], cases[2]})
    for (const Shape& at : {Shape{3, 3}, {6, 6}}) {
      const Matrix<double> y = size.size * fixture<double>("matrix/" + at.name(), at.rows);
      const Matrix<double> theirs =
          fixture<double>(std::string("geotorch_skew/") + size.name + "/" + at.name(), at.rows);
      const Matrix<double> ours = nearest<double>(SkewSymmetric{}, y);
      CHECK(nearest<double>(SkewSymmetric{}, theirs) == theirs);
      const double on_diagonal = y.diagonal().squaredNorm();
      CHECK((theirs - y).squaredNorm() - on_diagonal ==
            Approx(2 * ((ours - y).squaredNorm() - on_diagonal)).epsilon(1e-13));
    }
}

TEST_CASE("Cayley is PyTorch's orthogonal map of that name, of half the triangle with the other sign") {
  for (const Shape& at : orthogonal_shapes) {
    CAPTURE(at.name());
    const Matrix<double> x = fixture<double>("orthogonal/" + at.name(), at.rows);
    const bool wide = at.rows < at.cols;
    Matrix<double> p = -x / 2;  // of which PyTorch uses a triangle
    for (Index j = 0; j < p.rows(); ++j)
      for (Index i = 0; i < p.cols(); ++i)
        if (wide ? i < j : j < i) p(j, i) = 0;
    const Matrix<double> theirs = fixture<double>("torch_cayley_float64/" + at.name(), at.rows);
    CHECK(largest_of(mapped(Cayley{}, p) - theirs) <= 16 * unit<double>);
    const Matrix<float> ours = mapped(Cayley{}, Matrix<float>(p.cast<float>()));
    CHECK(largest_of(ours.cast<double>() - theirs) <= 8 * unit<float>);
  }
}

TEST_CASE("PyTorch's orthogonal maps are near our set, in float outside of what Orthonormal accepts") {
  Index denied = 0;
  double theirs_off = 0, ours_off = 0;
  for (const Shape& at : orthogonal_shapes)
    for (const std::string map : {"cayley", "matrix_exp", "householder"}) {
      CAPTURE(at.name(), map);
      const Matrix<double> q = fixture<double>("torch_" + map + "_float64/" + at.name(), at.rows);
      CHECK(from_orthonormal(q) <= 32 * unit<double>);
      CHECK(largest_of(nearest<double>(Orthonormal{}, q) - q) <= 32 * unit<double>);
      const auto single = fixture<float>("torch_" + map + "_float32/" + at.name(), at.rows);
      const Matrix<float> ours = nearest<float>(Orthonormal{}, single);
      CHECK(holds<float>(Orthonormal{}, ours));
      denied += !holds<float>(Orthonormal{}, single);
      theirs_off = std::max(theirs_off, from_orthonormal(single.cast<double>()));
      ours_off = std::max(ours_off, from_orthonormal(ours.cast<double>()));
    }
  CHECK(denied == 3);  // of 9
  CHECK(theirs_off == Approx(6.3e-7).epsilon(0.01));
  CHECK(ours_off == Approx(2.2e-7).epsilon(0.05));
}

TEST_CASE("What spectral_norm divides by is below the norm; SpectralBall holds its bound") {
  double torch = 0, keras = 0;
  for (int k = 0; k < 8; ++k) {
    const std::string place = "/" + std::to_string(k);
    const auto norm_of = [&](const std::string& peer) { return two_norm(fixture<double>(peer + place, 4)); };
    const Matrix<double> w = fixture<double>("spectral" + place, 4);
    torch = std::max(torch, norm_of("torch_spectral_norm"));
    keras = std::max(keras, norm_of("keras_spectral_normalization_1"));
    CHECK_FALSE(norm_at_most(fixture<double>("torch_spectral_norm" + place, 4), 1 + 1e-9L));
    CHECK_FALSE(norm_at_most(fixture<double>("keras_spectral_normalization_1" + place, 4), 1 + 1e-9L));
    CHECK(norm_of("keras_spectral_normalization_100") == Approx(1).epsilon(0.01));
    CHECK(norm_at_most(nearest<double>(SpectralBall{1}, w), 1));
    CHECK(two_norm(nearest<double>(SpectralBall{1}, w)) == Approx(1).epsilon(1e-13));
    // Of a matrix whose norm is below the bound ours is the matrix; theirs has a norm of 1.
    const Matrix<double> half = w / (2 * two_norm(w));
    CHECK(nearest<double>(SpectralBall{1}, half) == half);
  }
  CHECK(torch == Approx(1.0062977).epsilon(1e-6));
  CHECK(keras == Approx(1.4188168).epsilon(1e-6));
}

TEST_CASE(
    "Products of factors in float, as geotorch has them, are not symmetric and exceed bounds; ours never") {
  Index not_symmetric = 0, above = 0, of_higher_rank = 0;
  for (int k = 0; k < 12; ++k) {
    const auto theirs = [&](const char* peer) {
      return fixture<float>(std::string("geotorch_") + peer + "/" + std::to_string(k), 4);
    };
    const Matrix<float> semidefinite = theirs("positive_semidefinite");
    not_symmetric += semidefinite != semidefinite.transpose();
    CHECK(holds<float>(PositiveSemidefinite{}, nearest<float>(PositiveSemidefinite{}, semidefinite)));
    const Matrix<float> near = theirs("almost_orthogonal");
    above += !norm_at_most(Matrix<double>(near.cast<double>()), 1.25);
    CHECK(norm_at_most(Matrix<double>(nearest<float>(Conditioned{0.75, 1.25}, near).cast<double>()), 1.25));
    const Matrix<float> low = theirs("low_rank");
    of_higher_rank += !holds<float>(LowRank{2}, low);
    CHECK(holds<float>(LowRank{2}, nearest<float>(LowRank{2}, low)));
  }
  CHECK(not_symmetric == 12);
  CHECK(above == 10);
  CHECK(of_higher_rank == 0);  // a product of two and two columns is of rank 2, as near as floats are
}

TEST_CASE("Keras' OrthogonalRegularizer sees angles only; Orthogonality asks for lengths of 1, too") {
  const auto ours = [](const Matrix<double>& m) {
    const WeightMatrix<double> w = m;
    return Orthogonality{0.3}.value(Block<const double>{w.data(), w.rows(), w.cols()});
  };
  for (const Shape& at : {Shape{3, 3}, {3, 5}, {6, 6}}) {
    const Matrix<double> w = fixture<double>("matrix/" + at.name(), at.rows);
    const Matrix<double> unit_rows = w.rowwise().normalized();
    const Matrix<double> g = unit_rows * unit_rows.transpose();
    double sizes = 0, squares = 0;
    for (Index j = 0; j < at.rows; ++j)
      for (Index i = 0; i < j; ++i) sizes += std::abs(g(j, i)), squares += g(j, i) * g(j, i);
    const double pairs = static_cast<double>(at.rows * (at.rows - 1) / 2);
    // The mean size of a cosine; ours, of rows of length 1, is half the sum of their squares.
    const double theirs = expected()["keras_orthogonal_regularizer/" + at.name()].at(0);
    CHECK(theirs == Approx(0.3 * sizes / pairs).epsilon(1e-12));
    CHECK(ours(unit_rows) == Approx(0.3 / 2 * squares).epsilon(1e-12));
    // Twice the rows: Keras' stays, ours grows by at least what lengths of 2 cost.
    CHECK(ours(2 * unit_rows) >= 0.3 / 4 * 9 * static_cast<double>(at.rows));
  }
}
