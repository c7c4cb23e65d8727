// SPDX-License-Identifier: MIT
#include "espalier/layer/weight.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "../central_difference.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"

using namespace espalier;

namespace {

/// Each number of W is the exponential of the one that is stored.
struct Exponential {
  template <Scalar S>
  S weight(S p) const {
    return std::exp(p);
  }
  template <Scalar S>
  S parameter(S w) const {
    return std::log(w);
  }
  template <Scalar S>
  S pull_back(S p, S dw) const {
    return std::exp(p) * dw;
  }
};

/// A weight with numbers of its own, as a layer would see them in a model: those of another parameter stand
/// first.
template <Scalar S, class... Policies>
struct Held {
  static constexpr Index in = 3, out = 2;
  using Numbers = std::vector<S>;
  Weight<Dynamic, Dynamic, Policies...> weight;
  Numbers values = Numbers(100), gradients = Numbers(100), kept;
  std::array<Index, 3> offsets{0, 16, 32};

  explicit Held(const Policies&... policies) : weight("here", in, out, policies...) {
    kept.assign(static_cast<std::size_t>(weight.kept()), S(0));
    Rng rng{1};
    for (S& x : values) x = static_cast<S>(0.5 + rng.uniform());
  }
  Call<S> call() {
    const Call<S> whole{values.data(), gradients.data(), values.data(), offsets.data(), nullptr, {}};
    return whole.part(1, kept.data());
  }
  S* stored() { return values.data() + 16; }
  S* gains() { return values.data() + 32; }
  /// By definition of the three forms.
  Matrix<S> expected() {
    Matrix<S> w = Eigen::Map<WeightMatrix<S>>(stored(), out, in);
    if constexpr (decltype(weight)::row_scaled) w.rowwise().normalize();
    if constexpr (decltype(weight)::has_gain) w.array().colwise() *= ArrayMap<S>(gains(), out);
    if constexpr (decltype(weight)::mapped) w = w.array().exp();
    return w;
  }
};

/// f(a held weight of doubles) for each form.
template <class F>
void for_each_form(F&& f) {
  f("as stored", Held<double, Clip>{Clip{-9, 9}});
  f("scaled and trained", Held<double, WeightNorm>{WeightNorm{}});
  f("scaled to 1", Held<double, UnitNormalized>{UnitNormalized{}});
  f("mapped", Held<double, Exponential>{Exponential{}});
}

Matrix<double> some_matrix(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  return Matrix<double>::NullaryExpr(rows, cols, [&] { return rng.normal(); });
}

}  // namespace

TEST_CASE("Every form multiplies by its W, with or without a bias, as often as one likes") {
  for_each_form([](const char* form, auto held) {
    CAPTURE(form);
    const Matrix<double> w = held.expected();
    const Vector<double> bias = Vector<double>::LinSpaced(2, 5, 6);
    held.weight.prepare(held.call());
    for (const Index n : {1, 4}) {
      const Matrix<double> x = some_matrix(3, n, 2);
      Matrix<double> y(2, n);
      held.weight.multiply(held.call(), n, x.data(), static_cast<const double*>(nullptr), y.data());
      CHECK((y - w * x).norm() <= 1e-14 * y.norm());
      held.weight.multiply(held.call(), n, x.data(), bias.data(), y.data());
      CHECK((y - ((w * x).colwise() + bias)).norm() <= 1e-14 * y.norm());
    }
  });
}

TEST_CASE("Every form has right gradients, of what is stored, of its gains and of the inputs") {
  for_each_form([](const char* form, auto held) {
    CAPTURE(form);
    const Index n = 4;
    const Matrix<double> x = some_matrix(3, n, 2), dy = some_matrix(2, n, 3), before = held.expected();
    const auto output = [&](const Matrix<double>& at) {
      return (held.expected() * at).cwiseProduct(dy).sum();
    };
    const auto slope_at = [&](double* numbers, Index size) {
      const Matrix<double> start = Eigen::Map<Matrix<double>>(numbers, size, 1);
      const Matrix<double> slope = central_difference(
          [&](const Matrix<double>& at) {
            Eigen::Map<Matrix<double>>(numbers, size, 1) = at;
            return output(x);
          },
          start);
      Eigen::Map<Matrix<double>>(numbers, size, 1) = start;
      return slope;
    };
    const Matrix<double> stored = slope_at(held.stored(), 6), gains = slope_at(held.gains(), 2);
    held.weight.prepare(held.call());
    held.weight.set_gradient(held.call(), n, dy.data(), x.data());
    held.weight.pull_back(held.call());
    const Eigen::Map<Matrix<double>> found(held.gradients.data() + 16, 6, 1);
    CHECK((found - stored).norm() <= 1e-8 * stored.norm());
    if (held.weight.has_gain)
      CHECK((Eigen::Map<Matrix<double>>(held.gradients.data() + 32, 2, 1) - gains).norm() <=
            1e-8 * gains.norm());
    CHECK(held.gradients[0] == 0);  // of another parameter
    Matrix<double> dx(3, n), overwritten = dy;
    held.weight.input_gradient(held.call(), n, overwritten.data(), dx.data());
    CHECK((dx - before.transpose() * dy).norm() <= 1e-14 * dx.norm());
  });
}

TEST_CASE("Every form starts at the weight that the initializer made") {
  const auto init = [](auto& w, Index, Index, Rng&) { w << 1, 2, 2, 0.5, 4, 7; };
  for_each_form([&](const char* form, auto held) {
    CAPTURE(form);
    Rng rng{1};
    held.weight.initialize(init, held.call(), 3, 2, rng);
    Matrix<double> expected{{1, 2, 2}, {0.5, 4, 7}};
    if (held.weight.row_scaled && !held.weight.has_gain) expected.rowwise().normalize();
    CHECK((held.expected() - expected).norm() <= 1e-14);
  });
}

TEST_CASE("A weight says how many parameters it declares and how many numbers it keeps") {
  const auto counts = [](const auto& weight) {
    detail::ParameterCount declared;
    weight.declare(declared);
    CHECK(declared.parameters == weight.parameters);
    return std::array<Index, 2>{declared.parameters, weight.kept()};
  };
  CHECK(counts(Held<float, Clip>{Clip{}}.weight) == std::array<Index, 2>{1, 0});
  CHECK(counts(Held<float, WeightNorm>{WeightNorm{}}.weight) == std::array<Index, 2>{2, 4});
  CHECK(counts(Held<float, UnitNormalized>{UnitNormalized{}}.weight) == std::array<Index, 2>{1, 4});
  CHECK(counts(Held<float, Exponential>{Exponential{}}.weight) == std::array<Index, 2>{1, 6});
}

TEST_CASE("Policies that make no sense are refused with the name that the layer gives") {
  CHECK(message_of([] { Weight<Dynamic, Dynamic, MaxNorm>("Dense(4, 2)", 4, 2, MaxNorm{-1}); }) ==
        "Dense(4, 2) weight: MaxNorm: expected radius > 0 and finite, found -1");
  CHECK(
      message_of([] {
        Weight<Dynamic, Dynamic, WeightNorm, Gain<Clip>>("Here", 4, 2, WeightNorm{}, Gain<Clip>{Clip{1, 0}});
      }).starts_with("Here gain: Clip: expected lo <= hi"));
}
