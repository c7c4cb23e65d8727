# Without a build type compilers optimize nothing, which is 20 times slower: this project is then built as Release, and somebody
# else's, who may want it so, is told.
get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT multi_config AND "${CMAKE_BUILD_TYPE}" STREQUAL "" AND NOT CMAKE_CXX_FLAGS MATCHES "(^| )-O")
  if("${CMAKE_PROJECT_NAME}" STREQUAL "espalier")
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug, RelWithDebInfo or MinSizeRel" FORCE)
  else()
    message(WARNING "espalier: CMAKE_BUILD_TYPE is empty, so that nothing is optimized and training is about 20 times slower. "
                    "Configure with -DCMAKE_BUILD_TYPE=Release (or Debug, and this warning goes too).")
  endif()
endif()
