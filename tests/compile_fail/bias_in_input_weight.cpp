// SPDX-License-Identifier: MIT
// expect: write Bias<...> and NoBias beside InputWeight<...> and RecurrentWeight<...>
#include "espalier/layer/lstm.hpp"

using namespace espalier;

#ifdef REFUSED
LSTM lstm(3, 4, 5, {}, InputWeight{NoBias{}});
#else
LSTM lstm(3, 4, 5, {}, InputWeight{}, NoBias{});
#endif
