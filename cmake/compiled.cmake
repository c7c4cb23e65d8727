# espalier::compiled: the same headers, with what does not depend on a user's types compiled once, in float and double, for the
# processor that ESPALIER_COMPILED_OPTIONS names (-march=native, say). Who links it is compiled with the same options; objects of
# another instruction set do not link, and say why (core/instruction_set.hpp).
set(ESPALIER_COMPILED_OPTIONS "" CACHE STRING "Options that say the processor of espalier::compiled and of who links it")
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.cpp)
set(unless_asked_for EXCLUDE_FROM_ALL) # then it is built where somebody links it
if(ESPALIER_COMPILED)
  set(unless_asked_for "")
endif()
add_library(espalier_compiled STATIC ${unless_asked_for} ${sources})
add_library(espalier::compiled ALIAS espalier_compiled)
set_target_properties(espalier_compiled PROPERTIES EXPORT_NAME compiled POSITION_INDEPENDENT_CODE ON)
target_link_libraries(espalier_compiled PUBLIC espalier)
target_compile_definitions(espalier_compiled PUBLIC ESPALIER_COMPILED)
separate_arguments(options UNIX_COMMAND "${ESPALIER_COMPILED_OPTIONS}")
target_compile_options(espalier_compiled PUBLIC ${options})
# Of a static library a linker takes whole files: in sections of their own, -Wl,--gc-sections drops what a program does not call.
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang" AND NOT APPLE)
  target_compile_options(espalier_compiled PRIVATE -ffunction-sections -fdata-sections)
endif()
