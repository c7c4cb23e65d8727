// SPDX-License-Identifier: MIT
#include "study/chart.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "../report/xml.hpp"
#include "catch.hpp"
#include "study/trial.hpp"

using namespace study::page;

namespace {

std::vector<Element> named(const std::string& page, const std::string& name, const std::string& style) {
  std::vector<Element> found;
  for (const Element& e : elements_of("<div>" + page + "</div>"))
    if (e.name == name && e.attributes.contains("class") &&
        e.attributes.at("class").find(style) != std::string::npos)
      found.push_back(e);
  return found;
}

double at(const Element& e, const char* name) { return std::stod(e.attributes.at(name)); }

/// Where the dots are.
std::vector<Point> dots(const std::string& page) {
  std::vector<Point> all;
  for (const Element& e : named(page, "circle", "dot")) all.push_back({at(e, "cx"), at(e, "cy")});
  return all;
}

Chart plain(std::vector<ChartPoint> points) { return {"Title", "x", "y", {{"line", std::move(points)}}}; }

}  // namespace

TEST_CASE("On linear axes equal steps are equal distances, upwards for larger values") {
  const std::vector<Point> at = dots(figure(plain({{0, 1}, {1, 2}, {3, 4}})));
  REQUIRE(at.size() == 3);
  CHECK(at[2].x - at[1].x == Catch::Approx(2 * (at[1].x - at[0].x)).margin(0.3));
  CHECK(at[1].y - at[2].y == Catch::Approx(2 * (at[0].y - at[1].y)).margin(0.3));
  CHECK(at[1].y < at[0].y);
}

TEST_CASE("On a logarithmic axis equal ratios are equal distances") {
  Chart chart = plain({{0.001, 1}, {0.01, 10}, {1, 1000}});
  chart.log_x = chart.log_y = true;
  const std::vector<Point> at = dots(figure(chart));
  REQUIRE(at.size() == 3);
  CHECK(at[2].x - at[1].x == Catch::Approx(2 * (at[1].x - at[0].x)).margin(0.3));
  CHECK(at[1].y - at[2].y == Catch::Approx(2 * (at[0].y - at[1].y)).margin(0.3));
}

TEST_CASE("A reversed axis has large numbers on the left") {
  Chart chart = plain({{10, 1}, {1, 2}, {0.1, 3}});
  chart.log_x = chart.reversed = true;
  const std::vector<Point> at = dots(figure(chart));
  REQUIRE(at.size() == 3);
  CHECK(at[0].x < at[1].x);
  CHECK(at[1].x < at[2].x);
}

TEST_CASE("The marks stand at the numbers that they mark") {
  Chart chart = plain({{1, 5}, {2, 7}, {3, 6}, {4, 2}});
  chart.best = 2, chart.hurts_from = 3, chart.level = 6, chart.level_name = "unconstrained";
  const std::string page = figure(chart);
  const std::vector<Point> at_dots = dots(page);
  const Element zone = named(page, "rect", "hurts").at(0), best = named(page, "path", "best").at(0),
                level = named(page, "path", "level").at(0);
  CHECK(at(zone, "x") == Catch::Approx(at_dots[2].x).margin(0.11));
  CHECK(at(zone, "x") + at(zone, "width") >= at_dots[3].x);
  CHECK(std::stod(best.attributes.at("d").substr(1)) == Catch::Approx(at_dots[1].x).margin(0.11));
  const std::string d = level.attributes.at("d");
  CHECK(std::stod(d.substr(d.find(' '))) == Catch::Approx(at_dots[2].y).margin(0.11));
  for (const char* const word : {"best", "hurts from here", "unconstrained"})
    CHECK(page.find(word) != std::string::npos);
}

TEST_CASE("A whisker goes from the low to the high end of its interval") {
  const std::string page = figure(plain({{0, 10, 8, 14}, {1, 8}, {2, 14}, {3, 20, 0.5, std::nan("")}}));
  const std::vector<Point> at = dots(page);
  const std::vector<Element> whiskers = named(page, "path", "whisker");
  REQUIRE(whiskers.size() == 1);
  const std::string d = whiskers[0].attributes.at("d");
  CHECK(std::stod(d.substr(1)) == Catch::Approx(at[0].x));
  CHECK(std::stod(d.substr(d.find(' '))) == Catch::Approx(at[1].y).margin(0.11));
  CHECK(std::stod(d.substr(d.find('V') + 1)) == Catch::Approx(at[2].y).margin(0.11));
}

