// SPDX-License-Identifier: MIT
// Tables with gaps and text, from the first file to the second.
#include "espalier/data/csv_table.hpp"

#include "data/files.hpp"
#include "espalier/data/csv.hpp"

using namespace espalier;

namespace {

using Names = std::vector<std::string>;

constexpr std::string_view ship =
    "PassengerId,Survived,Pclass,Name,Sex,Age,Fare,Embarked\n"
    "1,0,3,\"Braund, Mr. Owen\",male,22,7.25,S\n"
    "2,1,1,\"Cumings, Mrs. John\",female,38,71.28,C\n"
    "3,1,3,\"Heikkinen, Miss. Laina\",female,,7.92,S\n"
    "4,0,3,\"Moran, Mr. James\",male,NA,8.46,Q\n"
    "5,1,1,\"Icard, Miss. Amelie\",female,39,80,\n";

Preparation preparation_of(const Dataset& data) {
  REQUIRE(data.preparation);
  return *data.preparation;
}

}  // namespace

TEST_CASE("gaps and texts of all columns stand in one message, with their counts and what reads them") {
  CHECK(
      message_of([] { parse_csv(ship, {.label = "Survived"}); }) ==
      "csv text: expected numbers without gaps in the columns that are read (the option gaps fills gaps or "
      "drops "
      "their rows; text = Text::one_hot reads texts; ignore leaves out columns), found 4 columns with other "
      "fields\n"
      "  column 4 of 8 (Name): text in 5 of 5 rows (5 different), the first in line 2: 'Braund, Mr. Owen'\n"
      "  column 5 of 8 (Sex): text in 5 of 5 rows (2 different), the first in line 2: 'male'\n"
      "  column 6 of 8 (Age): gaps in 2 of 5 rows, the first in line 4: an empty field\n"
      "  column 8 of 8 (Embarked): text in 4 of 5 rows (3 different), the first in line 2: 'S'; "
      "gaps in 1 of 5 rows, the first in line 6: an empty field");
}

TEMPLATE_TEST_CASE("a table with gaps and text is read in one line", "", float, double) {
  const BasicDataset<TestType> data = parse_csv<TestType>(
      ship,
      {.label = "Survived", .gaps = Gaps::median, .text = Text::one_hot, .ignore = {"PassengerId", "Name"}});
  data.validate();
  CHECK(data.feature_names ==
        Names{"Pclass", "Sex=male", "Age", "Fare", "Embarked=C", "Embarked=Q", "Embarked=S"});
  Matrix<double> right(7, 5);
  right << 3, 1, 3, 3, 1,           //
      1, 0, 0, 1, 0,                // male
      22, 38, 38, 38, 39,           // the median of 22, 38, 39
      7.25, 71.28, 7.92, 8.46, 80,  //
      0, 1, 0, 0, 0,                // C
      0, 0, 0, 1, 0,                // Q
      1, 0, 1, 0, 1;                // S, the most frequent, for the gap
  CHECK(data.inputs == right.cast<TestType>());
  CHECK(data.labels == std::vector<int>{0, 1, 1, 0, 1});
  CHECK(data.class_names == Names{"0", "1"});
}

TEST_CASE("gaps are filled with the mean, the median or the most frequent value, or their rows are dropped") {
  const std::string_view text = "a,b\n1,1\n?,2\n2,3\n9,4\n2,5\n,6\n";
  const auto filled = [&](Gaps gaps) -> Matrix<float> {
    return parse_csv(text, {.gaps = gaps, .header = CsvHeader::yes}).inputs.row(0);
  };
  CHECK(filled(Gaps::mean) == (Matrix<float>(1, 6) << 1, 3.5, 2, 9, 2, 3.5).finished());
  CHECK(filled(Gaps::median) == (Matrix<float>(1, 6) << 1, 2, 2, 9, 2, 2).finished());
  CHECK(filled(Gaps::most_frequent) == (Matrix<float>(1, 6) << 1, 2, 2, 9, 2, 2).finished());
  const Dataset dropped = parse_csv(text, {.gaps = Gaps::drop});
  CHECK(dropped.inputs == (Matrix<float>(2, 4) << 1, 2, 9, 2, 1, 3, 4, 5).finished());
  CHECK(dropped.notes == Names{"2 of 6 rows had gaps and were left out"});
}

