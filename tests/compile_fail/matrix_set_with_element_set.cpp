// SPDX-License-Identifier: MIT
// expect: a policy of singular values, as SpectralBall, has no exact algorithm together with another set
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

#ifdef REFUSED
Dense<4, 3, Clip, SpectralBall> layer;
#else
Dense<4, 3, SpectralBall> layer;
#endif
