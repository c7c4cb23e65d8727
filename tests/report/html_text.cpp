// SPDX-License-Identifier: MIT
#include "espalier/report/html_text.hpp"

#include "../catch.hpp"

using namespace espalier::detail;

TEST_CASE("what means something in HTML is written as entities, and control characters as spaces") {
  CHECK(escaped("a<b> & \"c\" 'd'\n\x01") == "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;  ");
  CHECK(escaped("\xc3\xa9") == "\xc3\xa9");
}

TEST_CASE("base 64 agrees with the test vectors of RFC 4648") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\xfd") == "//79");
}