TEST_CASE("a feature of 0 and 1 may say where the gaps were") {
  const Dataset data =
      parse_csv("a,b\n1,x\nNA,y\n4,\n7,y\n", {.gaps = Gaps::mean, .mark_gaps = true, .text = Text::one_hot});
  CHECK(data.feature_names == Names{"a", "a missing", "b=y", "b missing"});
  CHECK(data.inputs == (Matrix<float>(4, 4) << 1, 4, 4, 7, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0).finished());
}

TEST_CASE("text columns may be left out as a whole, with a note for each") {
  const Dataset data = parse_csv(ship, {.label = "Survived", .gaps = Gaps::mean, .text = Text::ignore});
  CHECK(data.feature_names == Names{"PassengerId", "Pclass", "Age", "Fare"});
  CHECK(data.notes == Names{"column 4 of 8 (Name) is no feature: it has text, which the options ignore",
                            "column 5 of 8 (Sex) is no feature: it has text, which the options ignore",
                            "column 8 of 8 (Embarked) is no feature: it has text, which the options ignore"});
}

TEST_CASE("a second file is read with what the first taught, its columns found by name") {
  const Dataset train = parse_csv(
      ship,
      {.label = "Survived", .gaps = Gaps::median, .text = Text::one_hot, .ignore = {"PassengerId", "Name"}});
  const Dataset test = parse_csv(
      "Embarked,Ticket,Fare,Sex,Pclass,Age\n"
      "Q,A/5 21171,7.75,female,3,\n"
      "S,,8.05,male,2,14\n",
      train.preparation);
  CHECK(test.feature_names == train.feature_names);
  CHECK(test.inputs == (Matrix<float>(7, 2) << 3, 2, 0, 1, 38, 14, 7.75, 8.05F, 0, 0, 1, 0, 0, 1).finished());
  CHECK(test.labels.empty());
  const Dataset labeled =
      parse_csv("Survived,Embarked,Fare,Sex,Pclass,Age\n1,S,1,male,1,1\n", train.preparation);
  CHECK(labeled.labels == std::vector<int>{1});
  CHECK(labeled.class_names == train.class_names);
}

TEST_CASE("a second file that lacks features says which") {
  const Dataset train = parse_csv("a,b,c,y\n1,2,3,0\n4,5,6,1\n", {.label = "y"});
  CHECK(message_of([&] { parse_csv("c,d\n1,2\n", train.preparation); }) ==
        "csv text:1: expected each of the 3 feature columns of the first file once, found no 'a, b', in a "
        "header 'c, d'");
  CHECK(message_of([&] {
          parse_csv("b,b,c\n1,2,3\n", train.preparation);
        }).ends_with("found no 'a', and 'b' more than once, in a header 'b, b, c'"));
  CHECK(message_of([&] {
          parse_csv("4,5,6\n1,2,3\n", train.preparation);
        }).ends_with("found no 'a, b, c', in a header '4, 5, 6'"));  // there is none
  CHECK(message_of([&] { parse_csv("a,b,c\n1,x,3\n", train.preparation); }) ==
        "csv text:2, column 2 of 3 (b): expected a number, found 'x'");
  const Dataset texts = parse_csv("a,b\n1,p\n2,q\n", {.text = Text::one_hot});
  CHECK(message_of([&] { parse_csv("a,b\nx,p\n", texts.preparation); }) ==
        "csv text:2, column 1 of 2 (a): expected a number, found 'x'");  // no option reads it
}

TEST_CASE("a text that the first file does not have is a gap: refused, dropped or filled as gaps are") {
  const std::string_view first = "a,b\n1,x\n2,y\n3,z\n4,y\n", second = "a,b\n5,w\n6,z\n7,v\n";
  CHECK(message_of([&] { parse_csv(second, parse_csv(first, {.text = Text::one_hot}).preparation); }) ==
        "csv text: expected numbers without gaps in the columns that are read (the option gaps fills gaps or "
        "drops their rows), found a column with other fields\n"
        "  column 2 of 2 (b): texts that the first file does not have: 'w' in line 2, 'v' in line 4");
  const Dataset dropped =
      parse_csv(second, parse_csv(first, {.gaps = Gaps::drop, .text = Text::one_hot}).preparation);
  CHECK(dropped.inputs == (Matrix<float>(4, 1) << 6, 0, 0, 1).finished());
  const Dataset filled =
      parse_csv(second, parse_csv(first, {.gaps = Gaps::mean, .text = Text::one_hot}).preparation);
  CHECK(filled.inputs == (Matrix<float>(4, 3) << 5, 6, 7, 0, 0, 0, 1, 0, 1, 0, 1, 0).finished());
  CHECK(filled.notes == Names{"column 2 of 2 (b) has texts that the first file does not have, which are read "
                              "as gaps: 'w' in line 2, 'v' in line 4"});
}

