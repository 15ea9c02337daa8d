<#
.SYNOPSIS
Scheduled health report: judges this server, keeps what was found, and gives a text to mail.

.DESCRIPTION
Writes two files into a folder, COMPUTER-TIME.json with every finding and COMPUTER-TIME.txt with a text for people, and gives the text.
The text begins with a summary and what is new since the report before, so that it can be read in a mail. Only the newest reports of each
computer are kept.

The exit code is 0 if all is healthy, 1 if something fails or could not be judged, and 2 if no report could be made.

.PARAMETER Folder
Where the reports are kept. It is made if it does not exist.

.PARAMETER Keep
How many reports of each computer are kept.

.PARAMETER ImagePath
Copies of servers to judge instead of this computer.

.EXAMPLE
.\report.ps1 -Folder C:\ProgramData\MarsHealthReports

.EXAMPLE
$action = New-ScheduledTaskAction -Execute powershell.exe -Argument ('-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned ' +
    '-File C:\Scripts\report.ps1 -Folder C:\ProgramData\MarsHealthReports')
$trigger = New-ScheduledTaskTrigger -Daily -At 07:00
Register-ScheduledTask -TaskName 'MARS health report' -Action $action -Trigger $trigger -User SYSTEM -RunLevel Highest

Makes a report every morning.
#>
#Requires -Version 5.1
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string] $Folder,

    [ValidateRange(1, 10000)]
    [int] $Keep = 30,

    [string[]] $ImagePath
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# A finding with its own data only, and its status as a word: what ConvertTo-Json of every version writes alike.
function ConvertTo-PlainFinding {
    param([Parameter(ValueFromPipeline)] [object] $Finding)

    process {
        [pscustomobject] [ordered] @{
            Computer = $Finding.ComputerName
            Status   = "$($Finding.Status)"
            Blocking = $Finding.Blocking
            Check    = $Finding.Check
            Subject  = $Finding.Subject
            Verdict  = $Finding.Verdict
            Title    = $Finding.Title
            Cause    = $Finding.Cause
            Advice   = $Finding.Advice
            Where    = @($Finding.Where)
        }
    }
}

# What needs attention; a finding is the same one again if check, subject and verdict are.
function Select-Problem {
    param([object[]] $Finding)

    foreach ($one in $Finding) {
        if ($one.Status -in 'Fail', 'Warn' -or ($one.Status -eq 'Unknown' -and $one.Blocking)) {
            $one
        }
    }
}

function Get-Key {
    param([object] $Finding)

    "$($Finding.Verdict) [$($Finding.Subject)]"
}

# The reports of a computer, newest first: their names end in the time.
function Get-EarlierReport {
    param([string] $Folder, [string] $Computer)

    $pattern = '^' + [regex]::Escape($Computer) + '-\d{8}T\d{6}Z$'
    Get-ChildItem -LiteralPath $Folder -Filter '*.json' -File |
        Where-Object -FilterScript { $_.BaseName -match $pattern } |
        Sort-Object -Property BaseName -Descending
}

# The problems of the report before; nothing if there is none, or if it cannot be read.
function Read-EarlierProblem {
    param([System.IO.FileInfo] $File)

    try {
        $findings = Get-Content -LiteralPath $File.FullName -Raw -Encoding UTF8 | ConvertFrom-Json
        Select-Problem -Finding @($findings)
    } catch {
        Write-Warning -Message "$($File.FullName): $($_.Exception.Message)"
    }
}

function Format-Problem {
    param([object[]] $Finding)

    foreach ($one in $Finding) {
        $subject = if ($one.Subject) { " [$($one.Subject)]" }
        "$($one.Status.ToUpperInvariant()) $($one.Check)${subject}: $($one.Title)"
        foreach ($text in $one.Cause, $one.Advice) {
            if ($text) {
                "    $text"
            }
        }
    }
}

function Format-Change {
    param([string] $Heading, [object[]] $Finding, [object[]] $Other)

    $others = @(foreach ($one in $Other) { Get-Key -Finding $one })
    $changed = @(foreach ($one in $Finding) { if ((Get-Key -Finding $one) -notin $others) { $one } })
    if ($changed.Count -gt 0) {
        ''
        $Heading
        foreach ($one in $changed) {
            "    $($one.Check): $($one.Title)"
        }
    }
}

# The text of a report, line by line.
function Format-Report {
    param([string] $Summary, [object[]] $Problem, [object[]] $Earlier, [bool] $HasEarlier)

    $Summary
    if ($HasEarlier) {
        Format-Change -Heading 'New since the last report:' -Finding $Problem -Other $Earlier
        Format-Change -Heading 'Gone since the last report:' -Finding $Earlier -Other $Problem
    }
    if ($Problem) {
        ''
        Format-Problem -Finding $Problem
    }
}

# Makes the report of one computer or image, and gives its text.
function Write-Report {
    param([hashtable] $What, [string] $Folder, [int] $Keep)

    $findings = @(Test-MarsHealth @What | ConvertTo-PlainFinding)
    $computer = if ($findings[0].Computer) { $findings[0].Computer -replace '[^\w-]', '_' } else { 'unknown' }
    $problems = @(Select-Problem -Finding $findings)
    $reports = @(Get-EarlierReport -Folder $Folder -Computer $computer)
    $earlier = if ($reports.Count -gt 0) { @(Read-EarlierProblem -File $reports[0]) } else { @() }
    $text = Format-Report -Summary "$(Test-MarsHealth @What -Summary)" -Problem $problems -Earlier $earlier -HasEarlier ($reports.Count -gt 0)

    $name = Join-Path -Path $Folder -ChildPath ('{0}-{1:yyyyMMddTHHmmssZ}' -f $computer, [DateTime]::UtcNow)
    Set-Content -LiteralPath "$name.json" -Value (ConvertTo-Json -InputObject $findings -Depth 4) -Encoding UTF8
    Set-Content -LiteralPath "$name.txt" -Value $text -Encoding UTF8
    foreach ($old in Get-EarlierReport -Folder $Folder -Computer $computer | Select-Object -Skip $Keep) {
        Remove-Item -LiteralPath $old.FullName
        Remove-Item -LiteralPath ($old.FullName -replace '\.json$', '.txt') -ErrorAction SilentlyContinue
    }
    $text
}

$code = 0
try {
    Import-Module -Name MarsHealth
    $null = New-Item -Path $Folder -ItemType Directory -Force
    $sources = if ($ImagePath) { foreach ($path in $ImagePath) { @{ ImagePath = $path } } } else { , @{} }
    foreach ($what in $sources) {
        Write-Report -What $what -Folder $Folder -Keep $Keep
        if (-not (Test-MarsHealth @what -Quiet)) {
            $code = 1
        }
    }
} catch {
    Write-Output -InputObject "No report could be made: $($_.Exception.Message)"
    $code = 2
}
exit $code
