// SPDX-License-Identifier: MIT
// What espalier::compiled holds of optimizers: the step of each rule, and the optimizer of a rule alone.
#pragma once

#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"

// clang-format off
#define ESPALIER_STEP(declare, S, R, Policies)                                                                    \
  declare detail::StepLines<S> detail::step_rule<R>(const R::Kernel<S>, const detail::Pointers<S>, Index,         \
                                                    const detail::Policies);

#define ESPALIER_RULE(declare, S, R)                                                                              \
  ESPALIER_STEP(declare, S, R, Free)                                                                              \
  ESPALIER_STEP(declare, S, R, UnderDecay<S>)                                                                     \
  ESPALIER_STEP(declare, S, R, UnderPenalty<S>)                                                                   \
  ESPALIER_STEP(declare, S, R, UnderNorm<S>)                                                                      \
  ESPALIER_STEP(declare, S, R, UnderPolicies<S>)                                                                  \
  declare void Optimizer<R>::prepare(Parameters<S>&);                                                             \
  declare void Optimizer<R>::step(Parameters<S>&);

#define ESPALIER_RULES(declare, S)     \
  ESPALIER_RULE(declare, S, Adagrad)   \
  ESPALIER_RULE(declare, S, Adam)      \
  ESPALIER_RULE(declare, S, AMSGrad)   \
  ESPALIER_RULE(declare, S, Lion)      \
  ESPALIER_RULE(declare, S, RMSProp)   \
  ESPALIER_RULE(declare, S, SGD)
// clang-format on