TEST_CASE("without a header a second file has the columns of the first, or these without the labels") {
  const Dataset train = parse_csv("0,7,2,x\n1,3,4,y\n0,5,6,x\n", {.label = 0, .text = Text::one_hot});
  CHECK(train.feature_names.empty());
  CHECK(parse_csv("1,8,9,y\n", train.preparation).labels == std::vector<int>{1});
  const Matrix<float> right = (Matrix<float>(3, 1) << 8, 9, 1).finished();
  CHECK(parse_csv("1,8,9,y\n", train.preparation).inputs == right);
  CHECK(parse_csv("8,9,y\n", train.preparation).inputs == right);
  CHECK(message_of([&] { parse_csv("8,9\n", train.preparation); }) ==
        "csv text:1: expected 4 columns as in the first file, or 3 without labels, found 2");
}

TEST_CASE("columns of two names alike are found by their places") {
  const Dataset train = parse_csv("a,b,a,y\n1,2,3,0\n4,5,6,1\n", {.label = "y"});
  CHECK(parse_csv("a,b,a\n7,8,9\n", train.preparation).inputs == (Matrix<float>(3, 1) << 7, 8, 9).finished());
}

TEST_CASE("columns that are found by their places have the names of the first file there") {
  for (const std::string names : {"a,a,b", "open,last,b", "a,,b"}) {
    CAPTURE(names);
    const Dataset train = parse_csv(names + ",y\n1,2,3,0\n4,9,5,1\n", {.label = "y"});
    CHECK(parse_csv(names + ",y\n6,7,8,0\n", train.preparation).inputs ==
          (Matrix<float>(3, 1) << 6, 7, 8).finished());
    CHECK(parse_csv(names + "\n6,7,8\n", train.preparation).inputs ==
          (Matrix<float>(3, 1) << 6, 7, 8).finished());
    const std::string turned = "b," + names.substr(0, names.rfind(','));
    CHECK_THROWS_AS(parse_csv(turned + ",y\n8,6,7,0\n", train.preparation), FileError);
  }
  const Dataset train = parse_csv("a,a\n1,2\n4,9\n");
  CHECK(
      message_of([&] { parse_csv("a,b\n1,2\n", train.preparation); }) ==
      "csv text:1: expected the names of the first file in its order, since not each is there once: 'a' for "
      "column 2 of 2 (b), found another");
}

TEST_CASE("numbers that are codes are read as text is, however they are written") {
  const Dataset data = parse_csv("Pclass,x\n3,1\n1.0,2\n2,3\n1,4\n", {.categories = "Pclass"});
  CHECK(data.feature_names == Names{"Pclass=1", "Pclass=2", "Pclass=3", "x"});
  CHECK(data.inputs.topRows(3) == (Matrix<float>(3, 4) << 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0).finished());
}

TEST_CASE("a text column with more values than the option allows is refused, even with one_hot") {
  std::string text = "name,x\n";
  for (int k = 0; k < 150; ++k) text += fmt::format("n{},1\n", k);
  CHECK(message_of([&] { parse_csv(text, {.text = Text::one_hot}); }) ==
        "csv text: expected numbers without gaps in the columns that are read (the option max_categories, "
        "100, is the "
        "most that text = Text::one_hot reads; ignore leaves out columns), found a column with other fields\n"
        "  column 1 of 2 (name): text in 150 of 150 rows (150 different), the first in line 2: 'n0'");
  CHECK(parse_csv(text, {.text = Text::one_hot, .max_categories = 150}).features() == 151);
}

