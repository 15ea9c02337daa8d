#!/usr/bin/env bash
# An example image as a real machine: what it holds goes into a Wine prefix through Wine's own tools.
# To be sourced, behind prefix.sh. $machine is the prefix's name.
: "${EXAMPLE_IMAGES:?}" "${PREFIXES:?}" "${MARSHEALTH_EXE:?}"
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../../examples/images
tools=$(dirname "$MARSHEALTH_EXE")/tests/tools

# Wine's reg does not know the notation str(2):"..." of texts with a type, and takes the bytes of such a text for UTF-16
# only in a file that is.
plain_reg() { # FILE
  printf '\377\376'
  perl -CSD -MEncode -pe 's{str\((\d)\):"((?:[^"\\]|\\.)*)"}{
    my ($type, $text) = ($1, $2);
    $text =~ s/\\0/\0/g; $text =~ s/\\(.)/$1/g;
    "hex($type):" . join(",", map { sprintf "%02x", ord } split //, encode("UTF-16LE", $text . "\0" x ($type == 7 ? 2 : 1)))
  }e' "$1" | iconv -f UTF-8 -t UTF-16LE
}
import() { # FILE
  plain_reg "$1" >"$PREFIXES/$machine/drive_c/image.reg" && wine_run reg import 'C:\image.reg' >/dev/null 2>&1
}

# A prefix with an image's registry, files and service states. Services are read when the prefix's service manager starts,
# so it is stopped in between.
become() { # IMAGE
  local drive=$PREFIXES/$machine/drive_c file
  prefix_use "$PREFIXES" "$machine" || return 1
  for file in "$sources/$1"/registry/*.reg; do
    import "$file" || return 1
  done
  wine_run reg add 'HKLM\SYSTEM\CurrentControlSet\Services\obengine' /v ImagePath /t REG_EXPAND_SZ /f \
    /d 'C:\test_service.exe obengine C:\services.txt good' >/dev/null || return 1
  cp "$tools/test_service.exe" "$drive/"
  prefix_restart "$PREFIXES" "$machine"
  import "$sources/$1/registry/60-system-account.reg" || return 1 # of accounts Wine keeps only that of the user
  cp -r "$EXAMPLE_IMAGES/$1/Program Files/." "$drive/Program Files/"
  cp -r "$EXAMPLE_IMAGES/$1/ProgramData/." "$drive/ProgramData/" 2>/dev/null
  cp "$tools/vssadmin.exe" "$drive/windows/system32/"
  mkdir -p "$drive/vssadmin"
  echo 0 >"$drive/vssadmin/mode.txt"
  for file in shadowstorage writers; do
    cp "$EXAMPLE_IMAGES/$1/captures/vssadmin-list-$file.txt" "$drive/vssadmin/answer-$file.bin"
  done
  take_tasks "$EXAMPLE_IMAGES/$1/Windows/System32/Tasks"
}

# The stand-in for the Task Scheduler (tools/task_server) keeps the tasks of a folder laid out like System32\Tasks.
take_tasks() { # FOLDER
  local file store=$PREFIXES/$machine/drive_c/tasks
  rm -rf "$store"
  mkdir -p "$store"
  cp -r "$1" "$store/tasks"
  find "$store/tasks" -type f | while read -r file; do
    mv "$file" "$file.xml"
  done
  cp "$tools/task_server.dll" "$PREFIXES/$machine/drive_c/"
  export TASK_STORE='C:\tasks'
  wine_run regsvr32 /s 'C:\task_server.dll'
}
utf16() {
  printf '\377\376'
  iconv -f UTF-8 -t UTF-16LE
}
# A task's definition as Windows keeps it once it has written it: with all defaults.
as_written() { # FILE
  iconv -f UTF-16 -t UTF-8 "$1" | perl -0pe 's|(\s*)(<Enabled>\w+</Enabled>)(\s*<Hidden>)|$1<AllowStartOnDemand>true</AllowStartOnDemand>$1$2$3|;
  s|(\s*)<ExecutionTimeLimit>|$1<WakeToRun>false</WakeToRun>$&|; s|\s+\z||' | utf16
}
task_file() { # TASK: where its definition is
  echo "$PREFIXES/$machine/drive_c/tasks/tasks/Microsoft/OnlineBackup/$1.xml"
}
