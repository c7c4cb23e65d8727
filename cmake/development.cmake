# What tests, examples and benchmarks are built with. Nothing of it reaches a user's program. Warnings become errors with
# CMake's own CMAKE_COMPILE_WARNING_AS_ERROR, which the test presets set.
include(CheckCXXCompilerFlag)

# espalier_built_by(<ctest's name> <target>...): what the test needs. `./dev test <name>` reads it in built_by.txt.
function(espalier_built_by name)
  set_property(GLOBAL APPEND_STRING PROPERTY espalier_built_by "${name} ${ARGN}\n")
endfunction()

add_library(espalier_development INTERFACE)
target_link_libraries(espalier_development INTERFACE espalier::espalier)
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(
    espalier_development
    INTERFACE -Wall
              -Wextra
              -Wpedantic
              -Wshadow
              -Wconversion
              -Wsign-conversion
              -Wnon-virtual-dtor
              -Wold-style-cast
              -Woverloaded-virtual
              -Wnull-dereference
              # Clang's warning of this name is of every float that becomes a double, GCC's only of those in the midst of floats.
              # GCC 12 warns of the vectors that its own AVX-512 header leaves undefined on purpose (its bug 105593).
              "$<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized;-Wno-maybe-uninitialized>")
endif()

if(ESPALIER_NATIVE)
  check_cxx_compiler_flag(-march=native ESPALIER_HAS_NATIVE)
  if(ESPALIER_HAS_NATIVE)
    # GCC 12.2 with AVX-512 compiles `std::vector<double> w{1, 1, 1, 0};` to four ones in some places; not without that pass.
    target_compile_options(espalier_development INTERFACE -march=native
                                                          $<$<CXX_COMPILER_ID:GNU>:-fno-tree-slp-vectorize>)
  endif()
endif()

if(ESPALIER_SANITIZE)
  # The address sanitizer meets null pointers and addresses beyond an array too, warnings meet functions without a return, and calls
  # by address go through tables whose types the compiler checks: to look at those as well takes time to compile. Alignment is asked
  # for where addresses are made (tests/CMakeLists.txt): of each access it is among the dearest to compile, and a vector's aligned
  # load at another address ends the program anyway.
  # Without debugging information a report names functions, not lines: give the one test -g in CXXFLAGS for them.
  set(not_checked null,alignment,pointer-overflow,function,vptr,return,unreachable,vla-bound)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize=${not_checked} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(espalier_development INTERFACE ${sanitizers})
  target_link_options(espalier_development INTERFACE ${sanitizers})
endif()

# Options of tests: to compile takes longer than to run: nothing is optimized. GCC is faster if it hardly ever collects its
# garbage, and takes more memory for it; -ffold-simple-inlines makes no call of std::move and std::forward, as with optimization.
set(unoptimized -O0 $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=1500000>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12)
  list(APPEND unoptimized -ffold-simple-inlines)
endif()

# The study is an example program with a command line and files of JSON, for which it needs what nothing else here does.
set(ESPALIER_STUDY OFF)
if(ESPALIER_EXAMPLES)
  find_package(CLI11 CONFIG QUIET)
  find_package(nlohmann_json CONFIG QUIET)
  if(CLI11_FOUND AND nlohmann_json_FOUND)
    set(ESPALIER_STUDY ON)
  else()
    message(STATUS "CLI11 or nlohmann-json is not found: the study is left out (Debian: libcli11-dev nlohmann-json3-dev)")
  endif()
endif()
