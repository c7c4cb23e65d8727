// SPDX-License-Identifier: MIT
#include "trace.hpp"

#include <limits>

#include "catch.hpp"

using differential::Fixture, differential::parting;
using espalier::Matrix;

TEST_CASE("A fixture throws for a file, a name or a shape that is not there") {
  CHECK_THROWS_AS(Fixture("tests/differential/absent.txt"), std::runtime_error);
  CHECK_THROWS_AS(Fixture("tests/differential/make_traces.py"), std::runtime_error);
  const Fixture fixture("tests/differential/traces.txt");
  CHECK(fixture["x"].size() == 144);
  CHECK_THROWS_AS(fixture["sgd/absent/losses"], std::runtime_error);
  CHECK_THROWS_AS(fixture.rows<double>("x", 5), std::runtime_error);
}

TEST_CASE("Losses part where they differ by more than the tolerance, lack a step or are not numbers") {
  const std::vector<double> torch{2, 0.5}, close{2, 0.5 + 4e-10}, off{2, 0.5 + 6e-10}, shorter{2};
  CHECK(parting<double>("t", torch, close) == "");
  CHECK(parting<double>("adam/L1", torch, off) ==
        "adam/L1, step 2: 0.50000000060000005, PyTorch 0.5 (1.2e-09 apart)");
  CHECK(parting<float>("t", torch, off) == "");
  CHECK(parting<double>("t", torch, shorter) != "");
  CHECK(parting<double>("t", torch, std::vector{2, std::numeric_limits<double>::quiet_NaN()}) != "");
}

TEST_CASE("Parameters part where one number does, or the shape") {
  const Matrix<double> torch = Matrix<double>::Constant(2, 3, -4);
  Matrix<double> found = torch;
  found(1, 2) += 3e-9;
  CHECK(parting<double>("w", torch, found) == "");
  found(1, 2) = -3.5;
  CHECK(parting<double>("w", torch, found) == "w(1, 2): -3.5, PyTorch -4");
  found(0, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK(parting<double>("w", torch, found) != "");
  CHECK(parting<double>("w", torch, Matrix<double>(found.transpose())) != "");
}
