# cmake -DGENERATOR=program -DDOCS=folder -DSCRATCH=folder -DFIXTURES=folder -P docs_current.cmake
# Whether the committed pages are what the tables give now.
file(REMOVE_RECURSE ${SCRATCH})
execute_process(COMMAND ${GENERATOR} ${SCRATCH} ${FIXTURES} COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE generated RELATIVE ${SCRATCH} ${SCRATCH}/*)
file(GLOB committed RELATIVE ${DOCS} ${DOCS}/checks/*)
list(APPEND committed ${generated})
list(REMOVE_DUPLICATES committed)
set(stale "")
foreach(page IN LISTS committed)
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${SCRATCH}/${page} ${DOCS}/${page}
    RESULT_VARIABLE differs OUTPUT_QUIET ERROR_QUIET)
  if(differs)
    string(APPEND stale "\n  docs/${page}")
  endif()
endforeach()
if(stale)
  message(FATAL_ERROR "not what the tables give now; build the target `docs`:${stale}")
endif()