TEST_CASE("A whisker that is much longer than all else is cut off and does not flatten the lines") {
  const std::vector<Point> at = dots(figure(plain({{0, 1, -1e6, 1e6}, {1, 2}})));
  CHECK(at[0].y - at[1].y > 30);
}

TEST_CASE("Points that are not finite are gaps, and a chart without points is nothing") {
  const double infinite = std::numeric_limits<double>::infinity();
  CHECK(figure(plain({})).empty());
  CHECK(figure(plain({{1, std::nan("")}, {2, infinite}})).empty());
  const std::string page = figure(plain({{1, 1}, {2, std::nan("")}, {3, infinite}, {4, 2}, {5, 3}}));
  CHECK(dots(page).size() == 3);
  const std::string line = named(page, "path", "line").at(0).attributes.at("d");
  CHECK(std::count(line.begin(), line.end(), 'M') == 2);
  CHECK(page.find("nan") == std::string::npos);
  CHECK(page.find("inf") == std::string::npos);
}

TEST_CASE("Charts of one point, of equal points and of zeros on logarithmic axes are drawn") {
  for (std::vector<ChartPoint> points : {std::vector<ChartPoint>{{0, 0}},
                                         {{1, 3, 3, 3}},
                                         {{1, 3}, {2, 3}},
                                         {{0, 0}, {1, 5}},
                                         {{-1, -2}, {1, 5}}})
    for (const bool log : {false, true}) {
      Chart chart = plain(points);
      chart.log_x = chart.log_y = log;
      const std::string page = figure(chart);
      CHECK(dots(page).size() == points.size());
      CHECK(page.find("nan") == std::string::npos);
      CHECK(page.find("inf") == std::string::npos);
    }
}

TEST_CASE("An interval with one end that is infinite leaves a logarithmic axis as it is") {
  const double infinite = std::numeric_limits<double>::infinity();
  Chart chart = plain({{1, 1, 0, infinite}, {2, 10, 0, infinite}, {3, 100, 0, infinite}});
  chart.log_y = true;
  const std::vector<Point> at = dots(figure(chart));
  REQUIRE(at.size() == 3);
  CHECK(at[0].y - at[1].y == Catch::Approx(at[1].y - at[2].y).margin(0.3));
  CHECK(at[0].y - at[2].y > 100);
}

TEST_CASE("A logarithmic axis is not stretched by whiskers that reach below 0 or far up") {
  Chart chart = plain({{1, 1, 0.9, 1.1}, {2, 1000, -1e6, 1e6}});
  chart.log_y = true;
  const std::vector<Point> at = dots(figure(chart));
  CHECK(at[0].y - at[1].y > 100);
}

TEST_CASE("More than seven lines stand in several pictures, each with the unconstrained one") {
  std::vector<ChartSeries> all{{study::free_name, {{1, 1}}}};
  for (int k = 0; k < 9; ++k) all.push_back({"policy " + std::to_string(k), {{1, 2.0 + k}}});
  const std::string page = figures({"Title", "x", "y"}, all);
  CHECK(named(page, "circle", "dot").size() == 11);
  CHECK(named(page, "circle", "s7 dot").size() == 2);
  CHECK(page.find("Title, 2 of 2") != std::string::npos);
  CHECK(figures({"Title", "x", "y"}, {}).empty());
}

TEST_CASE("A forest shows each interval about its middle, and the neutral line") {
  const Forest forest{
      "Title", "x", 0, {{"a", 2, 1, 3, "+2"}, {"b <&>", -1, -3, 1, "-1"}, {"c", 1, none, none}}};
  const std::string page = figure(forest);
  const std::vector<Point> at_dots = dots(page);
  REQUIRE(at_dots.size() == 3);
  CHECK(named(page, "path", "line").size() == 2);
  const double neutral = std::stod(named(page, "path", "level").at(0).attributes.at("d").substr(1));
  const double unit = at_dots[0].x - at_dots[2].x;
  CHECK(at_dots[2].x - neutral == Catch::Approx(unit).margin(0.3));
  CHECK(neutral - at_dots[1].x == Catch::Approx(unit).margin(0.3));
  CHECK(page.find("b &lt;&amp;&gt;") != std::string::npos);
  CHECK(figure(Forest{"Title", "x"}).empty());
}
