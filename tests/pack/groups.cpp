// SPDX-License-Identifier: MIT
#include "espalier/pack/groups.hpp"

#include <numeric>
#include <vector>

#include "catch.hpp"

using namespace espalier;
using detail::each_group;

TEST_CASE("Groups are rows, columns or all of a weight; what is done to them is done to it") {
  // 3 x 20: more columns than are gathered at a time
  std::vector<float> w(60), t(60);
  std::iota(w.begin(), w.end(), 0.0F);
  std::iota(t.begin(), t.end(), 100.0F);
  const Block<float> all{w.data(), 3, 20};
  std::vector<float> room(static_cast<std::size_t>(detail::gathered_size<float>(3, true)));
  Index column = 0;
  each_group<Grain::column>(all, Steps<float>{t.data(), 1}, room.data(),
                            [&](float* group, Index n, Steps<float> steps, const PolicyMemory<float>&) {
                              REQUIRE(n == 3);
                              for (Index j = 0; j < 3; ++j) {
                                CHECK(group[j] == static_cast<float>(20 * j + column));
                                CHECK(steps[j] == static_cast<float>(100 + 20 * j + column));
                                group[j] = -group[j];
                              }
                              ++column;
                            });
  CHECK(column == 20);
  for (std::size_t i = 0; i < w.size(); ++i) CHECK(w[i] == -static_cast<float>(i));

  std::vector<Index> sizes;
  each_group<Grain::row>(all, [&](float*, Index n, const PolicyMemory<float>&) { sizes.push_back(n); });
  each_group<Grain::whole>(all, [&](float*, Index n, const PolicyMemory<float>&) { sizes.push_back(n); });
  CHECK(sizes == std::vector<Index>{20, 20, 20, 60});
}

TEMPLATE_TEST_CASE("Columns that are gathered are those of the matrix, and go back where they were", "",
                   float, double) {
  using S = TestType;
  for (const Index rows : {1, 15, 16, 37, 64})
    for (const Index cols : {1, 16, 35}) {
      CAPTURE(rows, cols);
      std::vector<S> matrix(static_cast<std::size_t>(rows * cols)), back(matrix.size(), S(-1));
      std::iota(matrix.begin(), matrix.end(), S(0));
      std::vector<S> room(static_cast<std::size_t>(detail::gathered_size<S>(rows, false)));
      for (Index first = 0; first < cols; first += detail::columns_at_a_time) {
        const Index count = std::min(detail::columns_at_a_time, cols - first);
        detail::gather(matrix.data(), rows, cols, first, count, room.data());
        for (Index k = 0; k < count; ++k)
          for (Index j = 0; j < rows; ++j)
            REQUIRE(room[static_cast<std::size_t>(k * detail::padded<S>(rows) + j)] ==
                    static_cast<S>(j * cols + first + k));
        detail::scatter(room.data(), rows, cols, first, count, back.data());
      }
      CHECK(back == matrix);
    }
}
