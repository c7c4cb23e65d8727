// SPDX-License-Identifier: MIT
// Data from files, and what is done to them before training. Compressed files need espalier/data/gzip.hpp
// too.
#pragma once

// clang-format off

#include "espalier/data/file_format.hpp"
#include "espalier/data/dataset.hpp"
#include "espalier/data/splits.hpp"
#include "espalier/data/preparation.hpp"
#include "espalier/data/preparation_text.hpp"
#include "espalier/data/date.hpp"
#include "espalier/data/csv.hpp"
#include "espalier/data/idx.hpp"
#include "espalier/data/mnist.hpp"
#include "espalier/data/npy.hpp"
#include "espalier/data/npz.hpp"
#include "espalier/data/preprocess.hpp"
#include "espalier/data/standardize.hpp"

#ifdef ESPALIER_COMPILED  // by the target espalier::compiled
#include "espalier/compiled/data.hpp"
#endif
