# Makes the module's folder and its packages. Run by the target `module`, which sets DOTNET, SOURCE, BUILD, VERSION,
# LINUX_LIBRARY, STRIP and WINDOWS_LIBRARY.

cmake_minimum_required(VERSION 3.25)

set(module ${BUILD}/MarsHealth)
set(artifacts ${BUILD}/dotnet)
set(ENV{DOTNET_CLI_TELEMETRY_OPTOUT} 1)
set(ENV{DOTNET_NOLOGO} 1)
set(ENV{MSBUILDDISABLENODEREUSE} 1) # no process is left behind

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command} failed (${code})")
  endif()
endfunction()

foreach(project src help)
  run(${DOTNET} build ${SOURCE}/psmodule/${project} --configuration Release --verbosity quiet --nologo
    --artifacts-path ${artifacts} -p:Version=${VERSION} -p:UseSharedCompilation=false)
endforeach()

# Made aside and put in place at once: what is there is whole, whenever one looks.
set(new ${module}.new)
file(REMOVE_RECURSE ${new})
file(COPY ${SOURCE}/psmodule/MarsHealth/ DESTINATION ${new})
file(COPY ${SOURCE}/LICENSE DESTINATION ${new})
foreach(framework net462 net8.0)
  set(built ${artifacts}/bin/MarsHealth.Cmdlets/release_${framework})
  file(COPY ${built}/MarsHealth.Cmdlets.dll ${built}/MarsHealth.Interop.dll DESTINATION ${new}/${framework})
  if(EXISTS ${WINDOWS_LIBRARY})
    file(COPY ${WINDOWS_LIBRARY} DESTINATION ${new}/${framework}/win-x64)
  endif()
endforeach()
# .NET Framework is on Windows only.
configure_file(${LINUX_LIBRARY} ${new}/net8.0/linux-x64/libmarshealth.so COPYONLY)
run(${STRIP} --strip-unneeded ${new}/net8.0/linux-x64/libmarshealth.so)
run(${DOTNET} ${artifacts}/bin/MarsHealth.Help/release/MarsHealth.Help.dll
  ${artifacts}/bin/MarsHealth.Cmdlets/release_net8.0/MarsHealth.Cmdlets.dll ${SOURCE}/docs/cmdlets
  ${new}/en-US/MarsHealth.Cmdlets.dll-Help.xml)

file(REMOVE_RECURSE ${module})
file(RENAME ${new} ${module})

set(zip ${BUILD}/MarsHealth-${VERSION}.zip)
file(REMOVE ${zip})
execute_process(COMMAND ${CMAKE_COMMAND} -E tar cf ${zip} --format=zip MarsHealth WORKING_DIRECTORY ${BUILD} COMMAND_ERROR_IS_FATAL ANY)

# A NuGet package is a zip file with a description, as PowerShell's galleries and repositories take it.
set(package ${BUILD}/nupkg)
file(REMOVE_RECURSE ${package})
file(COPY ${module}/ DESTINATION ${package})
configure_file(${SOURCE}/psmodule/package/MarsHealth.nuspec.in ${package}/MarsHealth.nuspec @ONLY)
file(COPY ${SOURCE}/psmodule/package/_rels DESTINATION ${package})
configure_file(${SOURCE}/psmodule/package/content-types.xml ${package}/[Content_Types].xml COPYONLY)
set(nupkg ${BUILD}/MarsHealth.${VERSION}.nupkg)
file(REMOVE ${nupkg})
file(GLOB entries RELATIVE ${package} ${package}/*)
# Square brackets hide the separators of a CMake list, so this one is named by itself.
list(FILTER entries EXCLUDE REGEX "Content_Types")
execute_process(COMMAND ${CMAKE_COMMAND} -E tar cf ${nupkg} --format=zip "[Content_Types].xml" ${entries}
  WORKING_DIRECTORY ${package} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${package})
if(NOT EXISTS ${WINDOWS_LIBRARY})
  message("note: the module is for Linux only: there is no ${WINDOWS_LIBRARY}")
endif()
