# Cross-builds for 64-bit Windows with mingw-w64. The compiler with the win32 thread model: the other one would bring
# its own thread library along.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR AMD64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-win32)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

# Where scripts/windows/build-dependencies.sh put the libraries. None of the building machine's own is ever found.
if(NOT DEFINED MARSHEALTH_DEPENDENCIES)
  set(MARSHEALTH_DEPENDENCIES ${CMAKE_CURRENT_LIST_DIR}/../../build/win-x64/dependencies)
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MARSHEALTH_DEPENDENCIES)
set(ENV{PKG_CONFIG_LIBDIR} ${MARSHEALTH_DEPENDENCIES}/lib/pkgconfig)
set(CMAKE_FIND_ROOT_PATH ${MARSHEALTH_DEPENDENCIES} /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# The oldest system that is supported: Windows Server 2012 R2.
set(CMAKE_C_FLAGS_INIT "-D_WIN32_WINNT=0x0603 -DWINVER=0x0603")
# What the compiler links by itself is enough.
set(CMAKE_C_STANDARD_LIBRARIES_INIT "")
