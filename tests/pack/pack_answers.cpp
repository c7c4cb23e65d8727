// SPDX-License-Identifier: MIT
#include "espalier/pack/pack_answers.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"

using namespace espalier;

namespace {

using PackType = Pack<L1, WeightDecay, MaxNorm>;
using Answers = detail::PackAnswers<PackType>;

const PackType pack(L1{0.25}, WeightDecay{0.5}, MaxNorm{2});

/// Nobody can compare it.
struct Any {
  bool contains(Scalar auto) const { return true; }
  template <Scalar S>
  S project(S w) const {
    return w;
  }
};

std::string text_of(std::size_t k) {
  detail::Description text(detail::Detail::all);
  Answers::describe(&pack, k, text);
  return text.with(PackType::names[k]);
}

}  // namespace

TEST_CASE("A policy is found by the address that stands for its type, and one that is not there is not") {
  const void* found = Answers::find(&pack, &detail::type_tag<MaxNorm>);
  REQUIRE(found == &std::get<2>(pack.policies()));
  CHECK(static_cast<const MaxNorm*>(found)->radius == 2);
  CHECK(Answers::find(&pack, &detail::type_tag<Clip>) == nullptr);
}

TEST_CASE("Numbers that do not depend on weights are those of the policies") {
  CHECK(Answers::slope_bound(&pack) == 0.25);
  CHECK(Answers::shrink(&pack, 0.1, 0.1) == 1 - 0.1 * 0.5);
  CHECK_FALSE(Answers::cautious(&pack));
  CHECK(Answers::beside(&pack, 3, 4) == 0);
  const Pack ball(MaxNorm{2});
  CHECK(detail::PackAnswers<Pack<MaxNorm>>::ball_radius(&ball) == 2);
  CHECK(detail::PackAnswers<Pack<MaxNorm>>::slope_bound(&ball) == 0);
  CHECK(detail::PackAnswers<Pack<MaxNorm>>::shrink(&ball, 0.1, 0.1) == 1);
}

TEST_CASE("Each policy is described with its numbers, by its place") {
  CHECK(text_of(0) == "L1{strength = 0.25}");
  CHECK(text_of(2) == "MaxNorm{radius = 2}");
}

TEST_CASE("Packs are equal if their policies are, and one that cannot be compared equals itself alone") {
  const PackType same(L1{0.25}, WeightDecay{0.5}, MaxNorm{2}), other(L1{0.25}, WeightDecay{0.5}, MaxNorm{3});
  CHECK(Answers::equal(&pack, &same));
  CHECK_FALSE(Answers::equal(&pack, &other));

  const Pack one(Any{}), two(Any{});
  CHECK(detail::PackAnswers<Pack<Any>>::equal(&one, &one));
  CHECK_FALSE(detail::PackAnswers<Pack<Any>>::equal(&one, &two));
}
