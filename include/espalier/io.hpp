// SPDX-License-Identifier: MIT
// Models, runs, histories and their pages in files, and trained nets as headers of their own or as ONNX.
#pragma once

// clang-format off

#include "espalier/io/save.hpp"
#include "espalier/io/save_certified.hpp"
#include "espalier/io/load.hpp"
#include "espalier/io/load_options.hpp"
#include "espalier/io/prepared.hpp"
#include "espalier/io/tensor.hpp"
#include "espalier/io/tensor_file.hpp"
#include "espalier/io/checkpoint.hpp"
#include "espalier/io/resume_options.hpp"
#include "espalier/io/history.hpp"
#include "espalier/export/write_header.hpp"
#include "espalier/export/write_integer_header.hpp"
#include "espalier/export/write_onnx.hpp"
#include "espalier/report/html_report.hpp"

#ifdef ESPALIER_COMPILED  // by the target espalier::compiled
#include "espalier/compiled/io.hpp"
#endif
