# Embeds native/catalog/ in the library: tables generated from JSON at build time, by CMake itself, so that a cross build
# needs no program of its own.
function(marshealth_embed_catalog target)
  set(catalog ${CMAKE_CURRENT_SOURCE_DIR}/catalog)
  set(generator ${CMAKE_CURRENT_SOURCE_DIR}/cmake/GenerateCatalog.cmake)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/generated/catalog_tables.c)
  file(GLOB checks CONFIGURE_DEPENDS ${catalog}/checks/*.json)
  # Written only when it changes: a file that comes or goes must regenerate too, whatever its date.
  set(list ${CMAKE_CURRENT_BINARY_DIR}/generated/catalog_files.cmake)
  file(CONFIGURE OUTPUT ${list} CONTENT "set(CHECK_FILES [==[@checks@]==])\n" @ONLY)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DCATALOG=${catalog} -DCHECK_LIST=${list} -DOUTPUT=${output} -P ${generator}
    DEPENDS ${generator} ${list} ${checks} ${catalog}/account-names.json ${catalog}/agent-versions.json
      ${catalog}/operations.json ${catalog}/os-support.json
      ${catalog}/vss-writers.json
    COMMENT "Generating the catalogue's tables" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
