// SPDX-License-Identifier: MIT
// expect: a reparametrization with a set on the same weight: say on what, Gain<...> for the lengths, or drop
// one of the two
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/spectral_rescaled.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, SpectralRescaled, Clip> layer;
#else
Dense<4, 3, SpectralRescaled> layer;
#endif
