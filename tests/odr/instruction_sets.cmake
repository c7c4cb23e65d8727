# Objects of one program that are compiled for different processors do not link, and the linker says why; those for the same do.
# cmake -DCOMPILER=<compiler> -DWORK=<folder> -DINCLUDE=<folder> -DEIGEN=<folder> -P instruction_sets.cmake
cmake_minimum_required(VERSION 3.25)

file(MAKE_DIRECTORY ${WORK})
file(WRITE ${WORK}/one.cpp "#include <espalier/core/matrix.hpp>\nint one() { return 1; }\n")
file(WRITE ${WORK}/main.cpp "#include <espalier/core/matrix.hpp>\nint one();\nint main() { return one() - 1; }\n")

# compile(<source> <object> [option]...)
function(compile source object)
  execute_process(COMMAND ${COMPILER} -std=c++20 -I${INCLUDE} -isystem ${EIGEN} ${ARGN} -c ${source} -o ${object}
                  WORKING_DIRECTORY ${WORK} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

compile(one.cpp one.o)
compile(main.cpp main.o)
compile(main.cpp main_avx2.o -mavx2)
execute_process(COMMAND ${COMPILER} one.o main.o -o same WORKING_DIRECTORY ${WORK} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ./same WORKING_DIRECTORY ${WORK} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${COMPILER} one.o main_avx2.o -o mixed WORKING_DIRECTORY ${WORK} RESULT_VARIABLE failed
                ERROR_VARIABLE output)
if(NOT failed OR NOT output MATCHES "espalier_needs_the_same_march_in_all_objects_of_a_program")
  message(FATAL_ERROR "objects with and without -mavx2: expected a link error that says so, found ${failed}\n${output}")
endif()
