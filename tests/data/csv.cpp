// SPDX-License-Identifier: MIT
#include "espalier/data/csv.hpp"

#include "data/files.hpp"

using namespace espalier;

namespace {

using Names = std::vector<std::string>;

constexpr std::string_view flowers =
    "length,width,species\n"
    "5.1,3.5,setosa\n"
    "6.2,2.9,virginica\n"
    "4.9,3,setosa\n"
    "5.9,2.8,\"versi,color\"\n";

}  // namespace

TEST_CASE("the handwritten digits are read from their file") {
  const Dataset digits = read_csv("examples/data/digits.csv", {.label = "last"});
  digits.validate();
  CHECK(digits.samples() == 1797);
  CHECK(digits.features() == 64);
  CHECK(digits.class_names == Names{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  std::vector<int> counts(10);
  for (const int label : digits.labels) ++counts[static_cast<std::size_t>(label)];
  CHECK(counts == std::vector<int>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180});
  CHECK(digits.inputs.minCoeff() == 0);
  CHECK(digits.inputs.maxCoeff() == 16);
  CHECK(digits.inputs.col(0).head(8).transpose() ==
        (Matrix<float>(1, 8) << 0, 0, 5, 13, 9, 1, 0, 0).finished());
  CHECK(read_csv<double>("examples/data/digits.csv", {.label = -1}).inputs.cast<float>() == digits.inputs);
}

TEMPLATE_TEST_CASE("text with a header becomes features, labels and names", "", float, double) {
  for (const CsvOptions& options :
       {CsvOptions{.label = "species"}, CsvOptions{.label = 2}, CsvOptions{.label = "last"}}) {
    const BasicDataset<TestType> data = parse_csv<TestType>(flowers, options);
    data.validate();
    CHECK(data.inputs ==
          (Matrix<double>(2, 4) << 5.1, 6.2, 4.9, 5.9, 3.5, 2.9, 3, 2.8).finished().cast<TestType>());
    CHECK(data.labels == std::vector<int>{0, 2, 0, 1});
    CHECK(data.class_names == Names{"setosa", "versi,color", "virginica"});
    CHECK(data.feature_names == Names{"length", "width"});
  }
}

TEST_CASE("text without a header has no feature names") {
  const Dataset data = parse_csv("a,1,2\nb,3,4", {.label = 0, .header = CsvHeader::no});
  CHECK(data.inputs == (Matrix<float>(2, 2) << 1, 3, 2, 4).finished());
  CHECK(data.labels == std::vector<int>{0, 1});
  CHECK(data.feature_names.empty());
  CHECK(parse_csv("1,2").inputs.col(0) == (Matrix<float>(2, 1) << 1, 2).finished());
}

TEST_CASE("targets are read in the order of the options") {
  const Dataset data = parse_csv("mpg,name,weight,year\n18,chevrolet,3504,70\n15,buick,3693,71\n",
                                 {.target = {"year", "mpg"}, .ignore = "name"});
  data.validate();
  CHECK(data.targets == (Matrix<float>(2, 2) << 70, 71, 18, 15).finished());
  CHECK(data.inputs == (Matrix<float>(1, 2) << 3504, 3693).finished());
  CHECK(data.feature_names == Names{"weight"});
  CHECK(data.labels.empty());
  CHECK(data.classes() == 0);
}

TEST_CASE("classes of numbers are in the order of numbers, all others in the order of text") {
  CHECK(parse_csv("1,10\n1,9\n1,-1\n1,9.0\n", {.label = 1}).class_names == Names{"-1", "9", "10"});
  CHECK(parse_csv("1,10\n1,9\n1,-1\n1,9.0\n", {.label = 1}).labels == std::vector<int>{2, 1, 0, 1});
  CHECK(parse_csv("1,10\n1,9\n1,x\n", {.label = 1}).class_names == Names{"10", "9", "x"});
  CHECK(parse_csv("1,-0\n1,0\n", {.label = 1}).class_names == Names{"0"});
}

TEST_CASE("whole numbers that doubles do not tell apart are classes of their own") {
  const Dataset data =
      parse_csv("1,9007199254740993\n1,9007199254740992\n1,7.0\n1,9007199254740993\n", {.label = 1});
  CHECK(data.class_names == Names{"7", "9007199254740992", "9007199254740993"});
  CHECK(data.labels == std::vector<int>{2, 1, 0, 2});
}

TEST_CASE("a second file takes its classes from the first") {
  const CsvOptions options{.label = 1, .classes = {"setosa", "versicolor", "virginica"}};
  const Dataset data = parse_csv("1,virginica\n2,setosa\n", options);
  CHECK(data.labels == std::vector<int>{2, 0});
  CHECK(data.class_names == options.classes);
  CHECK(parse_csv("1,3\n2,1.0\n", {.label = 1, .classes = {"1", "2", "3"}}).labels == std::vector<int>{2, 0});
  CHECK(message_of([&] { parse_csv("1,setosa\n2,rose\n3,rose\n", options); }) ==
        "csv text:2: expected one of the 3 classes in the options, found 'rose'");
}

TEST_CASE("lines before the table can be skipped") {
  const Dataset data = parse_csv("2,1,setosa\n\n1,a\n2,b\n", {.label = "last", .skip = 1});
  CHECK(data.inputs == (Matrix<float>(1, 2) << 1, 2).finished());
}

TEST_CASE("a table may stand between blanks or semicolons") {
  CHECK(parse_csv(" 1.5  2\n 3    4\n", {.separator = ' '}).inputs ==
        (Matrix<float>(2, 2) << 1.5, 3, 2, 4).finished());
  CHECK(parse_csv("1.5;2\n3;4\n", {.separator = ';'}).features() == 2);
}

TEST_CASE("a bad field is refused with its file, line and column") {
  const auto message = [](std::string_view text) {
    return message_of([&] { parse_csv(text, {.label = "c"}); });
  };
  CHECK(
      message("a,b,c\n1,2,x\n1,oops,y\n") ==
      "csv text:3, column 2 of 3 (b): expected a number (the option text = Text::one_hot reads texts; ignore "
      "leaves out columns), found 'oops'");
  CHECK(message("a,b,c\n1,,y\n") ==
        "csv text:2, column 2 of 3 (b): expected a number (the option gaps fills gaps or drops their rows; "
        "ignore "
        "leaves out columns), found an empty field");
  CHECK(message("a,b,c\ninf,1,y\n") ==
        "csv text:2, column 1 of 3 (a): expected a finite number, found 'inf'");
  CHECK(message("a,b,c\n1,1e60,y\n") ==
        "csv text:2, column 2 of 3 (b): expected a number within the range of its precision, found '1e60'");
  CHECK(message("a,b,c\n1,2,\n") ==
        "csv text:2, column 3 of 3 (c): expected a label (the option drop_unlabeled leaves "
        "out rows without a label or target), found an empty field");
  CHECK(message("a,b,c\n1,2,NaN\n") ==
        "csv text:2, column 3 of 3 (c): expected a label (the option drop_unlabeled leaves "
        "out rows without a label or target), found 'NaN'");

  const TemporaryDirectory directory;
  const auto path = directory.write("bad.csv", "5,2\n\"3\n\n\",4\n1,x\n");
  CHECK(message_of([&] { read_csv(path); }) ==
        path.string() +
            ": expected numbers without gaps in the columns that are read (the option text = Text::one_hot "
            "reads "
            "texts; ignore leaves out columns), found 2 columns with other fields\n"
            "  column 1 of 2: text in 1 of 3 rows (1 different), the first in line 2: '3\\n\\n'\n"
            "  column 2 of 2: text in 1 of 3 rows (1 different), the first in line 5: 'x'");
}

TEST_CASE("a header of numbers is not trained on, a first row without values is not lost") {
  CHECK_THROWS_AS(parse_csv("0,1,2\n0.5,0.25,0\n0.5,0.75,1\n", {.label = "last"}), FileError);
  CHECK(parse_csv("0,1,2\n0.5,0.25,0\n", {.label = "last", .header = CsvHeader::yes}).samples() == 1);
  CHECK_THROWS_AS(parse_csv(",,a\n1,5,b\n2,6,c\n", {.label = "last"}), FileError);
}

TEST_CASE("rows of different lengths are refused with the line") {
  CHECK(message_of([] { parse_csv("5,2\n3,4\n5\n"); }) ==
        "csv text:3: expected 2 fields as in the first row, found 1");
  CHECK_THROWS_AS(parse_csv("5,2\n3,4,5\n"), FileError);
  CHECK_THROWS_AS(parse_csv("a,b\n1,2,3\n"), FileError);
  CHECK(message_of([] { parse_csv("5,2\n3,4,\n"); }) ==
        "csv text:2: expected 2 fields as in the first row (the option trailing_separators reads separators "
        "too "
        "many), found 3");
}

TEST_CASE("a text without rows is refused") {
  for (const char* text : {"", "\n\n", "\xEF\xBB\xBF"}) CHECK_THROWS_AS(parse_csv(text), FileError);
  CHECK_THROWS_AS(parse_csv("1,2\n", {.skip = 1}), FileError);
  CHECK(message_of([] { parse_csv("a,b\n", {.label = "b"}); }) ==
        "csv text: expected a row after the header, found none");
}

TEST_CASE("a file that cannot be read is refused") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(read_csv(directory / "missing.csv"), FileError);
  CHECK_THROWS_AS(read_csv(directory / ""), FileError);
}

TEST_CASE("options that contradict themselves are refused") {
  CHECK_THROWS_AS(parse_csv("1,2,3", {.classes = {"a"}}), ValueError);
  CHECK_THROWS_AS(parse_csv("1,2,a", {.label = 2, .classes = {"a", "a"}}), ValueError);
  CHECK_THROWS_AS(parse_csv("1,2,3", {.skip = -1}), ValueError);
  for (const char separator : {'"', '\n', '\r', '.', '-', '+', '0', 'e'})
    CHECK_THROWS_AS(parse_csv("1,2,3", {.separator = separator}), ValueError);
}
