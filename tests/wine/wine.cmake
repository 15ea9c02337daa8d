# The Windows build's tests run under Wine, in a prefix of their own (prefix.sh).

find_program(BASH bash REQUIRED)
set(CMAKE_CROSSCOMPILING_EMULATOR ${BASH} ${CMAKE_CURRENT_LIST_DIR}/run.sh ${CMAKE_BINARY_DIR}/wine/units)
# Seconds: only for a test that hangs. How long one takes is a matter of what else the machine does.
set(WINE_TEST_TIMEOUT 900)
# Tests use a little of POSIX (threads, gmtime_r), which mingw-w64 has; the library does not.
link_libraries(pthread)
add_compile_definitions(_POSIX_C_SOURCE=200809L)

# Leaves only those sources in the list that need nothing that is not there for Windows, nor are named.
function(keep_portable_tests list)
  foreach(source IN LISTS ${list})
    get_filename_component(name ${source} NAME_WE)
    file(STRINGS ${source} needed REGEX "${LINUX_TEST_TOOLS_PATTERN}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    if(NOT needed AND NOT name IN_LIST ARGN)
      list(APPEND portable ${source})
    else()
      list(APPEND left_out ${name})
    endif()
  endforeach()
  list(JOIN left_out " " left_out)
  message(STATUS "Not for Windows: ${left_out}")
  set(${list} ${portable} PARENT_SCOPE)
endfunction()

# The Linux build that this one is compared with, and its example images.
set(MARSHEALTH_NATIVE_BUILD ${PROJECT_SOURCE_DIR}/build CACHE PATH "Build folder of the Linux build")

# The live host's parts: each wine/test_win32_<part>.c is one program, run in a prefix of its own, with the programs in
# wine/tools beside it.
function(add_live_tests)
  file(GLOB tools CONFIGURE_DEPENDS wine/tools/*.c)
  foreach(source IN LISTS tools)
    get_filename_component(name ${source} NAME_WE)
    add_executable(tool_${name} ${source})
    target_link_libraries(tool_${name} PRIVATE marshealth_flags crypt32)
    target_link_options(tool_${name} PRIVATE -municode)
    set_target_properties(tool_${name} PROPERTIES OUTPUT_NAME ${name}
      RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/tools)
  endforeach()
  # The Task Scheduler's stand-in, a COM server.
  file(GLOB task_server CONFIGURE_DEPENDS wine/tools/task_server/*.c)
  add_library(task_server MODULE ${task_server})
  target_link_libraries(task_server PRIVATE marshealth_flags PkgConfig::LIBXML2 ole32 oleaut32 taskschd uuid)
  set_target_properties(task_server PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/tools)
  # What stands before advapi32.dll: the functions that the library may import are passed on, but for one.
  file(STRINGS windows/imports.txt imports REGEX "^ADVAPI32[.]dll ")
  list(REMOVE_ITEM imports "ADVAPI32.dll GetKernelObjectSecurity")
  list(TRANSFORM imports REPLACE "^ADVAPI32[.]dll (.*)" "  \\1 = advapi32.\\1")
  list(JOIN imports "\n" imports)
  file(CONFIGURE OUTPUT advapi_t.def CONTENT "EXPORTS\n  GetKernelObjectSecurity = guarded_security\n@imports@\n" @ONLY)
  add_library(advapi_t MODULE wine/tools/program_files/advapi_t.c ${CMAKE_CURRENT_BINARY_DIR}/advapi_t.def)
  target_link_libraries(advapi_t PRIVATE marshealth_flags)
  set_target_properties(advapi_t PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/tools)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS windows/imports.txt)
  # The iSCSI initiator's interface, in its place.
  add_library(iscsi_stand_in MODULE wine/tools/iscsi/iscsidsc.c)
  target_link_libraries(iscsi_stand_in PRIVATE marshealth_flags)
  set_target_properties(iscsi_stand_in PROPERTIES PREFIX "" OUTPUT_NAME iscsidsc
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/tools)
  file(GLOB wine_tools CONFIGURE_DEPENDS wine/lib/*.c)
  add_library(wine_tools STATIC ${wine_tools})
  target_include_directories(wine_tools PUBLIC wine/lib)
  target_link_libraries(wine_tools PUBLIC marshealth_objects PkgConfig::CMOCKA uuid)
  file(GLOB programs CONFIGURE_DEPENDS wine/test_win32_*.c)
  foreach(source IN LISTS programs)
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE wine_tools)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME wine.${name} COMMAND ${BASH} wine/live.sh ${CMAKE_BINARY_DIR}/wine $<TARGET_FILE:${name}>
      WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    set_tests_properties(wine.${name} PROPERTIES TIMEOUT ${WINE_TEST_TIMEOUT})
  endforeach()
endfunction()

# What the binaries look like from outside, and the scripts in this folder: each is one test, in a prefix of its own.
function(add_wine_tests)
  get_property(tests DIRECTORY PROPERTY TESTS)
  add_test(NAME wine.start COMMAND ${BASH} wine/prefix.sh use ${CMAKE_BINARY_DIR}/wine units)
  add_test(NAME wine.stop COMMAND ${BASH} wine/prefix.sh stop ${CMAKE_BINARY_DIR}/wine units)
  set_tests_properties(wine.start PROPERTIES FIXTURES_SETUP wine)
  set_tests_properties(wine.stop PROPERTIES FIXTURES_CLEANUP wine)
  set_tests_properties(${tests} PROPERTIES FIXTURES_REQUIRED wine TIMEOUT ${WINE_TEST_TIMEOUT})
  set_tests_properties(wine.start wine.stop PROPERTIES WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    TIMEOUT ${WINE_TEST_TIMEOUT})

  # Programs that those scripts start; unlike the units they are not linked with the library.
  add_executable(use_dll wine/use_dll.c)
  target_include_directories(use_dll PRIVATE ${PROJECT_SOURCE_DIR}/native/include)
  target_link_libraries(use_dll PRIVATE marshealth_flags PkgConfig::CMOCKA)
  add_executable(run_tests windows/run_tests.c)
  target_link_libraries(run_tests PRIVATE marshealth_flags)
  foreach(name IN ITEMS use_dll run_tests)
    target_link_options(${name} PRIVATE -municode)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  endforeach()

  add_live_tests()

  file(GLOB scripts CONFIGURE_DEPENDS wine/test_*.sh)
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WE)
    string(REGEX REPLACE "^test_" "" name ${name})
    add_test(NAME wine.${name} COMMAND ${BASH} ${script})
    set_tests_properties(wine.${name} PROPERTIES TIMEOUT ${WINE_TEST_TIMEOUT} ENVIRONMENT
      "MARSHEALTH_EXE=$<TARGET_FILE:marshealth_cli>;MARSHEALTH=${MARSHEALTH_NATIVE_BUILD}/bin/marshealth;EXAMPLE_IMAGES=${MARSHEALTH_NATIVE_BUILD}/examples/images;SCRATCH=${CMAKE_BINARY_DIR}/wine/${name}-files;PREFIXES=${CMAKE_BINARY_DIR}/wine;PROGRAMS=${CMAKE_BINARY_DIR}/tests")
  endforeach()

  add_test(NAME windows.binaries COMMAND ${BASH} windows/binaries.sh $<TARGET_FILE:marshealth>
    $<TARGET_FILE:marshealth_cli> ${PROJECT_SOURCE_DIR}/native/include/marshealth.h ${PROJECT_VERSION}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()
