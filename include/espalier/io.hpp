// SPDX-License-Identifier: MIT
// Models and arrays in files: the format safetensors.
#pragma once

// clang-format off

#include "espalier/io/tensor.hpp"
#include "espalier/io/tensor_file.hpp"
