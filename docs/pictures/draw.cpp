// SPDX-License-Identifier: MIT
// Draws the pictures of docs/constraints.md, of two weights each, as SVG: draw FOLDER
// Blue is what a set contains, or where a penalty is at most 1/4, 1/2, 1. Dots are where a grid of weights
// goes after a step, lines lead there. A policy of one's own is one more line in `draw_all`.
#include <espalier/espalier.hpp>
#include <espalier/testing/checked_pack.hpp>
#include <fstream>
#include <functional>
#include <iostream>
#include <set>

namespace {

using namespace espalier;
using Numbers = detail::CheckedNumbers<double>;

constexpr double half = 1.6;  // the picture shows -half to half
constexpr int side = 96;      // pixels
constexpr double grid = 0.2;  // between the weights that go to the dots
constexpr double from = 1.4;  // as far out as lines begin

/// Where two weights stand in a matrix.
using Place = std::function<Numbers(double x, double y)>;
struct View {
  Index rows, cols;
  Place place;
  std::size_t first, second;  // their places in it
};
const View vector{1, 2, [](double x, double y) { return Numbers{x, y}; }, 0, 1};
const View diagonal{2, 2, [](double x, double y) { return Numbers{x, 0, 0, y}; }, 0, 3};
const View symmetric{2, 2, [](double x, double y) { return Numbers{x, y, y, x}; }, 0, 1};
const View corners{2, 2, [](double x, double y) { return Numbers{0, x, y, 0}; }, 1, 2};
const View column{2, 1, [](double x, double y) { return Numbers{x, y}; }, 0, 1};

std::string number(double x) { return fmt::format("{:.4g}", std::round(x * 10) / 10 + 0.0); }
double pixel_x(double x) { return (x + half) / (2 * half) * side; }
double pixel_y(double y) { return (half - y) / (2 * half) * side; }

/// Rows of pixels of what `inside` says, each a rectangle from one edge to the next.
std::string area(const std::function<bool(double, double)>& inside) {
  std::string path;
  for (int row = 0; row < side; ++row) {
    const double y = half - (row + 0.5) * 2 * half / side;
    int begin = -1;
    for (int col = 0; col <= side; ++col) {
      const bool in = col < side && inside((col + 0.5) * 2 * half / side - half, y);
      if (in && begin < 0) begin = col;
      if (!in && begin >= 0)
        path += fmt::format("M{} {}h{}v1H{}z", begin, row, col - begin, begin), begin = -1;
    }
  }
  return path;
}

class Picture {
 public:
  Picture(const AnyPack<double>& pack, const View& view, Numbers start)
      : pack_(pack, view.rows, view.cols), view_(view) {
    if (!start.empty()) pack_.start(start);
  }

  std::string svg() {
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" width=\"{0}\" height=\"{0}\">\n"
        "<path d=\"M0 {1}H{0}M{1} 0V{0}\" stroke=\"#888\" stroke-width=\".5\"/>\n",
        side, side / 2);
    fill(text);
    lines(text);
    return text + "</svg>\n";
  }

