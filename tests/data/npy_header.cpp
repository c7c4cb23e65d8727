// SPDX-License-Identifier: MIT
#include "espalier/data/npy_header.hpp"

#include "support.hpp"

using namespace espalier;

namespace {

/// An .npy file with this dictionary and no numbers.
std::string file(std::string_view dictionary, char version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  bytes += static_cast<char>(dictionary.size());
  bytes.append(version == 1 ? 1 : 3, '\0');
  return bytes.append(dictionary);
}

detail::NpyHeader read(const std::string& bytes) { return detail::NpyHeaderReader(bytes, "a.npy").read(); }

}  // namespace

TEST_CASE("the header of every version is read") {
  for (const char version : {'\1', '\2', '\3'}) {
    const std::string bytes =
        file("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 20), }   \n", version);
    const detail::NpyHeader header = read(bytes + "numbers");
    CHECK(header.type == "<f4");
    CHECK(header.fortran_order);
    CHECK(header.shape == std::vector<std::size_t>{3, 20});
    CHECK(header.size == bytes.size());
  }
}

TEST_CASE("the keys of a header come in any order, with or without blanks and a last comma") {
  const detail::NpyHeader header = read(file("{'shape':(3,),'descr':'|u1','fortran_order':False}"));
  CHECK(header.type == "|u1");
  CHECK_FALSE(header.fortran_order);
  CHECK(header.shape == std::vector<std::size_t>{3});
  CHECK(read(file("{'descr': '<f4', 'fortran_order': False, 'shape': ()}")).shape.empty());
}

TEST_CASE("a header is read as Python 2 and as other programs write it") {
  const detail::NpyHeader header =
      read(file("{\"descr\": \"<f4\",\t'fortran_order': False, 'shape': (4L, 3L)}\r\n"));
  CHECK(header.type == "<f4");
  CHECK(header.shape == std::vector<std::size_t>{4, 3});
  CHECK_THROWS_AS(read(file("{'descr\": '<f4', 'fortran_order': False, 'shape': (1,)}")), FileError);
  CHECK_THROWS_AS(read(file("{'descr': '<f4', 'fortran_order': False, 'shape': (4LL,)}")), FileError);
}

TEST_CASE("a header that lacks, doubles or invents anything is refused") {
  const char* const dictionary = GENERATE(
      "", "{", "{}", "[]", "{'descr': '<f4', 'fortran_order': False}", "{'descr': '<f4', 'shape': (1,)}",
      "{'fortran_order': False, 'shape': (1,)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (2,)}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
      "{'fortran_order': False, 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
      "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '<f4, 'fortran_order': False}", "{'descr': '<f4");
  INFO(dictionary);
  CHECK_THROWS_AS(read(file(dictionary)), FileError);
}

TEST_CASE("a header that is refused stands in the message, cut short") {
  const std::string message = message_of([] { read(file("{'descr': [" + std::string(200, ' ') + "]}")); });
  CHECK(message.find("found '{'descr': [ ") != std::string::npos);
  CHECK(message.size() < 200);
}

TEST_CASE("a file that is no .npy, of an unknown version, or cut in its header is refused") {
  const std::string bytes = file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}");
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_THROWS_AS(read(bytes.substr(0, size)), FileError);
  CHECK_THROWS_AS(read("PK" + bytes.substr(2)), FileError);
  CHECK_THROWS_AS(read(file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", '\4')), FileError);
  CHECK_THROWS_AS(read(file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", '\0')), FileError);
  CHECK_THROWS_AS(read(file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", '\xff')), FileError);
  std::string endless = file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", '\2');
  endless[11] = '\xff';
  CHECK_THROWS_AS(read(endless), FileError);
}
