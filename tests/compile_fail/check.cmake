# cmake -DCASE=<file> -P check.cmake -- <compiler and its arguments>
cmake_minimum_required(VERSION 3.25)

set(compile "")
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(DEFINED compile_from)
    list(APPEND compile ${CMAKE_ARGV${i}})
  elseif(CMAKE_ARGV${i} STREQUAL "--")
    set(compile_from ${i})
  endif()
endforeach()

function(stop what)
  message(NOTICE "${CASE} ${what}") # which, unlike an error, is printed as it is
  message(FATAL_ERROR)
endfunction()

file(STRINGS ${CASE} expected REGEX "^// expect: ")
string(REPLACE "// expect: " "" expected "${expected}")
if(expected STREQUAL "")
  stop("has no line `// expect: <text>`")
endif()

execute_process(COMMAND ${compile} ${CASE} RESULT_VARIABLE failed ERROR_VARIABLE output)
if(failed)
  stop("does not compile as it stands:\n${output}")
endif()

execute_process(COMMAND ${compile} -DREFUSED ${CASE} RESULT_VARIABLE failed ERROR_VARIABLE output)
if(NOT failed)
  stop("compiles, though it should be refused")
endif()
string(REGEX MATCH "[^\n]*error:[^\n]*" first_error "${output}")
string(FIND "${first_error}" "${expected}" place)
if(place EQUAL -1)
  stop("is refused, but the first error is not\n  ${expected}\n${output}")
endif()
message(NOTICE "refused as expected: ${first_error}")
