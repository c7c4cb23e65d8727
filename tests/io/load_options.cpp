// SPDX-License-Identifier: MIT
#include "espalier/io/load_options.hpp"

#include "support.hpp"

using namespace espalier;

TEST_CASE("loading is strict, refuses weights outside and keeps the file's start unless one says otherwise") {
  const LoadOptions options;
  CHECK(options.strict);
  CHECK(options.outside == Outside::refuse);
  CHECK(options.start == StartFrom::file);
}

TEST_CASE("a file is complete if nothing is missing, unknown, misshapen or of other layers") {
  Loaded loaded;
  CHECK(loaded.complete());
  loaded.projected = {{"0.weight", "Clip", 1}};
  CHECK(loaded.complete());
  for (auto list : {&Loaded::missing, &Loaded::unknown, &Loaded::misshapen, &Loaded::layers}) {
    Loaded one;
    (one.*list).push_back("0.weight");
    CHECK_FALSE(one.complete());
  }
}
