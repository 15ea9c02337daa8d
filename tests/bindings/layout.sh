#!/usr/bin/env bash
# Tells the size of every struct of marshealth.h, and where its fields are, as the C compiler has it.
# usage: layout.sh HEADER FOLDER        the program is made in FOLDER; lines "STRUCT size N" and "STRUCT FIELD OFFSET SIZE"
set -euo pipefail

header=$1
folder=$2
mkdir -p "$folder"
{
  echo '#include <stddef.h>'
  echo '#include <stdio.h>'
  echo "#include \"$header\""
  echo 'int main(void) {'
  gcc -fpreprocessed -dD -E -P "$header" 2>/dev/null | tr '\n' ' ' | grep -oE 'typedef struct mars_[a-z_]+ \{[^}]*\}' |
    awk '{
      name = $3
      printf "printf(\"%s size %%zu\\n\", sizeof(%s));\n", name, name
      sub(/^[^{]*\{/, "")
      sub(/\}$/, "")
      fields = split($0, field, ";")
      for (i = 1; i <= fields; i++) {
        names = split(field[i], part, ",")
        for (j = 1; j <= names; j++) {
          sub(/\[.*/, "", part[j])
          if (match(part[j], /[a-z_0-9]+ *$/)) {
            member = substr(part[j], RSTART, RLENGTH)
            gsub(/ /, "", member)
            printf "printf(\"%s %s %%zu %%zu\\n\", offsetof(%s, %s), sizeof(((%s *)0)->%s));\n", name, member, name, member, name, member
          }
        }
      }
    }'
  echo 'return 0; }'
} >"$folder/layout.c"
"${CC:-gcc}" -o "$folder/layout" "$folder/layout.c"
"$folder/layout"
