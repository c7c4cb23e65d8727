// SPDX-License-Identifier: MIT
// Headers that a test writes, compiled and run by the compiler that compiles the test, as C++17 and as C99.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "data/files.hpp"
#include "espalier/export/write_header.hpp"

inline constexpr std::string_view warnings = "-Wall -Wextra -Wconversion -pedantic -Werror";

/// Some nets, in one program for each language.
class Generated {
 public:
  template <class Net>
  void add(const Net& net, const std::string& name, espalier::HeaderOptions options = {}) {
    using S = typename Net::scalar_type;
    const std::string number = std::to_string(count_++), type = sizeof(S) == 4 ? "float" : "double";
    options.name = name;
    options.language = espalier::Language::cpp;
    write_header(net, (folder_ / (name + ".hpp")).string(), options);
    options.language = espalier::Language::c;
    write_header(net, (folder_ / (name + ".h")).string(), options);
    cpp_.includes += "#include \"" + name + ".hpp\"\n";
    c_.includes += "#include \"" + name + ".h\"\n";
    cpp_.body += function(number, type, name + "::");
    c_.body += function(number, type, name + "_");
  }

  /// More lines of the C++ program and the C program, outside functions.
  void add_lines(const std::string& cpp, const std::string& c) {
    cpp_.body += cpp;
    c_.body += c;
  }

  /// Compiles both programs; false if a compiler complains.
  bool build(std::string_view options) {
    return compile(cpp_, "main.cpp", "cpp", std::string(cxx) + " -std=c++17", options) &&
           compile(c_, "main.c", "c", std::string(cc) + " -std=c99", options);
  }

  /// What the net that was added as the k-th makes of samples, in the program "cpp" or "c".
  template <class S>
  espalier::Matrix<S> run(const std::string& language, int k, const espalier::Matrix<S>& x,
                          espalier::Index outputs) {
    const std::string bytes(reinterpret_cast<const char*>(x.data()),
                            static_cast<std::size_t>(x.size()) * sizeof(S));
    const std::string in = folder_.write("in", bytes).string(), out = (folder_ / "out").string();
    if (std::system(
            ((folder_ / language).string() + " " + std::to_string(k) + " < " + in + " > " + out).c_str()) !=
        0)
      FAIL("the program of the headers failed");
    std::ifstream stream(out, std::ios::binary);
    const std::string found{std::istreambuf_iterator<char>(stream), {}};
    espalier::Matrix<S> y(outputs, x.cols());
    REQUIRE(found.size() == static_cast<std::size_t>(y.size()) * sizeof(S));
    std::copy(found.begin(), found.end(), reinterpret_cast<char*>(y.data()));
    return y;
  }

 private:
#ifdef __clang__
  static constexpr std::string_view cxx = "clang++", cc = "clang";
#else
  static constexpr std::string_view cxx = "g++", cc = "gcc";
#endif

  struct Program {
    std::string includes, body;
  };

  static std::string function(const std::string& k, const std::string& type, const std::string& net) {
    return "static int run_" + k + "(void) {\n  " + type + " in[" + net + "inputs], out[" + net +
           "outputs];\n  while (fread(in, sizeof in, 1, stdin) == 1) {\n    " + net +
           "predict(in, out);\n    if (fwrite(out, sizeof out, 1, stdout) != 1) return 1;\n  }\n  return "
           "0;\n}\n";
  }

  bool compile(const Program& program, std::string_view file, const std::string& out,
               const std::string& compiler, std::string_view options) const {
    std::string text = program.includes + "#include <stdio.h>\n" + program.body +
                       "int main(int argc, char** argv) {\n  switch (argc > 1 ? argv[1][0] : ' ') {\n";
    for (int k = 0; k < count_; ++k)
      text += "    case '" + std::to_string(k) + "': return run_" + std::to_string(k) + "();\n";
    text += "    default: return 1;\n  }\n}\n";
    const std::string source = folder_.write(file, text).string();
    return std::system((compiler + " " + std::string(options) + " " + std::string(warnings) + " " + source +
                        " -o " + (folder_ / out).string() + " -lm")
                           .c_str()) == 0;
  }

  TemporaryDirectory folder_;
  Program cpp_, c_;
  int count_ = 0;
};
