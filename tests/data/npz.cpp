// SPDX-License-Identifier: MIT
// The archives in hexadecimal were written by NumPy 1.24.2 and Python 3.11.
#include "espalier/data/npz.hpp"

#include "data/files.hpp"
#include "espalier/data/gzip.hpp"

using namespace espalier;
using namespace std::string_literals;

namespace {

// x = (np.arange(6).reshape(2, 3) * 0.5).astype("<f4"), y = np.array([3, 9], "<i8"); np.savez(file, x=x, y=y)
const std::string stored = from_hex(
    "504b0304140000000000000021000bc0b076980000009800000005001400782e6e7079010010009800000000000000980000"
    "0000000000934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046"
    "616c73652c20277368617065273a2028322c2033292c207d2020202020202020202020202020202020202020202020202020"
    "20202020202020202020202020202020202020202020202020202020202020200a000000000000003f0000803f0000c03f00"
    "00004000002040504b03041400000000000000210039c5d633900000009000000005001400792e6e70790100100090000000"
    "000000009000000000000000934e554d5059010076007b276465736372273a20273c6938272c2027666f727472616e5f6f72"
    "646572273a2046616c73652c20277368617065273a2028322c292c207d202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020202020202020202020202020200a03000000000000000900"
    "000000000000504b01021403140000000000000021000bc0b076980000009800000005000000000000000000000080010000"
    "0000782e6e7079504b010214031400000000000000210039c5d63390000000900000000500000000000000000000008001cf"
    "000000792e6e7079504b0506000000000200020066000000960100000000");
// np.savez_compressed(file, x=x, y=y)
const std::string deflated = from_hex(
    "504b0304140000000800000021000bc0b076570000009800000005001400782e6e7079010010009800000000000000570000"
    "00000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a12774bcc"
    "294e058a17672416a402f91a463a0ac69a3a0ab50a64032e0608b067606800e20340cce0c0c0a0e00000504b030414000000"
    "08000000210039c5d6334a0000009000000005001400792e6e70790100100090000000000000004a000000000000009bec17"
    "ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a1aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416"
    "a402f91a463a9a3a0ab50a14002e660608e084d200504b01021403140000000800000021000bc0b076570000009800000005"
    "0000000000000000000000800100000000782e6e7079504b010214031400000008000000210039c5d6334a00000090000000"
    "05000000000000000000000080018e000000792e6e7079504b05060000000002000200660000000f0100000000");
// The same x and y by numpy.savez with zipfile.ZIP64_LIMIT = 100: all sizes and the second place are in
// zip64's parts, as they are for arrays of 2 GiB.
const std::string zip64 = from_hex(
    "504b03042d0000000000000021000bc0b076ffffffffffffffff05001400782e6e7079010010009800000000000000980000"
    "0000000000934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046"
    "616c73652c20277368617065273a2028322c2033292c207d2020202020202020202020202020202020202020202020202020"
    "20202020202020202020202020202020202020202020202020202020202020200a000000000000003f0000803f0000c03f00"
    "00004000002040504b03042d00000000000000210039c5d633ffffffffffffffff05001400792e6e70790100100090000000"
    "000000009000000000000000934e554d5059010076007b276465736372273a20273c6938272c2027666f727472616e5f6f72"
    "646572273a2046616c73652c20277368617065273a2028322c292c207d202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020202020202020202020202020200a03000000000000000900"
    "000000000000504b01022d032d0000000000000021000bc0b076ffffffffffffffff05001400000000000000000080010000"
    "0000782e6e70790100100098000000000000009800000000000000504b01022d032d00000000000000210039c5d633ffffff"
    "ffffffffff05001c0000000000000000008001ffffffff792e6e70790100180090000000000000009000000000000000cf00"
    "000000000000504b06062c000000000000002d002d0000000000000000000200000000000000020000000000000096000000"
    "000000009601000000000000504b0607000000002c0200000000000001000000504b05060000000002000200960000009601"
    "00000000");
// np.savez_compressed(file, x=np.zeros((2, 60), "<f4")), likewise
const std::string deflated_zip64 = from_hex(
    "504b03042d000000080000002100ca6d46fbffffffffffffffff05001400782e6e70790100100060020000000000004c0000"
    "00000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a12774bcc"
    "294e058a17672416a402f91a463a0a66069a3a0ab50ae4022e865130ac0100504b01022d032d000000080000002100ca6d46"
    "fbffffffffffffffff050014000000000000000000800100000000782e6e70790100100060020000000000004c0000000000"
    "0000504b06062c000000000000002d002d000000000000000000010000000000000001000000000000004700000000000000"
    "8300000000000000504b060700000000ca0000000000000001000000504b0506000000000100010047000000830000000000");
// zipfile, ZIP_BZIP2: "x.npy" and "notes.txt", and a comment that ends in "PK\5\6"
const std::string bzip2 = from_hex(
    "504b03042e0000000c00c8637c5dc2412435260000000300000005000000782e6e7079425a6839314159265359648cbb7300"
    "0000010038002000219819846177245385090648cbb730504b03042e0000000c00c8637c5d86a61036290000000500000009"
    "0000006e6f7465732e747874425a68393141592653591931653d00000081000244a000219a68334d07338bb9229c28480c98"
    "b29e80504b01022e032e0000000c00c8637c5dc2412435260000000300000005000000000000000000000080010000000078"
    "2e6e7079504b01022e032e0000000c00c8637c5d86a610362900000005000000090000000000000000000000800149000000"
    "6e6f7465732e747874504b050600000000020002006a0000009900000011006d6164652062792068616e6420504b0506");

const Matrix<float> x = (Matrix<float>(3, 2) << 0, 1.5, 0.5, 2, 1, 2.5).finished();

Npz open(const std::string& bytes) { return Npz(detail::ByteSource(bytes, "a.npz")); }

/// The bytes with those at `at`, counted from the end where it is negative, replaced.
std::string with(std::string bytes, long at, std::string_view others) {
  return bytes.replace(static_cast<std::size_t>(at < 0 ? static_cast<long>(bytes.size()) + at : at),
                       others.size(), others);
}

}  // namespace

