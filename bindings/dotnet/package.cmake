# cmake -DDOTNET=program -DPROJECT=folder -DOUTPUT=folder -DLINUX_LIBRARY=file -DWINDOWS_LIBRARY=file -P package.cmake
# Builds the binding and puts it into OUTPUT/package with those native libraries that there are.
execute_process(COMMAND ${DOTNET} build ${PROJECT} -c Release -nologo -v quiet -nodeReuse:false
  -p:UseSharedCompilation=false -p:ArtifactsPath=${OUTPUT} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${OUTPUT}/package)
foreach(framework net462 net8.0)
  set(folder ${OUTPUT}/package/${framework})
  set(built ${OUTPUT}/bin/MarsHealth.Interop/release_${framework}/MarsHealth.Interop)
  file(COPY ${built}.dll ${built}.xml DESTINATION ${folder})
  file(MAKE_DIRECTORY ${folder}/linux-x64)
  file(COPY_FILE ${LINUX_LIBRARY} ${folder}/linux-x64/libmarshealth.so)
  if(EXISTS ${WINDOWS_LIBRARY})
    file(COPY ${WINDOWS_LIBRARY} DESTINATION ${folder}/win-x64)
  endif()
endforeach()
