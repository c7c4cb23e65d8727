// SPDX-License-Identifier: MIT
// A policy of your own: every neuron reads at most k of its inputs. Two members make it a set of rows.
#include <espalier/espalier.hpp>

using namespace espalier;

/// At most k weights of a row are not zero. Not convex; the nearest such row keeps the k largest magnitudes.
struct FewInputs {
  Index k = 16;

  static constexpr std::string_view name = "FewInputs";  // optional: what reports and messages call it

  template <class R>
  bool contains(const R& row) const {
    return (row != 0).count() <= k;
  }
  template <class R>
  void project(R& row) const {
    if (k >= row.size()) return;
    std::vector<typename R::Scalar> sizes(static_cast<std::size_t>(row.size()));
    std::transform(row.begin(), row.end(), sizes.begin(), [](auto w) { return std::abs(w); });
    std::nth_element(sizes.begin(), sizes.begin() + k, sizes.end(), std::greater<>{});
    const auto most = sizes[static_cast<std::size_t>(k)];  // k weights are larger; equal ones go too
    row = (row.abs() > most).select(row, 0);
  }
  void validate() const {  // optional: called when a layer is built with the policy
    if (k < 0) throw ValueError(fmt::format("FewInputs: expected k >= 0, found {}", k));
  }
};
static_assert(RowSet<FewInputs>);

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  auto [train, test] = read_csv("examples/data/digits.csv", {.label = "last"}).split(0.8, Rng{7});

  Sequential net{Dense(64, 64, FewInputs{.k = 12}), ReLU{}, Dense(64, 10)};
  initialise(net, Rng{42});
  Adam optimizer{{.rate = 1e-3}};
  fit(net, train, CrossEntropy{}, optimizer, {.epochs = quick ? 2 : 40, .batch = 32});
  fmt::print("accuracy {:.3f}\n{}", accuracy(net, test), audit(net));
}