 private:
  std::array<double, 2> moved(double x, double y) {
    const Numbers p = after(view_.place(x, y));
    return {p[view_.first], p[view_.second]};
  }
  /// After a step of size 1/4 (penalties), or in the set.
  Numbers after(const Numbers& w) {
    const auto& traits = pack_.pack().traits();
    if (traits.constrains()) return pack_.after(w, Numbers(w.size(), 0.25));
    Numbers moved = w;
    const Numbers g = pack_.gradient(w, Numbers(w.size()));
    for (std::size_t i = 0; i < w.size(); ++i)
      moved[i] = (w[i] - 0.25 * g[i]) * pack_.pack().shrink(0.25, 0.25);
    return moved;
  }
  void fill(std::string& text) {
    const auto add = [&](double opacity, auto&& inside) {
      const std::string path = area(inside);
      if (!path.empty())
        text += fmt::format("<path fill=\"#4a90d9\" fill-opacity=\"{}\" d=\"{}\"/>\n", opacity, path);
    };
    if (pack_.pack().traits().has_set)
      return add(0.45, [&](double x, double y) { return pack_.contains(view_.place(x, y)); });
    if (pack_.penalty(view_.place(1.3, 0.7)) > 0)
      for (const double most : {0.25, 0.5, 1.0})
        add(0.2, [&](double x, double y) { return pack_.penalty(view_.place(x, y)) <= most; });
  }
  void lines(std::string& text) {
    std::string path, dots;
    for (int k = 0; k < 12; ++k) {
      const double angle = 0.26 + k * 3.14159265358979 / 6, x = from * std::cos(angle),
                   y = from * std::sin(angle);
      const auto [px, py] = moved(x, y);
      path += fmt::format("M{} {}L{} {}", number(pixel_x(x)), number(pixel_y(y)), number(pixel_x(px)),
                          number(pixel_y(py)));
    }
    std::set<std::string> seen;
    for (double y = grid / 2 - half; y < half; y += grid)
      for (double x = grid / 2 - half; x < half; x += grid) {
        const auto [px, py] = moved(x, y);
        if (std::abs(px) > half || std::abs(py) > half) continue;
        const std::string dot = fmt::format("M{} {}h0", number(pixel_x(px)), number(pixel_y(py)));
        if (seen.insert(dot).second) dots += dot;
      }
    text += fmt::format("<path stroke=\"#888\" stroke-width=\".7\" fill=\"none\" d=\"{}\"/>\n", path);
    text += fmt::format("<path stroke=\"#d9662b\" stroke-width=\"2\" stroke-linecap=\"round\" d=\"{}\"/>\n",
                        dots);
  }

  detail::CheckedPack<double> pack_;
  View view_;
};

std::string folder;

template <class P>
void draw(const P& policy, const View& view = vector, const Numbers& start = {}) {
  const std::string file = folder + "/" + std::string(policy_name<detail::Ungrouped<P>>()) + ".svg";
  std::ofstream out(file, std::ios::binary);
  out << Picture(AnyPack<double>(Pack<P>(policy)), view, start).svg();
  if (!out.flush()) throw Error("cannot write " + file);
}

void draw_all() {
  draw(L1{1}), draw(L0{0.5}), draw(L2{1}), draw(L2ToStart{1}, vector, {0.8, 0.5}), draw(WeightDecay{1});
  draw(GroupLasso{1}), draw(GroupMcp{1}), draw(GroupScad{1}), draw(TotalVariation{1});
  draw(NuclearNorm{1}, diagonal), draw(Orthogonality{1}, diagonal);
  draw(Clip{-0.5, 1}), draw(NonNegative{}), draw(NonPositive{}), draw(SignPattern{1, -1}, vector, {0, 0});
  draw(Mask{1, 0}, vector, {0, 0}), draw(Frozen{1, 0}, vector, {0.7, 0}),
      draw(RelativeClip{1.2}, vector, {0, 0});
  draw(LowerBounds{-0.3, 0.5}, vector, {1, 1}), draw(UpperBounds{-0.3, 0.5}, vector, {-1, -1});
  draw(Grid{0.5, -1, 1}), draw(Levels{-1, 0, 0.3, 1});
  draw(MinMaxNorm{0.5, 1}), draw(Tied{1, -1}), draw(Palindromic{}), draw(Symmetric{}, corners),
      draw(Circulant{}, diagonal);
  draw(MaxNorm{1}), draw(UnitNorm{}), draw(L1Ball{1}), draw(Simplex{1}), draw(SumTo{0.5});
  draw(HalfSpace{{1, 2}, 1}), draw(Isotonic{}), draw(TopK{1}), draw(NofM{1, 2});
  draw(SignedSumBound{1}), draw(TopKSum{1, 1});
  draw(InfinityNorm{1}), draw(OneNorm{1}, column);
  draw(SpectralBall{1}, diagonal), draw(OnSingularValues{Clip{-1, 1}}, diagonal),
      draw(NuclearBall{1}, diagonal);
  draw(LowRank{1}, diagonal), draw(Conditioned{0.5, 1.2}, diagonal), draw(Orthonormal{}, diagonal);
  draw(OnEigenvalues{Clip{-0.5, 1}}, symmetric), draw(SkewSymmetric{}, corners);
  std::ofstream(folder + "/PositiveSemidefinite.svg", std::ios::binary)
      << Picture(AnyPack<double>(Pack(PositiveSemidefinite{})), symmetric, {}).svg();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw Error("expected one argument, a folder: draw docs/pictures");
  folder = argv[1];
  draw_all();
} catch (const std::exception& error) {
  std::cerr << "error: " << error.what() << '\n';
  return 1;
}
