# espalier::compiled: the same headers, with what does not depend on a user's types compiled once, in float and double, for the
# processor that ESPALIER_COMPILED_OPTIONS names (-march=native, say). Who links it is compiled with the same options; objects of
# another instruction set do not link, and say why (core/instruction_set.hpp).
set(ESPALIER_COMPILED_OPTIONS "" CACHE STRING "Options that say the processor of espalier::compiled and of who links it")
file(GLOB espalier_compiled_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.cpp)

# espalier_add_compiled(<target> [EXCLUDE_FROM_ALL])
function(espalier_add_compiled target)
  add_library(${target} STATIC ${ARGN} ${espalier_compiled_sources})
  target_link_libraries(${target} PUBLIC espalier)
  target_compile_definitions(${target} PUBLIC ESPALIER_COMPILED)
endfunction()

if(ESPALIER_COMPILED)
  espalier_add_compiled(espalier_compiled)
else()
  espalier_add_compiled(espalier_compiled EXCLUDE_FROM_ALL) # built where somebody links it
endif()
add_library(espalier::compiled ALIAS espalier_compiled)
set_target_properties(espalier_compiled PROPERTIES EXPORT_NAME compiled POSITION_INDEPENDENT_CODE ON)
separate_arguments(espalier_compiled_options UNIX_COMMAND "${ESPALIER_COMPILED_OPTIONS}")
target_compile_options(espalier_compiled PUBLIC ${espalier_compiled_options})
