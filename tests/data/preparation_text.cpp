// SPDX-License-Identifier: MIT
#include "espalier/data/preparation_text.hpp"

#include "espalier/data/csv.hpp"
#include "espalier/data/standardize.hpp"
#include "support.hpp"

using namespace espalier;
using namespace std::string_literals;

namespace {

/// Everything that a preparation can hold, and characters that a text format stumbles over.
Preparation full() {
  Preparation p;
  p.options = {
      .label = "la\"bel\\", .target = {"t", 3}, .weight = 2, .gaps = Gaps::most_frequent, .mark_gaps = true};
  p.options.drop_unlabeled = p.options.units = p.options.trailing_separators = true;
  p.options.text = Text::one_hot;
  p.options.max_categories = 7;
  p.options.header = CsvHeader::yes;
  p.options.separator = ' ', p.options.decimal = ',', p.options.thousands = '.', p.options.comment = '#';
  p.options.skip = 4;
  p.options.missing = {"", "gone away", "a\nb\0c\x1b"s};
  p.options.usual_marks = false;
  p.options.classes = {"no", "j\xc3\xa4", "\xff"};
  p.columns = {{"x", 4, {}, 0.1 + 0.2, false, DateOrder::day_month_year},
               {"", 5, {"only"}},
               {"column", 6, {"fill", "", "categories"}, 2, true}};
  p.label_places = {1, 0, 3, 2};
  p.width = 9, p.by_name = true;
  p.inputs.shift = Vector<double>::LinSpaced(6, 0, 1);
  p.inputs.scale = Vector<double>::Constant(6, 1e-310);
  p.targets.shift = p.targets.scale = Vector<double>::Constant(2, 1.0 / 3);
  return p;
}

}  // namespace

TEST_CASE("a preparation comes back from its text with every member as it was") {
  const Preparation before = full(), after = preparation_from_text(to_text(before));
  CHECK(to_text(after) == to_text(before));
  CHECK(after.options.label->name == before.options.label->name);
  CHECK(after.options.target[0].name == "t");
  CHECK(after.options.target[1].place == 3);
  CHECK_FALSE(after.options.target[1].name);
  CHECK(after.options.weight->place == 2);
  CHECK(after.options.gaps == Gaps::most_frequent);
  CHECK((after.options.mark_gaps && after.options.drop_unlabeled && after.options.units &&
         after.options.trailing_separators));
  CHECK(after.options.text == Text::one_hot);
  CHECK(after.options.max_categories == 7);
  CHECK(after.options.header == CsvHeader::yes);
  CHECK(std::string{after.options.separator, after.options.decimal, after.options.thousands,
                    after.options.comment} == " ,.#");
  CHECK(after.options.skip == 4);
  CHECK(after.options.missing == before.options.missing);
  CHECK_FALSE(after.options.usual_marks);
  CHECK(after.options.classes == before.options.classes);
  REQUIRE(after.columns.size() == 3);
  CHECK(after.columns[0].fill == 0.1 + 0.2);  // bit for bit
  CHECK(after.columns[0].date == DateOrder::day_month_year);
  CHECK_FALSE(after.columns[1].date);
  CHECK_FALSE(after.columns[1].fill);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(after.columns[k].name == before.columns[k].name);
    CHECK(after.columns[k].place == before.columns[k].place);
    CHECK(after.columns[k].categories == before.columns[k].categories);
    CHECK(after.columns[k].mark_gaps == before.columns[k].mark_gaps);
  }
  CHECK(after.label_places == before.label_places);
  CHECK((after.width == 9 && after.by_name));
  CHECK(after.inputs.shift == before.inputs.shift);
  CHECK(after.inputs.scale == before.inputs.scale);
  CHECK(after.targets.shift == before.targets.shift);
  CHECK(after.targets.scale == before.targets.scale);
  CHECK(to_text(preparation_from_text(to_text(Preparation{}))) == to_text(Preparation{}));
}

