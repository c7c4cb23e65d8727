// SPDX-License-Identifier: MIT
#include "espalier/io/tensor_file.hpp"

#include "data/files.hpp"

using namespace espalier;

namespace {

/// A file with this header and `data` bytes behind it.
std::string with_header(std::string_view header, std::size_t data = 0) {
  std::string bytes;
  for (unsigned k = 0; k < 64; k += 8) bytes += static_cast<char>(header.size() >> k & 0xFF);
  return bytes.append(header).append(data, '\0');
}

std::string refusal(std::string_view header, std::size_t data = 0) {
  const std::string bytes = with_header(header, data);
  return message_of([&] { parse_tensors(bytes, "a"); });
}

TensorFile small() {
  TensorFile file;
  file.metadata = {{"made by", "a \"test\"\n"}, {"", "\xC3\xA9"}};
  file.tensors = {Tensor::of<std::uint8_t>("flags", {3}, std::vector<std::uint8_t>{1, 2, 3}),
                  Tensor::of<float>("0.weight", {2, 1}, std::vector<float>{1.5F, -2}),
                  Tensor::of<double>("none", {0, 7}, std::vector<double>{}),
                  Tensor::of<std::int64_t>("count", {}, std::vector<std::int64_t>{-1})};
  return file;
}

}  // namespace

TEST_CASE("a file is the same value after it has been written and read") {
  const TemporaryDirectory directory;
  write_tensors(directory / "a.safetensors", small());
  CHECK(read_tensors(directory / "a.safetensors") == small());
  CHECK(small().at("count").numbers<std::int64_t>()[0] == -1);
  CHECK(small().find("other") == nullptr);
  CHECK(
      message_of([] { small().at("other"); }).starts_with("other: expected a tensor of this name, found '"));
  CHECK(message_of([] { small().at("other"); }).find(small().tensors.front().name) != std::string::npos);
  CHECK(message_of([] { TensorFile{}.at("other"); }) ==
        "other: expected a tensor of this name, found a file without any");
  write_tensors(directory / "empty", {});
  CHECK(read_tensors(directory / "empty") == TensorFile{});
}

TEST_CASE("what is written is the format to the byte, numbers at multiples of their sizes") {
  const TemporaryDirectory directory;
  TensorFile file;
  file.tensors = {Tensor::of<float>("b", {1}, std::vector<float>{1}),
                  Tensor::of<double>("a", {1, 1}, std::vector<double>{2})};
  write_tensors(directory / "f", file);
  const std::string header =
      R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"a":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}})";
  std::string expected = with_header(header + std::string((8 - header.size() % 8) % 8, ' '));
  CHECK(expected.size() % 8 == 0);
  expected += std::string("\0\0\0\0\0\0\0\x40", 8) + std::string("\0\0\x80\x3F", 4);
  CHECK(detail::read_file(directory / "f") == expected);
}

TEST_CASE("what other programs may write is read: padding, another order, no metadata, any type") {
  const TensorFile file = parse_tensors(
      with_header(
          R"({"x":{"data_offsets":[4,6],"dtype":"F8_E4M3","shape":[2]},"y":{"shape":[2,4],"dtype":"F4","data_offsets":[0,4]}}   )",
          6),
      "a");
  CHECK(file.tensors.size() == 2);
  CHECK(file.tensors[0].name == "x");
  CHECK(file.tensors[1].bytes.size() == 4);
  CHECK(file.metadata.empty());
}

TEST_CASE("a file whose length of the header begins as gzip does is read") {
  const TemporaryDirectory directory;
  const std::string header = "{}" + std::string(0x8B1F - 2, ' ');
  CHECK(read_tensors(directory.write("a", with_header(header))) == TensorFile{});
}

TEST_CASE("a file torn at any byte is refused") {
  const TemporaryDirectory directory;
  write_tensors(directory / "a", small());
  const std::string whole = detail::read_file(directory / "a");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    CHECK_THROWS_AS(parse_tensors(std::string_view(whole).substr(0, length), "torn"), FileError);
  }
  CHECK_THROWS_AS(parse_tensors(whole + '\0', "longer"), FileError);
}

