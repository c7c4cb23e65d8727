# Each file of tests is one line of ctest's report. In a full run several files are one program all the same: what they
# have in common is instantiated, compiled and linked once, which with sanitizers is most of the time. `./dev test NAME` has one
# program for each file.
#
# A file stays alone that is optimized, that has directives of its own, or that adds to somebody else's namespace or to the
# operators; so do one that links OpenCV and two that are to find no reader of gzip in their program. Files with a test
# of the same name are not in one program, since Catch2 tells tests apart by their names; nor are files of the same name, which
# have one namespace and one tag.
set(bytes_of_a_group 80000) # about what compiles in a minute and 2.5 GB; of more, the last one keeps the other cores waiting
# How many tenths of that a byte counts for: how long files of such a folder take to compile, for their length. Loops over many
# types of nets and packs, as those of property/, take longest; a folder without a number counts 10.
set(tenths_core 2)
set(tenths_data 3)
set(tenths_init 7)
set(tenths_io 7)
set(tenths_kernel 5)
set(tenths_layer 13)
set(tenths_loss 3)
set(tenths_metric 3)
set(tenths_optimizer 7)
set(tenths_pack 6)
set(tenths_property 35)
set(tenths_select 13)
set(tenths_testing 13)
set(alone "^#(if|define|undef|pragma)|^namespace (espalier|std|Catch|Eigen|fmt)|^template <>|^[a-z].* operator new")

# espalier_test_program(<target> <source> <optimized> <ctest's name>...): the program of these files of tests.
function(espalier_test_program target source optimized)
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE espalier_test_main)
  if(ESPALIER_COMPILED)
    target_link_libraries(${target} PRIVATE espalier_compiled)
  endif()
  if("${ARGN}" MATCHES "(^|;)study/")
    target_link_libraries(${target} PRIVATE espalier_study) # of examples/study
  endif()
  if(NOT optimized)
    target_compile_options(${target} PRIVATE ${unoptimized})
    target_precompile_headers(${target} REUSE_FROM espalier_test_precompiled)
  endif()
  if(ESPALIER_SANITIZE AND "${ARGN}" MATCHES "(^|;)(core|model)/") # which make addresses; the compiled library's kernels have the check too
    set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS -fsanitize=alignment)
  endif()
  list(LENGTH ARGN count)
  foreach(name IN LISTS ARGN)
    set(only "")
    if(count GREATER 1)
      cmake_path(GET name FILENAME file)
      set(only --filenames-as-tags "[#${file}]")
    endif()
    espalier_test(${name} ${target} --warn NoAssertions ${only})
    set_tests_properties(${name} PROPERTIES FAIL_REGULAR_EXPRESSION "No tests ran")
    espalier_built_by(${name} ${target})
  endforeach()
endfunction()

# espalier_test_group(<ctest's name>...): the program of these files, compiled as one.
function(espalier_test_group)
  list(GET ARGN 0 first)
  string(MAKE_C_IDENTIFIER ${first} target)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/groups/${target}.cpp)
  list(TRANSFORM ARGN REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/\\1.cpp" OUTPUT_VARIABLE files)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/groups
    COMMAND awk -f ${CMAKE_CURRENT_SOURCE_DIR}/group.awk ${files} > ${source}
    DEPENDS group.awk ${files})
  espalier_test_program(espalier_tests_from_${target} ${source} FALSE ${ARGN})
  list(TRANSFORM ARGN REPLACE "/[^/]*$" "" OUTPUT_VARIABLE folders)
  list(REMOVE_DUPLICATES folders)
  target_include_directories(espalier_tests_from_${target} PRIVATE ${folders}) # what the files include by a path from there
endfunction()

# espalier_test_files(<source>...): programs for all of them.
function(espalier_test_files)
  set(group "")
  set(files_of_group "")
  set(tests_of_group "")
  set(bytes 0)
  foreach(source IN LISTS ARGN)
    string(REGEX REPLACE "\\.cpp$" "" name ${source})
    cmake_path(GET name PARENT_PATH folder)
    cmake_path(GET name FILENAME file)
    set(optimized FALSE)
    if(name MATCHES "${optimized_tests}")
      set(optimized TRUE)
    endif()
    file(STRINGS ${source} directives REGEX "${alone}")
    if(NOT ESPALIER_COMPILED OR optimized OR directives OR name MATCHES "^(data/(file|zip)|export/onnx_opencv)$")
      string(MAKE_C_IDENTIFIER ${name} target)
      espalier_test_program(espalier_test_${target} ${source} ${optimized} ${name})
      continue()
    endif()
    file(SIZE ${CMAKE_CURRENT_SOURCE_DIR}/${source} size)
    if(DEFINED tenths_${folder})
      math(EXPR size "${size} * ${tenths_${folder}} / 10")
    endif()
    math(EXPR bytes "${bytes} + ${size}")
    file(STRINGS ${source} tests REGEX "^[A-Z_]*TEST_CASE.*\"")
    list(TRANSFORM tests REPLACE "^[^\"]*\"([^\"]*)\".*" "\\1")
    set(tests_together ${tests_of_group} ${tests})
    list(LENGTH tests_together count)
    list(REMOVE_DUPLICATES tests_together)
    list(LENGTH tests_together different)
    if(group AND (file IN_LIST files_of_group OR bytes GREATER bytes_of_a_group OR different LESS count))
      espalier_test_group(${group})
      set(group "")
      set(files_of_group "")
      set(tests_of_group "")
      set(bytes ${size})
    endif()
    list(APPEND group ${name})
    list(APPEND files_of_group ${file})
    list(APPEND tests_of_group ${tests})
  endforeach()
  if(group)
    espalier_test_group(${group})
  endif()
endfunction()