TEST_CASE("a missing label is refused, dropped, or a class that the options name") {
  for (const char* mark : {"", "NA", "?", "N/A", "null", "NuLL", "None", "<NA>", "#N/A", "-", "--", "."}) {
    const std::string text = fmt::format("a,lab\n1,x\n2,{}\n4,y\n", mark);
    CHECK(message_of([&] {
            parse_csv(text, {.label = "lab"});
          }).starts_with("csv text:3, column 2 of 2 (lab): expected a label"));
    for (const CsvOptions& options :
         {CsvOptions{.label = "lab", .gaps = Gaps::drop}, {.label = "lab", .drop_unlabeled = true}}) {
      const Dataset data = parse_csv(text, options);
      CHECK(data.class_names == Names{"x", "y"});
      CHECK(data.inputs == (Matrix<float>(1, 2) << 1, 4).finished());
    }
  }
  CHECK(parse_csv("a,lab\n1,x\n2,NA\n", {.label = "lab", .classes = {"x", "NA"}}).labels ==
        std::vector<int>{0, 1});
}

TEST_CASE("more marks of a gap can be named, and the usual ones taken away") {
  const Dataset data = parse_csv("a,b\n-200,1\n3,gone\n", {.gaps = Gaps::mean, .missing = {"-200", "gone"}});
  CHECK(data.inputs == (Matrix<float>(2, 2) << 3, 3, 1, 1).finished());
  const Dataset text =
      parse_csv("a,b\n-,1\nNA,2\n", {.text = Text::one_hot, .header = CsvHeader::yes, .usual_marks = false});
  CHECK(text.feature_names == Names{"a=NA", "b"});
}

TEST_CASE("a field with a quote inside is read, or left out") {
  const Dataset data =
      parse_csv("id,height,size,y\n1,1.5,5'11\",0\n2,2.5,6'0\",1\n", {.label = "y", .ignore = "size"});
  CHECK(data.inputs == (Matrix<float>(2, 2) << 1, 2, 1.5, 2.5).finished());
}

TEST_CASE("a label with more different numbers than classes have is refused") {
  std::string prices = "x,y\n", ids = "x,y\n", digits = "x,y\n";
  for (int k = 0; k < 60; ++k) {
    prices += fmt::format("1,{}.5\n", k % 30);
    ids += fmt::format("1,{}\n", 1000 + k);
    digits += fmt::format("1,{}\n", k % 25);
  }
  CHECK(message_of([&] { parse_csv(prices, {.label = "y"}); }) ==
        "csv text, column 2 of 2 (y): expected classes in the label column (the option target is for "
        "quantities, "
        "classes lists classes), found 30 different numbers in 60 rows");
  CHECK_THROWS_AS(parse_csv(ids, {.label = "y"}), FileError);
  CHECK(parse_csv(digits, {.label = "y"}).classes() == 25);
}

TEST_CASE("a file may have labels, targets and weights alone or together") {
  const Dataset labels = parse_csv("y\nb\na\nb\n", {.label = "y"});
  CHECK(labels.labels == std::vector<int>{1, 0, 1});
  CHECK(labels.samples() == 3);
  CHECK(labels.features() == 0);
  CHECK(parse_csv("1\n0\n1\n", {.label = 0}).labels == std::vector<int>{1, 0, 1});
  CHECK(parse_csv("1.5\n0.25\n", {.target = 0}).targets == (Matrix<float>(1, 2) << 1.5, 0.25).finished());
  const Dataset all =
      parse_csv("w,a,y,t,u\n1,2,p,4,5\n0.5,3,q,6,7\n", {.label = "y", .target = {"u", "t"}, .weight = "w"});
  CHECK(all.inputs == (Matrix<float>(1, 2) << 2, 3).finished());
  CHECK(all.targets == (Matrix<float>(2, 2) << 5, 7, 4, 6).finished());
  CHECK(all.labels == std::vector<int>{0, 1});
  CHECK(all.weights == std::vector<float>{1, 0.5});
  CHECK(message_of([] { parse_csv("w,a\n-1,2\n", {.weight = "w"}); }) ==
        "csv text:2, column 1 of 2 (w): expected a weight >= 0, found '-1'");
}