TEST_CASE("the text is of ASCII lines") {
  for (const char c : to_text(full())) CHECK((c == '\n' || (c >= ' ' && c <= '~')));
}

TEST_CASE("a second file is read with a preparation from text as with the one it was written from") {
  Dataset train = parse_csv("a;b;y\n1,5;x;2\n;z;3\n2,5;z;5\n4;y;6\n", {.target = "y",
                                                                       .gaps = Gaps::mean,
                                                                       .mark_gaps = true,
                                                                       .text = Text::one_hot,
                                                                       .separator = ';',
                                                                       .decimal = ','});
  standardize(train);
  const std::string_view second = "b;a\ny;7,25\nx;?\n";
  const Preparation stored = preparation_from_text(to_text(*train.preparation));
  const Dataset test = parse_csv(second, stored);
  CHECK(test.inputs == parse_csv(second, train.preparation).inputs);
  CHECK(test.feature_names == train.feature_names);
  CHECK(parse_csv("a;b;y\n1,5;x;2\n;z;3\n2,5;z;5\n4;y;6\n", stored).targets == train.targets);
}

TEST_CASE("a text of the time before dates is read, and a column of dates has no categories") {
  std::string text = to_text(full());
  const std::size_t at = text.find(" date day_month_year");
  REQUIRE(at != text.npos);
  CHECK_FALSE(preparation_from_text(text.erase(at, 20)).columns[0].date);
  Preparation both = full();
  both.columns[1].date = DateOrder::year_month_day;
  CHECK(message_of([&] { preparation_from_text(to_text(both)); }) ==
        "preparation: expected dates or categories in a column, found others");
}

TEST_CASE("text that to_text did not write is refused with its line") {
  const std::string text = to_text(full());
  CHECK(message_of([] { preparation_from_text(""); }) == "preparation: expected 26 keys, found 0");
  CHECK(message_of([] { preparation_from_text("hello\n"); }) ==
        "preparation, line 1: expected espalier-preparation 1, found 'hello'");
  CHECK(message_of([&] { preparation_from_text(text + "surprise 1\n"); }) ==
        "preparation, line 31: expected a key of a preparation, found 'surprise'");
  CHECK(message_of([&] { preparation_from_text(text + "width 3\n"); }) ==
        "preparation, line 31: expected each key once, found 'width'");
  CHECK(message_of([&] {
          preparation_from_text(text + "column \"open\n");
        }).starts_with("preparation, line 31: expected a closing quote"));
  CHECK(message_of([&] { preparation_from_text(text + "column \"a\" 4\n"); }) ==
        "preparation: expected a scale for each feature, found others");
  CHECK_THROWS_AS(preparation_from_text("espalier-preparation 1\nwidth 9999999999999999999\n"), FileError);
  for (const std::string number : {"0", "nan", "inf", "1e999"}) {
    Dataset data = parse_csv("a\n1\n3\n");
    standardize(data);
    std::string scaled = to_text(*data.preparation);
    const std::size_t at = scaled.find("input_scale 1");
    REQUIRE(at != std::string::npos);
    CHECK_THROWS_AS(preparation_from_text(scaled.replace(at, 13, "input_scale " + number)), FileError);
  }
  // Every line is needed, and no line may be cut.
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    if (text.find('\n', at) == text.size() - 1) break;  // the last column may be missing or shorter
    CHECK_THROWS_AS(preparation_from_text(text.substr(0, at)), FileError);
  }
}

TEST_CASE("random edits of the text give an error or a preparation that holds together") {
  const std::string text = to_text(full());
  Rng rng(3);
  for (int k = 0; k < 2000; ++k) {
    std::string edited = text;
    for (Index edits = 1 + rng.below(3); edits-- > 0;)
      edited[static_cast<std::size_t>(rng.below(static_cast<Index>(edited.size())))] =
          static_cast<char>(rng.below(256));
    try {
      const Preparation read = preparation_from_text(edited);
      CHECK(to_text(preparation_from_text(to_text(read))) == to_text(read));
    } catch (const Error&) {
    }
  }
}
