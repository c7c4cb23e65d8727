// SPDX-License-Identifier: MIT
#include "espalier/io/prepared.hpp"

#include "../data/files.hpp"
#include "../support.hpp"
#include "espalier/data/csv.hpp"
#include "espalier/data/standardize.hpp"
#include "espalier/io/load.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

namespace {

Dataset fares() {
  Dataset data = parse_csv("age,sex,fare\n22,male,7\n,female,71\n38,male,8\n",
                           {.target = "fare", .gaps = Gaps::mean, .text = Text::one_hot});
  standardize(data);
  return data;
}

}  // namespace

TEST_CASE(
    "A model and its preparation go to one file, and raw rows are predicted as the training rows were") {
  const TemporaryDirectory directory;
  const Dataset data = fares();
  Sequential net{Dense(2, 1)};
  initialize(net, {.seed = 1});
  save(net, *data.preparation, directory / "net");

  Sequential other{Dense(2, 1)};
  const Preparation preparation = preparation_of(load(other, directory / "net"));
  CHECK(to_text(preparation) == to_text(*data.preparation));
  const Matrix<float> rows{{22, std::numeric_limits<float>::quiet_NaN(), 38}, {1, 0, 1}};
  CHECK(other.predict(preparation.encode(rows)) == net.predict(data.inputs));
}

TEST_CASE("A preparation of other features is not saved with a model, and a file without one is told") {
  const TemporaryDirectory directory;
  const Dataset data = fares();
  Sequential net{Dense(3, 1)};
  initialize(net, {.seed = 1});
  CHECK(message_of([&] { save(net, *data.preparation, directory / "net"); }) ==
        "preparation: expected the 3 features that the model reads, found 2");
  CHECK_FALSE(std::filesystem::exists(directory / "net"));
  save(net, directory / "net");
  CHECK(message_of([&] { preparation_of(load(net, directory / "net")); }) ==
        "preparation: expected a model that was saved with one, found one without");
}
