# What the first compiler alone does: for sanitizers nothing is in it that other tests do not run, or it asks no compiler at all.
# Every header compiles alone, and all of them twice in one program.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${include_path}/*.hpp)
if(NOT ZLIB_FOUND)
  list(FILTER headers EXCLUDE REGEX "/data/gzip\\.hpp$")
endif()
include(headers.cmake)

list(FILTER headers EXCLUDE REGEX "/compiled") # of which a program has use that links the compiled library
list(TRANSFORM headers REPLACE "(.+)" "#include \"\\1\"" OUTPUT_VARIABLE every_header)
list(JOIN every_header "\n" every_header)
file(CONFIGURE OUTPUT odr/every_header.hpp CONTENT "#pragma once\n@every_header@\n" @ONLY)
add_executable(espalier_test_odr odr/a.cpp odr/b.cpp)
target_include_directories(espalier_test_odr PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/odr)
target_link_libraries(espalier_test_odr PRIVATE espalier_development)
espalier_test(odr espalier_test_odr)
espalier_built_by(odr espalier_test_odr)

# Every C++ block of the README compiles, with the headers that the README includes.
file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/docs/*.md)
add_custom_command(
  OUTPUT readme.cpp
  COMMAND awk -f ${CMAKE_CURRENT_SOURCE_DIR}/readme/extract.awk ${pages} > readme.cpp
  DEPENDS readme/extract.awk ${pages})
add_library(espalier_test_readme OBJECT readme.cpp)
target_link_libraries(espalier_test_readme PRIVATE espalier_development)
target_compile_options(espalier_test_readme PRIVATE ${unoptimized} -fsyntax-only)
if(ESPALIER_COMPILED)
  target_link_libraries(espalier_test_readme PRIVATE espalier_compiled)
endif()

# The first program of the README is the first example.
espalier_test(readme/first sh tests/readme/first.sh)

# The page of the policies has all of them, and its pictures are drawn by the library.
add_executable(espalier_pictures ${PROJECT_SOURCE_DIR}/docs/pictures/draw.cpp)
target_link_libraries(espalier_pictures PRIVATE espalier_development)
target_compile_options(espalier_pictures PRIVATE ${unoptimized})
if(ESPALIER_COMPILED)
  target_link_libraries(espalier_pictures PRIVATE espalier_compiled)
endif()
espalier_test(readme/constraints sh tests/readme/constraints.sh $<TARGET_FILE:espalier_pictures> ${CMAKE_CURRENT_BINARY_DIR}/pictures)
espalier_built_by(readme/constraints espalier_pictures)

get_target_property(fmt_headers fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
espalier_test(arm64 ${CMAKE_COMMAND} -E env EIGEN=$<TARGET_PROPERTY:Eigen3::Eigen,INTERFACE_INCLUDE_DIRECTORIES>
              FMT=${fmt_headers} sh tests/arm64/run.sh ${CMAKE_CURRENT_BINARY_DIR}/arm64)
espalier_test(tree sh tests/tree.sh)
espalier_test(format sh tests/format.sh)

# The library as users take it into their programs, with the compiled one too.
foreach(how install fetch copy)
  espalier_test(
    consumer/${how}
    ${CMAKE_COMMAND}
    -DHOW=${how}
    -DWORK=${CMAKE_CURRENT_BINARY_DIR}/consumer/${how}
    -DSOURCES=${PROJECT_SOURCE_DIR}
    -DBUILD=${PROJECT_BINARY_DIR}
    -DCOMPILED=${ESPALIER_COMPILED}
    -DCOMPILER=${CMAKE_CXX_COMPILER}
    -DGENERATOR=${CMAKE_GENERATOR}
    -DEIGEN=$<TARGET_PROPERTY:Eigen3::Eigen,INTERFACE_INCLUDE_DIRECTORIES>
    -DEIGEN_PACKAGE=${Eigen3_DIR}
    -DFMT=$<TARGET_FILE:fmt::fmt>
    -DFMT_PACKAGE=${fmt_DIR}
    -DZLIB=${ZLIB_LIBRARIES}
    -P
    ${CMAKE_CURRENT_SOURCE_DIR}/consumer/check.cmake)
endforeach()
