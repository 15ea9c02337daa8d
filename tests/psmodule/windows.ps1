# The cmdlets on Windows, which they change and take back. Two faults have to be there, as in the broken example image: scripts
# may not run, and the agent's tasks do not all ignore a start while they run. Writes a line of the Test Anything Protocol for
# each case into a file, since what goes to a console under Wine comes with control sequences.
# usage: windows.ps1 -Module PATH -Report FILE       with MARSHEALTH_THROWAWAY_MACHINE=1; changes nothing without it
param([Parameter(Mandatory)] [string] $Module, [Parameter(Mandatory)] [string] $Report)

$ErrorActionPreference = 'Stop'
$script:shell = 'HKLM\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell'
$script:failed = 0

function Test-Case {
    param([string] $Name, [scriptblock] $Body)

    try {
        & $Body
        $line = "ok - $Name"
    } catch {
        $script:failed = 1
        $line = "not ok - $Name", ("$_ $($_.ScriptStackTrace)" -split "`n" | ForEach-Object { "# $_" })
    }
    $line | Add-Content -LiteralPath $Report
}

function Assert-Equal {
    param($Actual, $Expected)

    if ("$Actual" -cne "$Expected") {
        throw "expected '$Expected', got '$Actual'"
    }
}

# What Windows' own program shows, and keeps.
function Get-PolicyValue {
    if ("$(reg.exe query $script:shell /v ExecutionPolicy)" -match 'REG_SZ\s+(\w+)') { $Matches[1] }
}
function Get-RegistryState {
    $file = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath 'marshealth-state.reg'
    foreach ($key in 'HKLM\SOFTWARE\Microsoft', 'HKLM\SYSTEM\CurrentControlSet\Services') {
        $null = reg.exe export $key $file /y
        Get-Content -LiteralPath $file -Raw
    }
    Remove-Item -LiteralPath $file
}

if ($env:MARSHEALTH_THROWAWAY_MACHINE -cne '1') {
    'ok - the cmdlets on Windows # SKIP this machine is not given away for it' | Add-Content -LiteralPath $Report
    exit 0
}
Import-Module -Name $Module
"# PowerShell $($PSVersionTable.PSVersion) on $($PSVersionTable.OS)" | Add-Content -LiteralPath $Report
$before = Get-RegistryState

Test-Case -Name 'Test-MarsHealth finds the fault on the running machine' -Body {
    $finding = Test-MarsHealth -Check powershell.execution-policy
    Assert-Equal $finding.Status 'Fail'
    Assert-Equal $finding.Values.Policy 'Restricted'
    Assert-Equal $finding.ComputerName ([Environment]::MachineName)
    Assert-Equal (Test-MarsHealth -Check powershell.execution-policy -Quiet) $false
}

Test-Case -Name 'Repair-MarsExecutionPolicy -WhatIf changes nothing and says what it would' -Body {
    $result = Repair-MarsExecutionPolicy -WhatIf
    Assert-Equal $result.State 'WouldChange'
    Assert-Equal $result.Changes[0].After '"RemoteSigned"'
    Assert-Equal $result.RunId ''
    Assert-Equal ((Get-RegistryState) -join '') ($before -join '')
}

Test-Case -Name 'Repair-MarsExecutionPolicy repairs, and Undo-MarsRepair takes it back' -Body {
    $result = Repair-MarsExecutionPolicy -Confirm:$false
    Assert-Equal $result.State 'Done'
    Assert-Equal (Get-PolicyValue) 'RemoteSigned'
    Assert-Equal (Test-MarsHealth -Check powershell.execution-policy).Status 'Pass'
    Assert-Equal (Get-MarsRepairHistory)[0].RunId $result.RunId
    $undone = $result | Undo-MarsRepair -Confirm:$false
    Assert-Equal $undone.State 'Done'
    Assert-Equal ($result.ComputerName, $undone.ComputerName) (@([Environment]::MachineName) * 2)
    Assert-Equal (Get-PolicyValue) 'Restricted'
    Assert-Equal ((Get-RegistryState) -join '') ($before -join '')
}

Test-Case -Name 'Repair-MarsHealth repairs what is piped, tasks as well, and all of it is taken back' -Body {
    $checks = 'powershell.execution-policy', 'schedule.multiple-instances'
    $tasks = Get-MarsScheduledTask | ConvertTo-Json -Depth 9
    $results = Test-MarsHealth -Check $checks | Where-Object Status -NE Pass | Repair-MarsHealth -Confirm:$false -WarningAction SilentlyContinue
    Assert-Equal ($results.State | Sort-Object -Unique) 'Done'
    Assert-Equal ($results.Operation -join ' ') 'powershell.set-execution-policy task.set-multiple-instances'
    Assert-Equal ((Test-MarsHealth -Check $checks).Status | Sort-Object -Unique) 'Pass'
    Assert-Equal ($results | Undo-MarsRepair -Confirm:$false).State 'Done'
    Assert-Equal (Get-MarsScheduledTask | ConvertTo-Json -Depth 9) $tasks
    Assert-Equal ((Get-RegistryState) -join '') ($before -join '')
}

Test-Case -Name 'an error tells a name beyond ASCII as it is' -Body {
    $problem = $null
    $folder = '"C:\\\u03a6\u03ac\u03ba\u03b5\u03bb\u03bf\u03c2 \ud83d\ude91 \u5907\u4efd"' | ConvertFrom-Json
    $result = Repair-MarsModulePath -Folder $folder -Confirm:$false -ErrorVariable problem -ErrorAction SilentlyContinue
    Assert-Equal $result.State 'Refused'
    Assert-Equal ($problem[0].FullyQualifiedErrorId -split ',')[0] 'MarsHealth.StepRefused'
    Assert-Equal ("$($problem[0])" -match [regex]::Escape($folder)) $true
}

Test-Case -Name 'Restart-MarsService restarts a service' -Body {
    Assert-Equal (Restart-MarsService -Name obengine -WhatIf).State 'WouldChange'
    Assert-Equal (Restart-MarsService -Name obengine -Confirm:$false).State 'Done'
    Assert-Equal ("$(sc.exe query obengine)" -match 'STATE +: 4 +RUNNING') $true
}
exit $script:failed
