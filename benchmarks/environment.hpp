// SPDX-License-Identifier: MIT
// On what the rows were measured.
#pragma once

#include "suite.hpp"

namespace bench {

/// The processor, the system, the compiler and its options, the peer.
Description environment();

/// Lets the peer be as fast as it can; may start the program anew.
void prepare_torch(char** argv);

Description describe_torch();

}  // namespace bench
