// SPDX-License-Identifier: MIT
// expect: this is the sentence
// report: is refused, but the first error is not
#ifdef REFUSED
garbage;
static_assert(false, "this is the sentence");
#endif
