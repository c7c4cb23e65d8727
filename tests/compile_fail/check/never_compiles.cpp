// SPDX-License-Identifier: MIT
// expect: garbage
// report: refused as expected: .*garbage
garbage;  // which the test of all cases as they stand finds
