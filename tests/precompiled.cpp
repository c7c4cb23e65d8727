// SPDX-License-Identifier: MIT
// Nothing: it stands for the precompiled header that all tests share.
