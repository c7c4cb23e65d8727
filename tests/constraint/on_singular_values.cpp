// SPDX-License-Identifier: MIT
#include "espalier/constraint/on_singular_values.hpp"

#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/pack/matrix_policies.hpp"
#include "espalier/pack/pack.hpp"

using namespace espalier;

TEST_CASE("Clip on the singular values is what it does to a diagonal weight") {
  const OnSingularValues lifted{Clip{-2, 2}};
  std::vector<double> w{5, 0, 0, 0, -1, 0};
  detail::project_matrix(Pack(lifted), Block<double>{w.data(), 2, 3});
  CHECK(w[0] == Catch::Approx(2).epsilon(1e-12));
  CHECK(w[0] <= 2);
  CHECK(w[4] == -1);
  CHECK(w[1] == 0);
}

TEST_CASE("A policy that minds signs is refused when a layer is made") {
  CHECK(
      message_of([] {
        OnSingularValues<Clip>{{-2, 3}}.validate();
      }) ==
      "OnSingularValues: expected a set from -b to b, b > 0, since singular values have no sign, found -2 to "
      "3");
  CHECK_THROWS_AS((OnSingularValues<Clip>{{0, 0}}.validate()), ValueError);
  CHECK_THROWS_AS((OnSingularValues<L1>{{-1}}.validate()), ValueError);
  CHECK_NOTHROW((OnSingularValues<L1>{{0.1}}.validate()));
}

namespace {

struct OneSided {  // max(w, 0)
  template <Scalar S>
  S value(S w) const {
    return std::max(w, S(0));
  }
  template <Scalar S>
  S prox(S y, S t) const {
    return y > t ? y - t : std::min(y, S(0));
  }
};

}  // namespace

TEST_CASE("So is a penalty that does") {
  CHECK(message_of([] { OnSingularValues<OneSided>{}.validate(); }).find("a penalty of |w|") !=
        std::string::npos);
}
