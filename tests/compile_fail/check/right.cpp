// SPDX-License-Identifier: MIT
// expect: this is the sentence
// report: refused as expected: .*this is the sentence
#ifdef REFUSED
static_assert(false, "this is the sentence");
#endif
