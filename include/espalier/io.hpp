// SPDX-License-Identifier: MIT
// Models in files: trained nets as headers for programs without this library.
#pragma once

#include "espalier/io/write_header.hpp"
