// SPDX-License-Identifier: MIT
#include "espalier/init/dirichlet.hpp"

#include "filled.hpp"

using namespace espalier;

static_assert(Initializer<Dirichlet>);

TEST_CASE("Rows are uniform on the simplex: each part is distributed as Beta(1, n - 1)") {
  for (const Index n : {1, 2, 3, 40}) {
    const WeightMatrix<double> w = test::filled<double>(Dirichlet{2.5}, 5000, n);
    CHECK(w.minCoeff() >= 0);
    CHECK((w.rowwise().sum().array() / 2.5 - 1).abs().maxCoeff() < 1e-14);
    for (const Index i : {Index{0}, n - 1}) {
      if (n == 1) continue;
      const std::vector<double> parts(w.col(i).begin(), w.col(i).end());
      CHECK(test::distance_to(parts, [&](double x) {
              return 1 - std::pow(1 - x / 2.5, static_cast<double>(n - 1));
            }) < 1.95);
    }
  }
}

TEST_CASE("A float is the double rounded") {
  CHECK(test::filled<float>(Dirichlet{}, 5, 6) == test::filled<double>(Dirichlet{}, 5, 6).cast<float>());
}
