// SPDX-License-Identifier: MIT
// What several tests need.
#pragma once

#include <string>

#include "catch.hpp"
#include "espalier/core/error.hpp"

/// The message of the espalier::Error that `f` throws; the test fails if it throws none.
template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const espalier::Error& error) {
    return error.what();
  }
  FAIL("expected an espalier::Error, found none");
  return {};
}
