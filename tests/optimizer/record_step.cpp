// SPDX-License-Identifier: MIT
#include "espalier/optimizer/record_step.hpp"

#include "../catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/self_bounded.hpp"
#include "espalier/model/change.hpp"

using namespace espalier;
using detail::PolicyCounts;

TEST_CASE("The counts of all threads are added to those of smooth penalties") {
  Parameters<double> parameters;
  parameters.add("w", ParameterKind::weight, 4, 5, AnyPack<double>(Pack(L2{1}, Clip{-1, 1})));
  ParameterEntry<double>& e = detail::Change(parameters).at("w");
  const PolicyCounts threads[] = {{0, 3}, {0, 2}};
  PolicyCounts active{10};
  detail::record_step(e, e.pack, threads, active, 1);
  CHECK(e.activity[0].fraction == 0.5);
  CHECK(e.activity[1].fraction == 0.25);
}

TEST_CASE("A policy in Every has not acted in a step that is not its own") {
  Parameters<double> parameters;
  parameters.add("w", ParameterKind::weight, 4, 5, AnyPack<double>(Pack(Every{3, MaxNorm{1}}, Clip{-1, 1})));
  ParameterEntry<double>& e = detail::Change(parameters).at("w");
  PolicyCounts active{};
  const PolicyCounts without[] = {{5}}, with[] = {{2, 5}};
  detail::record_step(e, e.pack.in_step(1), without, active, 1);
  CHECK(e.activity[0].acted == 0);
  CHECK(e.activity[1].fraction == 0.25);
  active = {};
  detail::record_step(e, e.pack.in_step(3), with, active, 1);
  CHECK(e.activity[0].last_acted == 2);
  CHECK(e.activity[1].acted == 2);
}

TEST_CASE("At the end of a step policies that watch see the weights, but frozen ones, and tied ones follow") {
  Parameters<double> parameters;
  for (const char* path : {"a", "b", "c"})
    parameters.add(path, ParameterKind::weight, 1, 2, AnyPack<double>(Pack(MaxNormFrom{warm_start(3)})));
  parameters.tie("a", "b");
  parameters.freeze("c");
  for (const ParameterEntry<double>& e : parameters.entries()) parameters.values_of(e).data[0] = 2;
  detail::end_step(parameters, 2);
  CHECK(parameters.at("a").memory[0] == -1);
  detail::end_step(parameters, 3);
  CHECK(parameters.at("a").memory[0] == 2);
  CHECK(parameters.at("b").memory[0] == 2);
  CHECK(parameters.at("c").memory[0] == -1);
}
