// SPDX-License-Identifier: MIT
// Nothing but Eigen, what the other programs are compared with.
#include <Eigen/Core>

int main() {}
