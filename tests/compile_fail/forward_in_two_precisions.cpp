// SPDX-License-Identifier: MIT
// expect: differ in precision
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

#ifdef REFUSED
using Batch = Eigen::MatrixXd;
#else
using Batch = Eigen::MatrixXf;
#endif

void run() {
  Sequential net{Dense(2, 1)};
  net.forward(Batch(2, 3));
}
