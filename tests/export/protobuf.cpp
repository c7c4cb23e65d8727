// SPDX-License-Identifier: MIT
#include "espalier/export/protobuf.hpp"

#include "data/files.hpp"

using espalier::detail::ProtoMessage;

// From the examples of Protocol Buffers' "Encoding"; -2 in two's complement and 0.1f by protoc --encode.
TEST_CASE("numbers, bytes and messages stand as Protocol Buffers define") {
  ProtoMessage number, text, outer, negative, real;
  number.whole(1, 150);
  CHECK(number.bytes() == from_hex("089601"));
  text.bytes(2, "testing");
  CHECK(text.bytes() == from_hex("120774657374696e67"));
  outer.message(3, number);
  CHECK(outer.bytes() == from_hex("1a03089601"));
  negative.whole(1, -2);
  CHECK(negative.bytes() == from_hex("08feffffffffffffffff01"));
  real.real(2, 0.1F);
  CHECK(real.bytes() == from_hex("15cdcccc3d"));
}

TEST_CASE("a field number above 15 and a length above 127 take two bytes") {
  ProtoMessage message;
  message.bytes(16, std::string(128, 'x'));
  CHECK(message.bytes() == from_hex("82018001") + std::string(128, 'x'));
}
