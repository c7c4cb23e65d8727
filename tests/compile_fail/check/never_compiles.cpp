// SPDX-License-Identifier: MIT
// expect: garbage
// report: refused as expected: .*garbage
garbage name;  // which the test of all cases as they stand finds
