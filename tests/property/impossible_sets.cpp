// SPDX-License-Identifier: MIT
// Sets that nothing is in, and numbers that make no sense, are errors when a model is made: they say where,
// what was expected and what was found.
#include <limits>
#include <string>
#include <vector>

#include "../support.hpp"
#include "espalier/espalier.hpp"

using namespace espalier;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();

template <class F>
std::string message_or_nothing(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// The message for a weight of 3 x 4 numbers under several policies; "" if they are taken.
template <class... Ps>
std::string refused(const Ps&... policies) {
  return message_or_nothing([&] {
    const Pack<Ps...> pack(policies...);
    if constexpr (Pack<Ps...>::memories > 0)
      AnyPack<double>(pack).validate("0.weight", 3, 4);
    else
      pack.validate("0.weight", 3, 4);
  });
}
/// The same under one policy, without all that a pack is compiled to.
template <class P>
std::string refused_alone(const P& p) {
  return message_or_nothing([&] {
    if constexpr (requires { p.validate(); }) p.validate();
    if constexpr (requires { p.validate("0.weight", Index{4}); }) p.validate("0.weight", 4);
    if constexpr (requires { p.validate("0.weight", Index{3}, Index{4}); }) p.validate("0.weight", 3, 4);
  });
}

/// Does it say what was expected, and what was found?
bool tells(const std::string& message) {
  const auto has = [&](const char* word) { return message.find(word) != std::string::npos; };
  return has("expected ") && has(", found ");
}

// The policies may fail to be made, too.
#define REFUSED_BY(how, ...)                                                            \
  do {                                                                                  \
    std::string message;                                                                \
    const std::string thrown = message_or_nothing([&] { message = how(__VA_ARGS__); }); \
    CAPTURE(#__VA_ARGS__, message, thrown);                                             \
    CHECK(tells(message + thrown));                                                     \
  } while (false)
#define REFUSED(...) REFUSED_BY(refused, __VA_ARGS__)
#define REFUSED_ALONE(...) REFUSED_BY(refused_alone, __VA_ARGS__)

}  // namespace

TEST_CASE("Sets that have no point in common are refused") {
  REFUSED(SumTo{5}, Clip{0, 0.001});
  REFUSED(SumTo{-1}, NonNegative{});
  REFUSED(Simplex{1}, Mask{0, 0, 0, 0});
  REFUSED(Simplex{1}, NonPositive{});
  REFUSED(Clip{1, 2}, MaxNorm{0.5});
  REFUSED(LowerBounds{0, 0, 0, 1}, UpperBounds{1.0, 1.0, 1.0, 0.5});
  REFUSED(UnitNorm{}, Mask{0, 0, 0, 0});
  REFUSED(TopKSum{2, 1}, Clip{0.6, 2});
  REFUSED(L1Ball{1}, Clip{0.3, 2});
  REFUSED(OneNorm{1}, Clip{0.4, 2});
  REFUSED(HalfSpace({1, 1, 1, 1}, -1), NonNegative{});
  REFUSED(HalfSpace({0, 0, 0, 0}, -1));
}

TEST_CASE("Bounds the wrong way round, and numbers that are none, are refused") {
  REFUSED_ALONE(Clip{1, -1});
  REFUSED_ALONE(Clip{none, 1});
  REFUSED_ALONE(Clip{0, none});
  REFUSED_ALONE(LowerBounds{0.0, none, 0.0, 0.0});
  REFUSED_ALONE(LowerBounds{0.0, infinity, 0.0, 0.0});
  REFUSED_ALONE(UpperBounds{0.0, -infinity, 0.0, 0.0});
  REFUSED_ALONE(MinMaxNorm{2, 1});
  REFUSED_ALONE(MinMaxNorm{none, 1});
  REFUSED_ALONE(MinMaxNorm{-1, 1});
  REFUSED_ALONE(Conditioned{2, 1});
  REFUSED_ALONE(Conditioned{none, 1});
  REFUSED_ALONE(Grid{0, -1, 1});
  REFUSED_ALONE(Grid{-0.5, -1, 1});
  REFUSED_ALONE(Grid{0.5, 1, -1});
  REFUSED_ALONE(Grid{none, -1, 1});
  REFUSED_ALONE(Levels(std::initializer_list<double>{}));
  REFUSED_ALONE(Levels{0.0, none});
  REFUSED_ALONE(Mask{1.0, none, 0.0, 0.0});
  REFUSED_ALONE(Frozen{1.0, none, 0.0, 0.0});
  REFUSED_ALONE(SignPattern{1.0, none, 0.0, 0.0});
  REFUSED_ALONE(SumTo{none});
  REFUSED_ALONE(HalfSpace({1.0, none, 1.0, 1.0}, 0));
  REFUSED_ALONE(HalfSpace({1, 1, 1, 1}, none));
}

TEST_CASE("Strengths, radii and bounds that are negative or NaN are refused") {
  for (const double bad : {none, -1.0, infinity}) {
    CAPTURE(bad);
    REFUSED_ALONE(L1{bad});
    REFUSED_ALONE(L2{bad});
    REFUSED_ALONE(WeightDecay{bad});
    REFUSED_ALONE(L0{bad});
    REFUSED_ALONE(L2ToStart{bad});
    REFUSED_ALONE(GroupLasso{bad});
    REFUSED_ALONE(GroupMcp{bad});
    REFUSED_ALONE(GroupScad{bad});
    REFUSED_ALONE(TotalVariation{bad});
    REFUSED_ALONE(NuclearNorm{bad});
    REFUSED_ALONE(Orthogonality{bad});
    REFUSED_ALONE(MaxNorm{bad});
    REFUSED_ALONE(L1Ball{bad});
    REFUSED_ALONE(Simplex{bad});
    REFUSED_ALONE(SignedSumBound{bad});
    REFUSED_ALONE(TopKSum{2, bad});
    REFUSED_ALONE(InfinityNorm{bad});
    REFUSED_ALONE(OneNorm{bad});
    REFUSED_ALONE(SpectralBall{bad});
    REFUSED_ALONE(NuclearBall{bad});
    REFUSED_ALONE(RelativeClip{bad});
  }
}

TEST_CASE("Counts that leave nothing, and shapes of another weight, are refused") {
  REFUSED_ALONE(TopK{0});
  REFUSED_ALONE(TopK{-1});
  REFUSED_ALONE(TopKSum{0, 1});
  REFUSED_ALONE(NofM{3, 2});
  REFUSED_ALONE(NofM{0, 2});
  REFUSED_ALONE(NofM{-1, -1});
  REFUSED_ALONE(LowRank{0});
  REFUSED_ALONE(LowRank{4});
  REFUSED(Every{0, MaxNorm{1}});
  REFUSED(Every{-2, MaxNorm{1}});
  REFUSED_ALONE(Mask{1, 1, 1});
  REFUSED_ALONE(Frozen{1, 1, 1});
  REFUSED_ALONE(SignPattern{1, 1, 1});
  REFUSED_ALONE(LowerBounds{1, 1, 1});
  REFUSED_ALONE(Mask(Matrix<double>::Ones(4, 3)));
  REFUSED_ALONE(Tied{1, 1, 1});
  REFUSED_ALONE(HalfSpace({1, 1, 1}, 0));
  REFUSED_ALONE(Symmetric{});
  REFUSED_ALONE(SkewSymmetric{});
  REFUSED_ALONE(Circulant{});
  REFUSED_ALONE(PositiveSemidefinite{});
}

TEST_CASE("A schedule that makes a number senseless stops a step, and nothing has changed") {
  Sequential net(
      Dense(4, 3, Scheduled{MaxNorm{1}, [](const Progress& p) { return p.step < 2 ? 1.0 : 0.0; }}));
  initialize(net, {.seed = 1});
  follow_schedules(net, Progress{.step = 1});
  const auto before = net;
  CHECK(tells(message_or_nothing([&] { follow_schedules(net, Progress{.step = 2}); })));
  CHECK(net == before);
  CHECK(policy<MaxNorm>(net, "0.weight").radius == 1);  // which == does not compare
  const auto factor = [](double x) {
    Scheduled scheduled{L1{1e-3}, [x](const Progress&) { return x; }};
    return message_or_nothing([&] { scheduled.follow(Progress{}); });
  };
  CHECK(factor(0.5).empty());
  for (const double bad : {none, -1.0, infinity}) CHECK(tells(factor(bad)));
}