TEST_CASE("a bit that flips in the header is refused, or gives another value of the same size") {
  const TemporaryDirectory directory;
  TensorFile file = small();
  file.metadata = {{"made by", "hand"}};  // without an escape, which may be spelled in two ways
  write_tensors(directory / "a", file);
  const std::string whole = detail::read_file(directory / "a");
  const std::size_t end =
      8 + static_cast<unsigned char>(whole[0]) + 256U * static_cast<unsigned char>(whole[1]);
  std::size_t refused = 0, read = 0;
  for (std::size_t k = 0; k < end; ++k)
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = whole;
      flipped[k] = static_cast<char>(flipped[k] ^ (1 << bit));
      try {
        const TensorFile other = parse_tensors(flipped, "flipped");
        std::size_t bytes = 0;
        for (const Tensor& tensor : other.tensors) bytes += tensor.bytes.size();
        CHECK(bytes == whole.size() - end);
        CHECK_FALSE(other == file);
        ++read;
      } catch (const FileError&) {
        ++refused;
      }
    }
  CHECK(refused > 4 * read);
}

TEST_CASE("lengths of the header that cannot be are refused, without overflow") {
  for (const std::string_view length :
       {std::string_view("\0\0\0\0\0\0\0\x80", 8), std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8),
        std::string_view("\x01\0\0\0\0\0\0\0", 8), std::string_view("\xF8\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8)})
    CHECK_THROWS_AS(parse_tensors(length, "a"), FileError);
  CHECK(message_of([] { parse_tensors(std::string_view("\x03\0\0\0\0\0\0\x80{}", 10), "a"); }) ==
        "a: expected a header of 9223372036854775811 bytes, as the first 8 of the file say, and at most "
        "100000000, "
        "found 2 bytes behind them");
  CHECK(message_of([] { parse_tensors("", "a"); }) ==
        "a: expected a file of safetensors, at least 8 bytes, found 0");
  CHECK(message_of([] { parse_tensors(with_header(" {}"), "a"); }) ==
        "a: expected a safetensors file, found a file that begins with the bytes 03 00 00 00 00 00 00 00");
  CHECK_THROWS_AS(parse_tensors(with_header(""), "a"), FileError);
  CHECK_THROWS_AS(parse_tensors(with_header("{}x"), "a"), FileError);
}

TEST_CASE(
    "a file of another program is named, and for PyTorch's own format it is said what to write instead") {
  const auto found = [](std::string_view bytes) { return message_of([&] { parse_tensors(bytes, "a"); }); };
  using std::string_view_literals::operator""sv;
  // the first member of an archive by torch.save(net.state_dict(), "t.pth")
  CHECK(found("PK\3\4\0\0\x08\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0a\0\x18\0t/data.pklFB"sv) ==
        "a: expected a safetensors file, found a PyTorch file (.pt, .pth), as torch.save writes it: "
        "safetensors.torch.save_file(net.state_dict(), path) writes what is read here");
  CHECK(found("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9"sv)
            .starts_with("a: expected a safetensors file, found a Python pickle, as"));
  CHECK(found("\x93NUMPY\x01\0v\0{'descr'"sv) ==
        "a: expected a safetensors file, found a NumPy array (.npy)");
  CHECK(found("a,b,label\n1,2,0\n") ==
        "a: expected a safetensors file, found a file that begins with the bytes 61 2c 62 2c 6c 61 62 65");
}

TEST_CASE("offsets and shapes that do not fit the data are refused with what was expected") {
  CHECK(refusal(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4) ==
        "a: expected bytes for 2 numbers of type F32 in 'w', found 4 bytes");
  CHECK(refusal(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 3) ==
        "a: expected data_offsets of 'w' that rise and end within the 3 bytes of data, found 0 and 4");
  CHECK(refusal(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4).find("that rise") !=
        std::string::npos);
  CHECK(refusal(
            R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551612,18446744073709551615]}})",
            4)
            .find("found 18446744073709551612 and") != std::string::npos);
  CHECK(refusal(R"({"w":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}})")
            .find("numbers of type") != std::string::npos);
  CHECK(refusal(R"({"w":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}})", 4)
            .find("numbers of type") != std::string::npos);
  CHECK(refusal(R"({"w":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})", 4) ==
        "a: expected a dtype of safetensors for 'w', found 'F31'");
  CHECK(refusal(R"({"w":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}})", 1).find("3 numbers of type F4") !=
        std::string::npos);
}