TEST_CASE("the arrays of an archive are read by name, stored or deflated") {
  const TemporaryDirectory directory;
  for (const std::string& bytes : {stored, deflated, zip64}) {
    Npz file(directory.write("a.npz", bytes));
    CHECK(file.names() == std::vector<std::string>{"x", "y"});
    CHECK(file.read("x") == x);
    CHECK(file.read<double>("x") == x.cast<double>());
    CHECK(file.labels("y") == std::vector<int>{3, 9});
    CHECK(file.read("y") == Matrix<float>{{3, 9}});
    CHECK(file.shape("x") == std::vector<Index>{2, 3});
    CHECK(open(bytes).read("x") == x);
  }
  CHECK(open(deflated_zip64).read("x") == Matrix<float>::Zero(60, 2));
}

TEST_CASE("a name that is not there is answered with those that are") {
  CHECK(message_of([] { open(stored).read("z"); }) == "a.npz: expected an array 'z', found 'x', 'y'");
  CHECK(message_of([] { open("PK\5\6" + std::string(18, '\0')).read("z"); }) ==
        "a.npz: expected an array 'z', found no arrays");
}

TEST_CASE("an archive may have a comment, and other files in it") {
  CHECK(open(bzip2).names() == std::vector<std::string>{"x"});
  CHECK(message_of([] { open(bzip2).read("x"); }) ==
        "a.npz, 'x': expected data that are stored (method 0) or deflated (method 8), found method 12");
}

TEST_CASE("an archive that is cut anywhere is refused") {
  for (const std::string& bytes : {stored, deflated, zip64, deflated_zip64})
    for (std::size_t size = 0; size < bytes.size(); ++size)
      CHECK_THROWS_AS(open(bytes.substr(0, size)), FileError);
  CHECK(message_of([] { open(stored.substr(0, 100)); })
            .ends_with(
                "expected a ZIP archive with its directory at the end (.npz), found one that is cut short"));
  CHECK(message_of([] { open("%PDF-1.7"); }).ends_with("(.npz), found a PDF document"));
}

TEST_CASE("a byte that is changed anywhere in an array is noticed") {
  for (const bool packed : {false, true}) {
    const std::string& bytes = packed ? deflated : stored;
    const std::size_t directory = bytes.find("PK\1\2"),
                      data = bytes.find("x.npy") + 25;  // behind the extra field
    const std::size_t padding = packed ? 1 : 0;         // bits behind the end of the deflated data
    for (std::size_t at = data; at < bytes.find("PK\3\4", 4) - padding; ++at)
      CHECK_THROWS_AS(
          open(with(bytes, static_cast<long>(at), std::string(1, static_cast<char>(bytes[at] ^ 16))))
              .read("x"),
          FileError);
    CHECK_THROWS_AS(open(with(bytes, static_cast<long>(directory) + 16, "sums")).read("x"), FileError);
  }
}

