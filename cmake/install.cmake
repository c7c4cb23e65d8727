# The headers and what find_package(espalier) needs; with ESPALIER_COMPILED the compiled library too.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/espalier)
install(DIRECTORY include/espalier DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
set(targets espalier)
if(ESPALIER_COMPILED)
  list(APPEND targets espalier_compiled)
endif()
install(TARGETS ${targets} EXPORT espalierTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT espalierTargets NAMESPACE espalier:: DESTINATION ${package_dir})

configure_package_config_file(cmake/espalierConfig.cmake.in espalierConfig.cmake INSTALL_DESTINATION ${package_dir}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(espalierConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/espalierConfig.cmake ${PROJECT_BINARY_DIR}/espalierConfigVersion.cmake cmake/build_type.cmake
        DESTINATION ${package_dir})