TEST_CASE("a column without a name that counts the rows, or names them, is no feature, and that is said") {
  for (const char* text : {",a,y\n0,5,p\n1,6,q\n", ",a,y\n1,5,p\n2,6,q\n", "\"rownames\",a,y\n1,5,p\n2,6,q\n",
                           "Unnamed: 0,a,y\n0,5,p\n1,6,q\n"}) {
    const Dataset data = parse_csv(text, {.label = "y"});
    CHECK(data.inputs == (Matrix<float>(1, 2) << 5, 6).finished());
    REQUIRE(data.notes.size() == 1);
    CHECK(data.notes[0].ends_with("is no feature: it counts the rows"));
  }
  CHECK(parse_csv(",a,y\n0,5,p\n2,6,q\n", {.label = "y"}).features() == 2);    // no count
  CHECK(parse_csv("id,a,y\n0,5,p\n1,6,q\n", {.label = "y"}).features() == 2);  // has a name
  const Dataset cars = parse_csv(",mpg,cyl\nMazda,21,6\nDatsun,22.8,4\n");
  CHECK(cars.inputs == (Matrix<float>(2, 2) << 21, 22.8F, 6, 4).finished());
  CHECK(cars.notes ==
        Names{"column 1 of 3 is no feature: it has no name, and a text of its own for each row"});
  // R's write.table leaves the name out altogether.
  CHECK(parse_csv("\"mpg\" \"cyl\"\n\"Mazda RX4\" 21 6\n\"Datsun\" 22.8 4\n", {.separator = ' '}).inputs ==
        cars.inputs);
  CHECK_THROWS_AS(parse_csv("a,b\n5,1,2\n9,3,4\n"), FileError);  // one number too many
}

TEST_CASE("a first column that may be row numbers, but is a feature, is said to be one") {
  std::string id = "id,a,y\n", drawn = ",a,y\n", years = "year,a,y\n", twice = ",a,y\n", few = "id,a,y\n";
  for (int k = 0; k < 12; ++k) {
    id += fmt::format("{},{},{}\n", k + 1, k % 5, k % 2);
    drawn += fmt::format("{},{},{}\n", (k * 7 + 3) % 40, k % 5, k % 2);  // of 40 rows, shuffled
    years += fmt::format("{},{},{}\n", 1990 + k, k % 5, k % 2);
    twice += fmt::format("{},{},{}\n", k / 2, k % 5, k % 2);
    if (k < 9) few += fmt::format("{},{},{}\n", k, k % 5, k % 2);
  }
  const Dataset counted = parse_csv(id, {.label = "y"}), rest = parse_csv(drawn, {.label = "y"});
  CHECK(counted.features() == 2);
  CHECK(
      counted.notes ==
      Names{
          "column 1 of 3 (id) counts the rows, and is read as a feature (the option ignore leaves it out)"});
  CHECK(rest.features() == 2);
  CHECK(rest.notes ==
        Names{"column 1 of 3 has no name and a whole number of its own in each row, and is read as "
              "a feature (the option ignore leaves it out)"});
  for (const std::string& text : {years, twice, few}) CHECK(parse_csv(text, {.label = "y"}).notes.empty());
  CHECK(parse_csv(id, {.label = "y", .ignore = "id"}).notes.empty());
  CHECK(parse_csv(id, counted.preparation).notes.empty());  // said once
}

TEST_CASE("labels with decimals are classes, and it is said that they may be quantities") {
  const Dataset halves = parse_csv("a,y\n1,0.5\n2,1\n3,0.5\n", {.label = "y"});
  CHECK(halves.labels == std::vector<int>{0, 1, 0});
  CHECK(halves.notes ==
        Names{"column 2 of 2 (y) has classes that are numbers with decimals, as '0.5' (the option "
              "target is for quantities)"});
  CHECK(parse_csv("a,y\n1,0.5\n2,1\n", halves.preparation).notes.empty());  // said once
  for (const char* text : {"a,y\n1,1.0\n2,2.0\n", "a,y\n1,v1.5\n2,v2\n"})
    CHECK(parse_csv(text, {.label = "y"}).notes.empty());
  CHECK(parse_csv("a,y\n1,0.5\n2,1\n", {.label = "y", .classes = {"0.5", "1"}}).notes.empty());
}

