// SPDX-License-Identifier: MIT
// Nothing but the header, which brings Eigen and fmt.
#include <espalier/espalier.hpp>

int main() {}
