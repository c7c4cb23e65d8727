// SPDX-License-Identifier: MIT
// The MNIST digits, as two of the examples read them.
#pragma once

#include <espalier/data.hpp>
#include <espalier/data/gzip.hpp>
#include <string>

/// Pixels from 0 to 1, and the digit of each image.
struct Mnist {
  espalier::Dataset train, test;

  explicit Mnist(const std::string& folder)
      : train(espalier::read_mnist(folder, espalier::MnistPart::train, {.divisor = 255})),
        test(espalier::read_mnist(folder, espalier::MnistPart::test, {.divisor = 255})) {}
};
