// SPDX-License-Identifier: MIT
// report: has no line `// expect: <text>`
#ifdef REFUSED
garbage;
#endif
