<#
.SYNOPSIS
Detection script for RMM and Intune consoles: will the next MARS backup of this server start?

.DESCRIPTION
Writes one line, of less than 2 KB, and nothing to standard error. The exit code is 0 if nothing fails and every check that
decides whether the next backup starts could be judged, and 1 otherwise, also where the module MarsHealth is missing.

Its partner is remediate.ps1. Run it as SYSTEM in 64-bit PowerShell: Windows PowerShell 5.1, or 7.

.PARAMETER Check
Only these checks, such as schedule.*; without it all.

.PARAMETER ImagePath
A copy of a server to judge instead of this computer: to try the script.

.EXAMPLE
.\detect.ps1

.EXAMPLE
.\detect.ps1 -ImagePath /mnt/support/SERVER1 -Check schedule.*
#>
#Requires -Version 5.1
[CmdletBinding()]
param(
    [string[]] $Check,

    [string] $ImagePath
)

Set-StrictMode -Version Latest
# Whatever goes wrong is told in the one line: consoles take error output for a crash of the script.
$ErrorActionPreference = 'Stop'
$WarningPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'

$healthy = $false
try {
    if ($env:PROCESSOR_ARCHITEW6432) {
        throw 'this is a 32-bit PowerShell; let the console start the 64-bit one'
    }
    Import-Module -Name MarsHealth
    $what = @{}
    if ($Check) {
        # What "-File" is given is one text, also with commas.
        $what.Check = $Check -split ','
    }
    if ($ImagePath) {
        $what.ImagePath = $ImagePath
    }
    $line = "$(Test-MarsHealth @what -Summary)"
    $healthy = Test-MarsHealth @what -Quiet
} catch {
    $message = $_.Exception.Message -replace '\s+', ' '
    $line = 'MarsHealth could not judge this server: ' + $message.Substring(0, [Math]::Min(500, $message.Length))
}
Write-Output -InputObject $line
if ($healthy) {
    exit 0
}
exit 1
