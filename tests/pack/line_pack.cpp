// SPDX-License-Identifier: MIT
#include "espalier/pack/line_pack.hpp"

#include <vector>

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"

using namespace espalier;

namespace {

/// A set of one's own that no register holds.
struct Listed {
  std::vector<double> allowed;
  template <Scalar S>
  bool contains(S w) const {
    return std::find(allowed.begin(), allowed.end(), static_cast<double>(w)) != allowed.end();
  }
  template <Scalar S>
  S project(S) const {
    return static_cast<S>(allowed.front());
  }
};

}  // namespace

TEMPLATE_TEST_CASE("The gradient joins that of the loss and is counted; penalties come before sets", "",
                   float, double) {
  using S = TestType;
  const std::tuple policies(Clip{-1, 1}, L2{0.5}, L1{0.25});
  const detail::LinePack<S, Clip, L2, L1> lines(policies);
  typename detail::LinePack<S, Clip, L2, L1>::Counts active{};
  typename Line<S>::Array numbers = Line<S>::Array::Zero();
  numbers.head(4) << 2, S(0.5), 0, -4;
  Line<S> w(numbers), g = S(1);
  lines.add_gradient(w, g, active);
  CHECK(active[1].sum() == 3);
  CHECK((g.array().head(4) == typename Line<S>::Array(1 + numbers / 2).head(4)).all());
  lines.add_gradient(w, g, active);
  CHECK((g.array().head(4) == typename Line<S>::Array(1 + numbers).head(4)).all());
  CHECK(active[1].sum() == 6);
  lines.constrain(w, S(2), active);
  numbers.head(4) << 1, 0, 0, -1;
  CHECK((w.array() == numbers).all());
  CHECK(active[0].sum() == 2);
  CHECK(active[2].sum() == 3);
}

TEST_CASE("What is cheap is copied, what is not is referred to, and Clip rounds its bounds once") {
  STATIC_REQUIRE(std::same_as<decltype(detail::on_lines<float>(L1{})), L1>);
  STATIC_REQUIRE(std::same_as<decltype(detail::on_lines<float>(Clip{})), Clip::OnLines<float>>);
  const Listed set{{3}};
  CHECK(&detail::on_lines<float>(set) == &set);
  const std::tuple policies(set);
  const detail::LinePack<float, Listed> lines(policies);
  Line<float> w = 1.0F;
  detail::LinePack<float, Listed>::Counts active{};
  lines.constrain(w, 1.0F, active);
  CHECK((w.array() == 3).all());
  CHECK(active[0].sum() == 16);
}