TEST_CASE("holes, overlaps and bytes that belong to no tensor are refused") {
  const std::string a = R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)";
  CHECK(refusal(a + R"("b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}})", 4) ==
        "a: expected tensors one behind the other, the next at byte 2 of the data, found one at 3");
  CHECK(
      refusal(a + R"("b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}})", 4).ends_with("found one at 1"));
  CHECK(
      refusal(a + R"("b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 2).ends_with("found one at 0"));
  CHECK(refusal(R"({"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}})", 4).ends_with("found one at 1"));
  CHECK(refusal(R"({"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", 4) ==
        "a: expected 3 bytes of data, which the tensors say, found 4");
  CHECK(refusal("{}", 1).ends_with("expected 0 bytes of data, which the tensors say, found 1"));
}

TEST_CASE("everything has its name once") {
  const std::string w = R"("w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  CHECK(refusal("{" + w + R"(,"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", 2) ==
        "a: expected every name once, found 'w' twice");
  CHECK(refusal(R"({"__metadata__":{},"__metadata__":{}})").find("__metadata__ once") != std::string::npos);
  CHECK(refusal(R"({"__metadata__":{"a":"1","a":"2"}})").find("every key of __metadata__ once") !=
        std::string::npos);
  for (const std::string_view twice : {R"("dtype":"U8")", R"("shape":[1])", R"("data_offsets":[0,1])"})
    CHECK(refusal("{" + w.substr(0, w.size() - 1) + "," + std::string(twice) + "}}", 1).find("once") !=
          std::string::npos);
}

TEST_CASE("headers of anything but the format are refused") {
  for (const std::string_view header :
       {"{\"w\":1}", "{\"w\":{}}", R"({"w":{"dtype":"U8","shape":[1]}})",
        R"({"w":{"dtype":"U8","shape":1,"data_offsets":[0,0]}})",
        R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0]}})",
        R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}})",
        R"({"w":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}})",
        R"({"w":{"dtype":"U8","shape":[0.0],"data_offsets":[0,0]}})",
        R"({"w":{"dtype":8,"shape":[0],"data_offsets":[0,0]}})",
        R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"more":1}})", R"({"__metadata__":{"a":1}})",
        R"({"__metadata__":"a"})", "{\"\xFF\":{}}", "{} {}", "{",
        R"({"w":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,0]}})"}) {
    INFO(header);
    CHECK_THROWS_AS(parse_tensors(with_header(header), "a"), FileError);
  }
  std::string deep = "{\"w\":" + std::string(100'000, '{');
  CHECK_THROWS_AS(parse_tensors(with_header(deep), "a"), FileError);
  deep = R"({"w":{"dtype":"U8","shape":)" + std::string(100'000, '[');
  CHECK_THROWS_AS(parse_tensors(with_header(deep), "a"), FileError);
}

TEST_CASE("a value that is no file is not written, and the old file stays") {
  const TemporaryDirectory directory;
  const auto path = directory.write("f", "old");
  TensorFile file = small();
  file.tensors.push_back(file.tensors[0]);
  CHECK(message_of([&] {
          write_tensors(path, file);
        }).ends_with("expected a name of its own for every tensor, found 'flags'"));
  file.tensors.back() = {"x", "F32", {2}, "1234"};
  CHECK(message_of([&] {
          write_tensors(path, file);
        }).ends_with("expected the bytes of 2 numbers of type F32 in 'x', found 4"));
  file.tensors.back() = {"x", "F33", {1}, "1234"};
  CHECK_THROWS_AS(write_tensors(path, file), ValueError);
  file.tensors.back() = {"__metadata__", "F32", {1}, "1234"};
  CHECK_THROWS_AS(write_tensors(path, file), ValueError);
  file.tensors.back() = {"\xFF", "F32", {1}, "1234"};
  CHECK_THROWS_AS(write_tensors(path, file), ValueError);
  CHECK(detail::read_file(path) == "old");
}

TEST_CASE("a file that is not there, or is a folder, is refused with its path") {
  const TemporaryDirectory directory;
  CHECK(message_of([&] {
          read_tensors(directory / "none");
        }).ends_with("none: expected a readable file, found none of that name"));
  CHECK_THROWS_AS(read_tensors(directory / ""), FileError);
}