TEST_CASE(
    "encrypted members, numbers of zip64 that are not there and archives in parts are refused by name") {
  const long entry = static_cast<long>(stored.find("PK\1\2"));
  CHECK(message_of([&] { open(with(stored, entry + 8, "\1")).read("x"); }) ==
        "a.npz, 'x': expected data that are not encrypted, found encrypted data");
  CHECK(message_of([&] { open(with(stored, entry + 20, "\xff\xff\xff\xff\xff\xff\xff\xff")); }) ==
        "a.npz: expected the numbers of zip64 for 'x.npy', as its entry announces, found fewer");
  CHECK(message_of([&] { open(with(stored, -6, "\xff\xff\xff\xff")); }) ==
        "a.npz: expected the end of a directory of zip64, as its numbers announce, found none");
  CHECK_THROWS_AS(open(with(stored, -18, "\1")), FileError);
}

TEST_CASE("numbers of zip64 that the archive cannot hold are refused before memory is asked for") {
  for (const std::string& bytes : {zip64, deflated_zip64}) {
    const std::size_t size =
        bytes.find("PK\1\2") + 46 + 5 + 4;  // behind the name and what says that 16 follow
    for (const std::string& large : {"\xff\xff\xff\xff\xff\xff\xff\xff"s, "\0\0\0\0\0\0\0\x80"s,
                                     "\xff\xff\xff\xff\0\0\0\0"s, "\0\0\0\0\1\0\0\0"s}) {
      CHECK_THROWS_AS(open(with(bytes, static_cast<long>(size), large)).read("x"), FileError);
      CHECK_THROWS_AS(open(with(bytes, static_cast<long>(size) + 8, large)).read("x"), FileError);
      CHECK_THROWS_AS(open(with(bytes, static_cast<long>(size), large + large)).read("x"), FileError);
    }
  }
  const long place = static_cast<long>(zip64.rfind("PK\1\2")) + 46 + 5 + 4 + 16;
  for (const std::string& at : {"\xff\xff\xff\xff\xff\xff\xff\xff"s, "\xf0\xff\xff\xff\xff\xff\xff\xff"s,
                                "\0\0\0\0\0\0\0\x80"s, "\0\0\0\0\0\0\0\0"s})
    CHECK_THROWS_AS(open(with(zip64, place, at)).read("y"), FileError);
}

TEST_CASE("sizes that the archive cannot hold are refused before memory is asked for") {
  const long stored_entry = static_cast<long>(stored.find("PK\1\2")),
             entry = static_cast<long>(deflated.find("PK\1\2"));
  CHECK_THROWS_AS(open(with(deflated, entry + 24, "\xfe\xff\xff\xff")).read("x"), FileError);  // 4 GB
  CHECK_THROWS_AS(open(with(deflated, entry + 20, "\xfe\xff\xff\xff")).read("x"), FileError);
  CHECK_THROWS_AS(open(with(stored, stored_entry + 20, "\xfe\xff\xff\xff\xfe\xff\xff\xff")).read("x"),
                  FileError);
  CHECK_THROWS_AS(open(with(stored, stored_entry + 42, "\xfe\xff\xff\xff")).read("x"), FileError);
  CHECK_THROWS_AS(open(with(stored, -10, "\xfe\xff\xff\xff")), FileError);
  CHECK_THROWS_AS(open(with(stored, -12, "\3\0\3"s)), FileError);
}

TEST_CASE("what is written is read again to the bit, with the names") {
  const TemporaryDirectory directory;
  const Matrix<double> wide{{0.1, -0.0}, {1e300, 5e-324}};
  write_npz(directory / "a.npz", {{"x", x}, {"wide", wide}, {"y", std::vector<int>{7, 0}}});
  Npz file(directory / "a.npz");
  CHECK(file.names() == std::vector<std::string>{"x", "wide", "y"});
  CHECK(file.read("x") == x);
  const Matrix<double> again = file.read<double>("wide");
  CHECK(std::memcmp(again.data(), wide.data(), sizeof(double) * 4) == 0);
  CHECK(file.labels("y") == std::vector<int>{7, 0});
}

TEST_CASE("names that come twice and arrays without numbers are not written") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(write_npz(directory / "a.npz", {{"x", x}, {"x", x}}), ValueError);
  CHECK_THROWS_AS(write_npz(directory / "a.npz", {{"x", x}, {"y", std::vector<int>{}}}), ShapeError);
  CHECK_FALSE(std::filesystem::exists(directory / "a.npz"));
  CHECK_THROWS_AS(write_npz(directory / "none/a.npz", {{"x", x}}), FileError);
  const auto old = directory.write("old.npz", "old");
  CHECK_THROWS_AS(write_npz(old, {{"x", x}, {"x", x}}), ValueError);
  CHECK(detail::read_file(old) == "old");
}
