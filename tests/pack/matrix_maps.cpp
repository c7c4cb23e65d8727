// SPDX-License-Identifier: MIT
#include "espalier/pack/matrix_maps.hpp"

#include "../support.hpp"
#include "espalier/pack/any_pack.hpp"

using namespace espalier;

namespace {

/// W is P with its rows in the opposite order, times a factor beside it.
struct Turned {
  static constexpr std::string_view beside_name = "factor";
  static constexpr bool trains_beside = true;

  Index beside(Index, Index) const { return 1; }
  Index room_for(Index rows, Index) const { return rows; }

  template <Scalar S>
  void weight(Block<const S> p, ConstArrayMap<S> factor, Block<S> w, double* room) const {
    room[w.rows - 1] = 1;
    for (Index j = 0; j < w.rows; ++j)
      for (Index i = 0; i < w.cols; ++i) w.row(j)[i] = factor[0] * p.row(p.rows - 1 - j)[i];
  }
  template <Scalar S>
  void pull_back(Block<const S> p, ConstArrayMap<S>, Block<const S>, Block<S> dw, ArrayMap<S> d_factor,
                 double*) const {
    d_factor[0] = dw.data[0] + p.data[0];
  }
  template <Scalar S>
  bool parameter(Block<S> w, ArrayMap<S> factor, double*) const {
    factor[0] = 2;
    for (Index j = 0; j < w.size() / 2; ++j) std::swap(w.data[j], w.data[w.size() - 1 - j]);
    return w.data[0] != 0;
  }
};
static_assert(MatrixMap<Turned> && Policy<Turned> && HasNumbersBeside<Turned>);

}  // namespace

TEMPLATE_TEST_CASE("A pack makes the weight of all that is stored, with the numbers beside it", "", float,
                   double) {
  const AnyPack<TestType> pack{Pack(Turned{})};
  CHECK((pack.traits().maps && pack.traits().beside && !pack.traits().scales_rows));
  CHECK(pack.beside(3, 1) == 1);
  std::vector<TestType> numbers{1, 2, 3};
  const TestType factor = 10;
  pack.to_weight({numbers.data(), 3, 1}, &factor);
  CHECK(numbers == std::vector<TestType>{30, 20, 10});
  TestType changed = 0;
  CHECK(pack.to_stored({numbers.data(), 3, 1}, &changed));
  CHECK(numbers == std::vector<TestType>{10, 20, 30});
  CHECK(changed == 2);
  numbers.back() = 0;
  CHECK_FALSE(pack.to_stored({numbers.data(), 3, 1}, &changed));
  CHECK(AnyPack<TestType>{}.beside(3, 1) == 0);
}

TEST_CASE("Its gradient, and that of what is beside, are handed on") {
  const std::vector<double> p{1, 2}, w{2, 1};
  std::vector<double> dw{5, 6};
  const double factor = 1;
  double d_factor = 0;
  detail::map_pull_back(Turned{}, Block<const double>{p.data(), 2, 1}, &factor,
                        Block<const double>{w.data(), 2, 1}, Block<double>{dw.data(), 2, 1}, &d_factor);
  CHECK(d_factor == 6);
}
