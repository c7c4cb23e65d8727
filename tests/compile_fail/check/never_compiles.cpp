// SPDX-License-Identifier: MIT
// expect: garbage
// report: does not compile as it stands
garbage;
