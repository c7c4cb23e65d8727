// SPDX-License-Identifier: MIT
// expect: this is the sentence
// report: compiles, though it should be refused
