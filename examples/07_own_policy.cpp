// SPDX-License-Identifier: MIT
// A policy of your own: every neuron reads at most k of its inputs. Two members make it a set of rows.
#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>
#include <espalier/testing.hpp>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = R"(07_own_policy: trains on the digits, every hidden neuron with at most 12 inputs
  --data FILE  pixels and label, comma-separated (default examples/data/digits.csv)
  --quick      2 epochs instead of 40
)";

/// At most k weights of a row are not zero. Not convex; the nearest such row keeps the k largest magnitudes.
struct FewInputs {
  esp::Index k = 16;

  static constexpr std::string_view name = "FewInputs";  // optional: what reports and messages call it

  template <class R>
  bool contains(const R& row) const {
    return (row != 0).count() <= k;
  }
  template <class R>
  void project(R& row) const {
    if (k >= row.size()) return;
    std::vector<esp::Index> order(static_cast<std::size_t>(row.size()));
    std::iota(order.begin(), order.end(), esp::Index{0});
    std::nth_element(order.begin(), order.begin() + k, order.end(),
                     [&](esp::Index a, esp::Index b) { return std::abs(row[a]) > std::abs(row[b]); });
    for (auto place = order.begin() + k; place != order.end(); ++place) row[*place] = 0;
  }
  void validate() const {  // optional: called when a layer is built with the policy
    esp::expect(k >= 0, name, "k >= 0", k);
  }
};
static_assert(esp::VectorSet<FewInputs>);

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  // Is it the projection? The set is not convex, so that `longer` and `variational` are not near 0.
  const esp::ProjectionErrors errors = esp::projection_check(FewInputs{.k = 2}, esp::Rng{1});
  fmt::print("{}\n", errors);
  if (!errors.holds()) throw esp::Error("FewInputs: the projection does not hold");

  auto [train, test] = esp::read_csv(arguments.text("--data", "examples/data/digits.csv"), {.label = "last"})
                           .split(0.8, esp::Rng{7});

  esp::Sequential net{esp::Dense(64, 64, FewInputs{.k = 12}), esp::ReLU{}, esp::Dense(64, 10)};
  initialize(net, esp::Rng{42});
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 1e-3}};
  fit(net, train, esp::CrossEntropy{}, optimizer, {.epochs = arguments.has("--quick") ? 2 : 40, .batch = 32});
  fmt::print("accuracy {:.3f}\n{}", accuracy(net, test), audit(net));
} catch (const std::exception& error) {
  return failed(error);
}
