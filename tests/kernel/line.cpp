// SPDX-License-Identifier: MIT
#include "espalier/kernel/line.hpp"

#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("A line is a cache line; its rest is zero when loaded and untouched when stored", "",
                   float, double) {
  constexpr Index length = detail::line_length<TestType>;
  CHECK(length * Index{sizeof(TestType)} == 64);
  const std::vector<TestType> from(static_cast<std::size_t>(length) + 1, TestType(3));
  for (Index n = 0; n <= length + 1; ++n) {
    const Index taken = std::min(n, length);
    const Line<TestType> line = detail::load_line(from.data(), n);
    CHECK((line.array().head(taken) == 3).all());
    CHECK((line.array().tail(length - taken) == 0).all());
    std::vector<TestType> to(static_cast<std::size_t>(length) + 1, TestType(7));
    detail::store_line(line, to.data(), n);
    CHECK(std::count(to.begin(), to.end(), TestType(3)) == taken);
    CHECK(std::count(to.begin(), to.end(), TestType(7)) == length + 1 - taken);
    CHECK((Line<TestType>(TestType(3)).first(n).array() == line.array()).all());
    CHECK(Line<TestType>(std::numeric_limits<TestType>::quiet_NaN()).first(0).sum() == 0);
  }
}

TEMPLATE_TEST_CASE("The smallest difference counts as one, as the largest does", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  typename Line<TestType>::Array numbers = Line<TestType>::Array::Zero();
  numbers.head(5) << Limits::min(), -Limits::min(), Limits::max(), -1, 0;
  CHECK(Line<TestType>::differ(Line<TestType>(numbers), TestType(0)).sum() == 4);
}

TEMPLATE_TEST_CASE("Operations on lines are those of Eigen's arrays", "", float, double) {
  using Array = typename Line<TestType>::Array;
  Rng rng(1);
  Array a, b;
  for (Index i = 0; i < a.size(); ++i)
    a[i] = static_cast<TestType>(rng.normal()), b[i] = a[i] / static_cast<TestType>(i % 3 + 1);
  a[0] = 0, b[1] = a[1], b[2] = -a[2];
  const Line<TestType> x(a), y(b);
  const auto same = [](const Line<TestType>& line, const Array& array) {
    return (line.array() == array).all();
  };
  CHECK(same(x + y, a + b));
  CHECK(same(x - y, a - b));
  CHECK(same(x * y, a * b));
  CHECK(same(x / (y.abs() + 1), a / (b.abs() + 1)));
  CHECK(same(-x, -a));
  CHECK(same(2 * x - TestType(1), 2 * a - 1));
  CHECK(same(x.max(y), a.max(b)));
  CHECK(same(x.min(TestType(0)), a.min(TestType(0))));
  CHECK(same(x.abs(), a.abs()));
  CHECK(x.abs().sqrt().array().isApprox(a.abs().sqrt(), 2 * std::numeric_limits<TestType>::epsilon()));
  CHECK(same(x.square(), a.square()));
  CHECK(same(x.sign(), a.sign()));
  CHECK(same(Line<TestType>::below(x, y), (a < b).template cast<TestType>()));
  CHECK(same(Line<TestType>::differ(x, y), (a != b).template cast<TestType>()));
  const Line<TestType> whole(Array((4 * a).round()));  // its sum is exact, in any order
  CHECK(whole.sum() == (4 * a).round().sum());
  CHECK(x.largest() == a.maxCoeff());
  CHECK(x.least() == a.minCoeff());
  const Array c = (a > b).select(Array(Array::Zero()), -a);
  CHECK(same(Line<TestType>::if_zero(Line<TestType>(c), x, y), (c == 0).select(a, b)));
}

TEMPLATE_TEST_CASE("Differences are counted place by place, signed zeros are none, and NaN is one", "", float,
                   double) {
  using S = TestType;
  typename Line<S>::Array a = Line<S>::Array::LinSpaced(1, 100), b = a;
  a[0] = b[0] = std::numeric_limits<S>::quiet_NaN(), b[1] = 7, a[3] = S(0), b[3] = -S(0);
  const Index length = Line<S>::size;
  b[length - 1] = -1;
  DifferenceCount<S> once, count;
  once.add(Line<S>(a), Line<S>(b));
  CHECK(once.sum() == 3);
  once.add(Line<S>(a), Line<S>(b));
  CHECK(once.sum() == 6);
  count.add(once, length), count.add(once, length + 5);
  CHECK(count.sum() == 12);
  count.add(once, 1);
  CHECK(count.sum() == 14);
  count.add(once, 0), count.add(once, length - 1);
  CHECK(count.sum() == 18);
}
