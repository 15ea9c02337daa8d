#!/usr/bin/env bash
# Real files that Microsoft signed, of the .NET SDK where there is one whose files are Microsoft's own. (Distributions build
# some themselves.) To be sourced, before wine_use. Sets
#   MICROSOFT_FILES  a folder of programs, each below a root of Microsoft's for other programs than Windows itself
#   MICROSOFT_OLD    one that a certificate signed which has expired, below a root of Windows itself
# Either is "" if there is none.
find_microsoft() {
  local folder file
  export MICROSOFT_FILES='' MICROSOFT_OLD=''
  folder=$(dirname "$(readlink -f "$(command -v dotnet)")" 2>/dev/null)
  for file in "$folder"/shared/Microsoft.NETCore.App/*/System.dll; do
    grep -qsF 'Microsoft Code Signing PCA' "$file" && MICROSOFT_FILES=$(dirname "$file")
  done
  for file in "$HOME"/.nuget/packages/microsoft.netframework.referenceassemblies.net46*/*/build/.NETFramework/*/Facades/System.IO.dll; do
    [ -f "$file" ] && MICROSOFT_OLD=$file
  done
  return 0
}
find_microsoft
