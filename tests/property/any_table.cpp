// SPDX-License-Identifier: MIT
// Whatever a file holds and the options say, reading it ends in a data set that holds together or in an
// exception of this library; a file is read as its bytes in memory are.
#include "data/files.hpp"
#include "espalier/data/csv.hpp"
#include "espalier/data/preparation_text.hpp"

using namespace espalier;
using namespace std::string_literals;

namespace {

const std::string valid[]{
    "a,b,y\n1,2,x\n3,,y\n5,6,x\n",
    "name,x,y,w\n\"Braund, Mr. \"\"O\"\"\",1.5,0,1\nb,?,1,2\nc,3,NA,0.5\n",
    "\xEF\xBB\xBFsep=;\r\na;b\r\n1,5;x\r\n2;y\r\n",
    " 1.5  2 a\n 3    4 b\n",
    "# a,b\n1,2\n3,4\n",
    ",a,b\n0,1,T\n1,2,F\n2,,T\n",
    "a\tb\n\"1\"\t\"x\ny\"\n2\tz\n",
    "t,v\ns,m/s\n1,2\n3,4\n",
    "\xff\xfe"
    "1\0,\0"
    "2\0\n\0"s,
    "1,234\n\"5,678\",9\n",
    "y\n1\n0\n",
    "a,b\n2024-03-01,1\n2024-02-29 12:30,2\n,3\n",
    "1/12/2024,1\n31/12/2024 1:05:06.5,2\n",
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : rng_(seed) {}

  Index below(Index n) { return rng_.below(n); }
  bool coin() { return below(2) == 0; }
  template <class T>
  T any(std::initializer_list<T> list) {
    return *(list.begin() + below(static_cast<Index>(list.size())));
  }

  std::string text() {
    if (below(8) == 0) return bytes(below(60));
    std::string text = valid[below(std::size(valid))];
    for (Index edits = below(5); edits-- > 0;) edit(text);
    return text;
  }

  CsvOptions options() {
    CsvOptions o;
    if (coin()) o.label = column();
    if (below(4) == 0) o.target = column();
    if (below(8) == 0) o.weight = "w";
    o.gaps = static_cast<Gaps>(below(5));
    o.mark_gaps = below(4) == 0;
    o.drop_unlabeled = coin();
    o.text = any({Text::one_hot, Text::one_hot, Text::ignore, Text::refuse});
    if (below(8) == 0) o.categories = column();
    o.max_categories = any<Index>({2, 100, 100});
    if (below(12) == 0) o.dates = column();
    o.date_order = static_cast<DateOrder>(below(3));
    if (below(4) == 0) o.ignore = column();
    o.header = any({CsvHeader::automatic, CsvHeader::automatic, CsvHeader::yes, CsvHeader::no});
    o.separator = any({',', ',', ',', ',', ',', ';', ' ', '\t', '|'});
    o.decimal = any({'.', '.', ','});
    o.thousands = any({'\0', '\0', ',', '.', ' ', '\''});
    o.comment = any({'\0', '\0', '#'});
    o.skip = below(10) == 0 ? below(4) : 0;
    o.units = below(10) == 0;
    o.trailing_separators = below(4) == 0;
    if (below(4) == 0) o.missing = {"x", "2"};
    o.usual_marks = below(4) != 0;
    if (o.label && below(12) == 0) o.classes = {"0", "1", "x", "y"};
    return o;
  }

 private:
  Column column() {
    return coin() ? Column(any({"a", "b", "y", "last", "w", "name", ""})) : Column(below(7) - 3);
  }
  std::string bytes(Index count) {
    std::string result;
    while (count-- > 0)
      result += coin() ? any({',', '\n', '"', '1', 'x', ';', ' ', '\r', '.', '-', '#', '\0'})
                       : static_cast<char>(below(256));
    return result;
  }
  void edit(std::string& text) {
    const auto at = static_cast<std::size_t>(below(static_cast<Index>(text.size()) + 1));
    const auto count = static_cast<std::size_t>(below(6));
    const Index kind = below(4);
    if (kind == 0) text.insert(at, bytes(1 + below(3)));
    if (kind == 1) text.erase(at, count);
    if (kind == 2) text.insert(at, text.substr(at / 2, count * 3));  // repeats a piece
    if (kind == 3 && at < text.size()) text[at] = bytes(1)[0];
  }

  Rng rng_;
};

/// All that others rely on.
void check(const Dataset& data) {
  Dataset copy = data;
  if (!copy.labels.empty()) copy.targets.resize(0, 0);  // both may be there, for the reader to choose
  if (copy.features() > 0)
    copy.validate();
  else
    REQUIRE(static_cast<Index>(copy.labels.size()) + copy.targets.cols() >= copy.samples());
  REQUIRE(data.samples() > 0);
  REQUIRE(data.preparation);
  REQUIRE(data.preparation->features() == data.features());
  REQUIRE((data.feature_names.empty() || static_cast<Index>(data.feature_names.size()) == data.features()));
}

/// The data set, or the message.
template <class F>
std::pair<std::optional<Dataset>, std::string> outcome(F read) {
  try {
    std::optional<Dataset> data = read();
    check(*data);
    return {std::move(data), ""};
  } catch (const Error& error) {
    const std::string message = error.what();
    INFO(message);
    REQUIRE(message.find(": expected ") != message.npos);
    REQUIRE(message.find(", found ") != message.npos);
    REQUIRE(std::all_of(message.begin(), message.end(),
                        [](char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\n'; }));
    return {std::nullopt, message};
  }
}

}  // namespace

TEST_CASE(
    "any text with any options becomes a data set that holds together, or an error in the library's words") {
  Random random(11);
  int read = 0;
  for (int k = 0; k < 10000; ++k) {
    const std::string text = random.text();
    const CsvOptions options = random.options();
    INFO(k);
    const auto [data, message] = outcome([&] { return parse_csv(text, options); });
    if (!data) continue;
    ++read;
    // The same file once more, read with what it taught: from text to the value and back.
    const Preparation stored = preparation_from_text(to_text(*data->preparation));
    const auto [again, why] = outcome([&] { return parse_csv(text, stored); });
    INFO(why);
    if (again) CHECK((again->inputs == data->inputs && again->labels == data->labels));
    outcome([&] { return parse_csv(random.text(), stored); });
  }
  CHECK(read > 500);  // or the edits are so wild that nothing is tested
}

TEST_CASE("a file on disk is read as the same bytes in memory") {
  const TemporaryDirectory directory;
  Random random(12);
  for (int k = 0; k < 200; ++k) {
    const std::string text = random.text();
    const CsvOptions options = random.options();
    const auto path = directory.write("a.csv", text);
    const auto [memory, one] = outcome([&] { return parse_csv(text, options); });
    const auto [disk, other] = outcome([&] { return read_csv(path, options); });
    REQUIRE(memory.has_value() == disk.has_value());
    if (memory) CHECK((memory->inputs == disk->inputs && memory->labels == disk->labels));
  }
}