TEST_CASE("a comment over the table is no header, and the message names the option that skips it") {
  CHECK(message_of([] { parse_csv("# made by hand\n1,0\n2,1\n", {.label = "last"}); }) ==
        "csv text:1: expected as many names as there are fields in the next row, 2 (the option comment = '#' "
        "skips lines that begin so), found 1, behind '#'");
  CHECK(message_of([] { parse_csv("# made by hand\na,b\n1,0\n2,1\n", {.label = "last"}); }) ==
        "csv text:2: expected 1 fields as in the first row (the option comment = '#' skips lines that begin "
        "so), "
        "found 2");
  CHECK(message_of([] {
          parse_csv("# made by hand\na,b\n1,0\n2,1\n", {.label = "b"});
        }).find("comment = '#'") != std::string::npos);
  CHECK(parse_csv("#a,b\n1,0\n2,1\n", {.label = "b"}).feature_names == Names{"a"});
}

TEST_CASE("a target with text is named as one, and label reads its classes") {
  CHECK(message_of([] { parse_csv("a,b\n1,x\n2,y\n", {.target = "b"}); }) ==
        "csv text: expected numbers without gaps in the columns that are read (the option label reads "
        "classes), "
        "found a column with other fields\n"
        "  column 2 of 2 (b), a target: text in 2 of 2 rows (2 different), the first in line 2: 'x'");
  CHECK(message_of([] {
          parse_csv("a,b,w\n1,2,x\n2,3,1\n", {.target = "b", .weight = "w"});
        }).starts_with("csv text:2, column 3 of 3 (w), the weight: expected a number"));
}

TEST_CASE("a large file is read twice where text turns up late") {
  const TemporaryDirectory directory;
  std::string text = "a,b\n";
  for (int k = 0; k < 40'000; ++k) text += fmt::format("{},{}\n", k, k % 2 ? 1 : 3);
  text += "7,low\n";
  const Dataset data = read_csv(directory.write("a.csv", text), {.text = Text::one_hot});
  CHECK(data.feature_names == Names{"a", "b=1", "b=3", "b=low"});
  CHECK(data.inputs.rowwise().sum().tail(3) == (Matrix<float>(3, 1) << 20'000, 20'000, 1).finished());
}

TEST_CASE("classes of a second file are those of the first") {
  const Dataset train = parse_csv("a,y\n1,p\n2,q\n3,r\n", {.label = "y"});
  const Dataset test = parse_csv("a,y\n1,r\n", train.preparation);
  CHECK(test.labels == std::vector<int>{2});
  CHECK(message_of([&] { parse_csv("a,y\n1,s\n", train.preparation); }) ==
        "csv text:2: expected one of the 3 classes of the first file, found 's'");
  CHECK(message_of([] { parse_csv("a,y\n1,s\n", Dataset{}.preparation); }) ==
        "read_csv: expected the preparation of data that were read from a file, found none");
}

TEST_CASE("a second file may have a column of labels without any") {
  const Dataset train = parse_csv("a,y\n1,p\n2,q\n3,r\n", {.label = "y"});
  const Dataset test = parse_csv("a,y\n1,\n2,?\n", train.preparation);
  CHECK(test.samples() == 2);
  CHECK(test.labels.empty());
  CHECK(test.notes == Names{"column 2 of 2 (y) has no label in any row"});
  CHECK_THROWS_AS(parse_csv("a,y\n1,\n2,p\n", train.preparation), FileError);
}

TEST_CASE("no options are default options, and a preparation may be any kind of pointer or the value") {
  const Dataset train = parse_csv("a,b\n5,2\n", {});
  CHECK(train.features() == 2);
  CHECK(parse_csv<double>("a,b\n5,2\n", *train.preparation).features() == 2);
  CHECK(parse_csv("a,b\n5,2\n", std::make_shared<Preparation>(*train.preparation)).features() == 2);
}

TEST_CASE("data with a preparation keep it when they are cut") {
  const Dataset train =
      parse_csv(ship, {.label = "Survived", .gaps = Gaps::median, .text = Text::one_hot, .ignore = "Name"});
  const auto [first, second] = train.split(0.6, {.seed = 1});
  CHECK(preparation_of(first).columns.size() == 6);
  CHECK(second.cast<double>().preparation == train.preparation);
}
