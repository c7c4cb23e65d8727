// SPDX-License-Identifier: MIT
#include "espalier/report/line_chart.hpp"

#include "../catch.hpp"
#include "xml.hpp"

using namespace espalier::detail;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

LineChart chart_of(std::vector<double> values) {
  LineChart chart;
  chart.title = "Loss";
  for (std::size_t i = 0; i < values.size(); ++i) chart.epochs.push_back(static_cast<double>(i + 1));
  chart.lines.push_back({"a", std::move(values)});
  return chart;
}

DrawnLine drawn_line(const LineChart& chart, const std::string& name = "a") {
  return line_in(elements_of(figure(chart)), chart.title, name);
}

}  // namespace

TEST_CASE("the points of a line are its values, on linear and logarithmic axes") {
  for (const std::vector<double>& values :
       {std::vector<double>{0.3, -0.2, 0.25, 0.1}, {1, 0.1, 0.003, 0.5}}) {
    const DrawnLine line = drawn_line(chart_of(values));
    CHECK(line.log == (values[0] == 1));
    CHECK(line.parts == 1);
    REQUIRE(line.points.size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      CHECK(line.points[i].x == Catch::Approx(static_cast<double>(i + 1)).margin(3.0 / 5600));
      CHECK(drawn_as(line, line.points[i].y, values[i]));
    }
  }
}

TEST_CASE("what is not finite is a gap, and a value between gaps a dot") {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::string text = figure(chart_of({1, 2, missing, 3, infinity, 4, 5, -infinity, missing}));
  const DrawnLine line = line_in(elements_of(text), "Loss", "a");
  CHECK(line.parts == 3);
  CHECK(line.points.size() == 5);
  CHECK(text.find("nan") == text.npos);
  CHECK(text.find("inf") == text.npos);
  CHECK(text.find("<b>5</b>") != text.npos);  // the last value that there is
}

TEST_CASE("one epoch, equal values and values of any size are drawn; nothing is without values") {
  CHECK(drawn_line(chart_of({0.5})).points.size() == 1);
  CHECK(drawn_as(drawn_line(chart_of({0.5})), drawn_line(chart_of({0.5})).points[0].y, 0.5));
  for (const double x : {0.0, 1e-320, 1e-12, 1e299, -4.0}) {
    const DrawnLine line = drawn_line(chart_of({x, x}));
    REQUIRE(line.points.size() == 2);
    CHECK(drawn_as(line, line.points[1].y, x));
  }
  CHECK(drawn_line(chart_of({-1e299, 1e299, 1e308})).points.size() == 2);
  CHECK(figure(chart_of({missing, missing})).empty());
  CHECK(figure(chart_of({})).empty());
}

TEST_CASE("a thinned line keeps first, last, every extreme and gaps") {
  std::vector<double> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(0.9 * static_cast<double>(i));
  values[313] = 7, values[314] = -9, values[777] = missing, values[778] = 8;
  LineChart chart = chart_of(values);
  chart.most = 100;
  const std::vector<std::size_t> places = thinned(values, 100);
  CHECK(places.size() <= 105);
  for (const std::size_t i : std::vector<std::size_t>{0, 313, 314, 777, 778, 999})
    CHECK(std::find(places.begin(), places.end(), i) != places.end());
  const DrawnLine line = drawn_line(chart);
  CHECK(line.parts == 2);
  for (const Point& p : line.points) {
    const auto i = static_cast<std::size_t>(std::lround(p.x)) - 1;
    CHECK(drawn_as(line, p.y, values[i]));
  }
  CHECK(thinned(values, 1000).size() == 1000);
  CHECK(thinned({}, 10).empty());
  CHECK(thinned(values, 1).size() <= 5);
}

TEST_CASE("names and titles are text, whatever signs they have") {
  LineChart chart = chart_of({1, 2});
  chart.title = "<Loss> & {}";
  chart.lines[0].name = "a \"b\" <c>{:d}";
  const DrawnLine line = drawn_line(chart, chart.lines[0].name);
  CHECK(line.points.size() == 2);
}
