<#
.SYNOPSIS
Remediation script for RMM and Intune consoles: repairs what keeps MARS backups of this server from running.

.DESCRIPTION
Makes the repairs of low risk, judges the server again, and writes one line, of less than 2 KB, and nothing to standard error.
The exit code is 0 if the server is healthy afterwards, and 1 otherwise: what is left needs a person, or a repair of higher risk.

Undo-MarsRepair on the server takes it back; the line names the run. Run it as SYSTEM in 64-bit PowerShell: Windows
PowerShell 5.1, or 7. Its partner is detect.ps1.

.PARAMETER Check
Only what these checks find, such as schedule.*; without it all.

.PARAMETER IncludeRisk
Low, or Medium, which also enables tasks that may have been disabled on purpose and restarts services.

.PARAMETER ImagePath
A copy of a server to repair instead of this computer: to try the script.

.EXAMPLE
.\remediate.ps1

.EXAMPLE
.\remediate.ps1 -ImagePath /mnt/support/SERVER1 -Check powershell.*
#>
#Requires -Version 5.1
[CmdletBinding()]
param(
    [string[]] $Check,

    [ValidateSet('Low', 'Medium')]
    [string] $IncludeRisk = 'Low',

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
    # A step that fails is an error of its own; its result tells as much.
    $results = @(Repair-MarsHealth @what -IncludeRisk $IncludeRisk -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable problems)
    $done = @($results | Where-Object -Property State -EQ -Value 'Done')
    $line = "$($done.Count) repaired"
    if ($done.Count -gt 0) {
        $line += " (run $($done[0].RunId))"
    }
    if ($problems) {
        $message = "$($problems[0])" -replace '\s+', ' '
        $line += ', stopped: ' + $message.Substring(0, [Math]::Min(300, $message.Length))
    }
    $healthy = Test-MarsHealth @what -Quiet
    $after = "$(Test-MarsHealth @what -Summary)"
    # A console keeps 2,048 bytes, and a character may take three.
    $line += ". Now $($after.Substring(0, [Math]::Min(300, $after.Length)))"
} catch {
    $message = $_.Exception.Message -replace '\s+', ' '
    $line = 'MarsHealth could not repair this server: ' + $message.Substring(0, [Math]::Min(500, $message.Length))
}
Write-Output -InputObject $line
if ($healthy) {
    exit 0
}
exit 1
