// SPDX-License-Identifier: MIT
#include "espalier/export/header_options.hpp"

#include <string>

#include "support.hpp"

using namespace espalier;

TEST_CASE("the name of a header is an identifier of C and C++ that nobody has reserved") {
  for (const char* name : {"digits", "Net_2", "a", "int_net"}) CHECK_NOTHROW(detail::check_header_name(name));
  for (const char* name : {"", "2nd", "my-net", "a b", "n\xc3\xa4t", "x.y"})
    CHECK(message_of([&] { detail::check_header_name(name); }) ==
          "write_header: expected {.name = ...} of ASCII letters, digits and underscores that does not begin "
          "with a "
          "digit, found '" +
              std::string(name) + "'");
  for (const char* name : {"int", "restrict", "namespace", "constinit", "xor_eq", "std"})
    CHECK_THROWS_AS(detail::check_header_name(name), ValueError);
  for (const char* name : {"_net", "a__b"}) CHECK_THROWS_AS(detail::check_header_name(name), ValueError);
}
