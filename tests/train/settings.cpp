// SPDX-License-Identifier: MIT
#include "espalier/train/settings.hpp"

#include "../support.hpp"

using namespace espalier;
using Lines = std::vector<std::string>;

TEST_CASE("Every setting that is not the same, or on one side only, is told with both values") {
  std::string here, there;
  detail::add_setting(here, "loss", "Huber{delta = 1}");
  detail::add_setting(here, "batch", "32");
  detail::add_setting(here, "new", "a: b");
  detail::add_setting(there, "old", "");
  detail::add_setting(there, "batch", "64");
  detail::add_setting(there, "loss", "Huber{delta = 1}");
  CHECK(detail::other_settings(here, there, "before") ==
        Lines{"batch: 32 here, 64 before", "new: a: b here, nothing before", "old: nothing here,  before"});
  CHECK(detail::other_settings(here, here, "before").empty());
}

TEST_CASE("Text of anything is taken apart without reading beyond it") {
  CHECK(detail::settings_of("").empty());
  CHECK(detail::other_settings("a", "a: b\n\nc", "there") ==
        Lines{"a:  here, b there", "c: nothing here,  there"});
}

TEST_CASE("Several are told on a line each") {
  CHECK(message_of([] {
          detail::fail_settings("here", "all", {"a", "b"});
        }) == "here: expected all, found\n  a\n  b");
}
