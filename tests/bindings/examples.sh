#!/usr/bin/env bash
# Makes C# of the examples in a page, each a method of its own.
# usage: examples.sh PAGE        prints the file
set -euo pipefail

cat <<'END'
using System;

namespace MarsHealth.Interop.Tests;

public static class DocumentedExamples
{
END
awk '
  /^```csharp$/ { inside = 1; printf "    public static void Example%d(string image)\n    {\n", ++count; next }
  /^```$/ && inside { inside = 0; print "    }\n"; next }
  inside { gsub(/"\/mnt\/server"/, "image"); print ($0 == "" ? "" : "        " $0) }
' "$1"
echo '}'
