// SPDX-License-Identifier: MIT
#include "espalier/init/orthogonal.hpp"

#include "catch.hpp"

using namespace espalier;

static_assert(Initializer<Orthogonal>);

namespace {

template <Scalar S>
WeightMatrix<S> drawn(Index rows, Index cols, Rng& rng, Orthogonal init = {}) {
  WeightMatrix<S> w(rows, cols);
  Eigen::Map<WeightMatrix<S>> view(w.data(), rows, cols);
  init(view, cols, rows, rng);
  return w;
}

}  // namespace

TEST_CASE("the shorter side is orthonormal, times the gain") {
  for (const auto& [rows, cols] :
       {std::pair<Index, Index>{3, 8}, {8, 3}, {6, 6}, {1, 9}, {9, 1}, {1, 1}, {40, 64}})
    for (const double gain : {1.0, 2.5}) {
      CAPTURE(rows, cols, gain);
      Rng rng{1};
      const WeightMatrix<double> w = drawn<double>(rows, cols, rng, {.gain = gain});
      const Matrix<double> gram =
          rows <= cols ? Matrix<double>(w * w.transpose()) : Matrix<double>(w.transpose() * w);
      CHECK((gram - gain * gain * Matrix<double>::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff() <
            1e-14 * gain * gain);
      Rng same{1}, other{2}, again{1};
      CHECK(drawn<double>(rows, cols, same, {.gain = gain}) == w);
      if (rows * cols > 1) CHECK(drawn<double>(rows, cols, other, {.gain = gain}) != w);
      CHECK(drawn<float>(rows, cols, again, {.gain = gain}) == w.cast<float>());
    }
}

TEST_CASE("of factors so many singular values are equal, and the others are zero") {
  for (const auto& [rows, cols] : {std::pair<Index, Index>{5, 8}, {8, 5}, {1, 4}, {6, 6}})
    for (const Index rank : {1, 3, 100}) {
      const Index k = std::min({rank, rows, cols});
      for (const double most_sum : {HUGE_VAL, 0.5}) {
        const double s = std::min(std::sqrt(2.0 * static_cast<double>(rows) / static_cast<double>(k)),
                                  most_sum / static_cast<double>(k));
        Rng rng{4};
        WeightMatrix<double> w(rows, cols);
        Eigen::Map<WeightMatrix<double>> view(w.data(), rows, cols);
        OrthogonalFactors{rank, most_sum}(view, cols, rows, rng);
        // s^2 times a projector of that rank.
        const Matrix<double> gram = w * w.transpose() / (s * s);
        CAPTURE(rows, cols, rank, most_sum);
        CHECK((gram * gram - gram).cwiseAbs().maxCoeff() < 1e-13);
        CHECK(std::abs(gram.trace() - static_cast<double>(k)) < 1e-13);
      }
    }
}

TEST_CASE("a gain that makes no sense is refused before anything is written") {
  for (const double gain : {std::nan(""), HUGE_VAL, 0.0}) {
    Rng rng{1};
    WeightMatrix<double> w = WeightMatrix<double>::Constant(2, 3, 7);
    CHECK_THROWS_AS((Orthogonal{.gain = gain}(w, 3, 2, rng)), ValueError);
    CHECK(w == WeightMatrix<double>::Constant(2, 3, 7));
  }
}

TEST_CASE("all orthogonal matrices are equally likely, reflections too") {
  // Without the signs of R's diagonal the entries on it have one sign, and 1 x 1 is always the same.
  constexpr int n = 4000;
  Rng rng{3};
  double diagonal = 0, squares = 0, determinants = 0, single = 0;
  for (int k = 0; k < n; ++k) {
    const WeightMatrix<double> w = drawn<double>(2, 2, rng);
    diagonal += w(0, 0) + w(1, 1);
    squares += w(1, 1) * w(1, 1);
    determinants += w(0, 0) * w(1, 1) - w(0, 1) * w(1, 0);
    single += drawn<double>(1, 1, rng)(0, 0);
  }
  CHECK(std::abs(diagonal / n) < 4 * std::sqrt(1.0 / n));  // the mean square of the trace is 1
  CHECK(std::abs(squares / n - 0.5) < 4 * std::sqrt(1.0 / 8 / n));
  CHECK(std::abs(determinants / n) < 4 * std::sqrt(1.0 / n));
  CHECK(std::abs(single / n) < 4 * std::sqrt(1.0 / n));
}
