# A stand-in for the script behind the agent's PowerShell shortcut.
Import-Module MSOnlineBackup
