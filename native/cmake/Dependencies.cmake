# Every library the project stands on, as imported targets. Nothing else looks one up.
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.13)
pkg_check_modules(LIBXML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(LIBFFI REQUIRED IMPORTED_TARGET libffi)
if(MARSHEALTH_TESTS)
  pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()

add_library(marshealth_dependencies INTERFACE)
target_link_libraries(marshealth_dependencies INTERFACE
  PkgConfig::PCRE2 PkgConfig::JANSSON PkgConfig::LIBXML2 PkgConfig::LIBFFI)
if(WIN32)
  # Digests, code pages and threads are the system's. There is no hivex: images are read elsewhere.
  target_compile_definitions(marshealth_dependencies INTERFACE PCRE2_STATIC)
  target_link_libraries(marshealth_dependencies INTERFACE ole32 oleaut32) # the Task Scheduler
else()
  find_package(Threads REQUIRED)
  pkg_check_modules(HIVEX REQUIRED IMPORTED_TARGET hivex>=1.3.18)
  pkg_check_modules(LIBCRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
  target_link_libraries(marshealth_dependencies INTERFACE PkgConfig::HIVEX PkgConfig::LIBCRYPTO Threads::Threads)
endif()
