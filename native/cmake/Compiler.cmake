# How everything of ours is compiled. Warnings are errors in the presets that developers use, not for whoever builds with a
# compiler that is newer than this code.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

# What differs between systems is in files of their own, <name>_<system>.c; these are not this system's.
if(WIN32)
  set(MARSHEALTH_OTHER_SYSTEMS "_(posix|iconv|openssl)[.]c$")
else()
  set(MARSHEALTH_OTHER_SYSTEMS "_win32[.]c$")
endif()

add_library(marshealth_flags INTERFACE)
target_compile_options(marshealth_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2
  -fno-common -fstack-protector-strong)
if(WIN32)
  # Standard printf formats instead of the old ones of Microsoft's run-time library; everything that is not the system's
  # own is linked in; the image is relocated, and its data is never code.
  target_compile_definitions(marshealth_flags INTERFACE __USE_MINGW_ANSI_STDIO=1 UNICODE _UNICODE WIN32_LEAN_AND_MEAN)
  target_link_options(marshealth_flags INTERFACE -static -static-libgcc -fstack-protector-strong
    -Wl,--dynamicbase -Wl,--nxcompat -Wl,--high-entropy-va -Wl,--no-insert-timestamp
    -Wl,--major-subsystem-version,6,--minor-subsystem-version,3)
else()
  target_compile_definitions(marshealth_flags INTERFACE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE)
endif()
if(MARSHEALTH_SANITIZE)
  target_compile_options(marshealth_flags INTERFACE -fsanitize=${MARSHEALTH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(marshealth_flags INTERFACE -fsanitize=${MARSHEALTH_SANITIZE})
else()
  # glibc's checks want an optimised build and get in the way of the sanitizers' own.
  target_compile_options(marshealth_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
endif()
if(MARSHEALTH_COVERAGE)
  target_compile_options(marshealth_flags INTERFACE --coverage)
  target_link_options(marshealth_flags INTERFACE --coverage)
endif()
if(MARSHEALTH_FUZZ)
  target_compile_options(marshealth_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
