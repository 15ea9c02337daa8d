# Ten checks as one writes them without MarsHealth: reads evidence files and judges the same things. The peer of
# tests/bench/module.sh.
param([Parameter(Mandatory)] [string] $Path)

function Write-Finding {
    param([object] $Machine, [string] $Check, [string] $Subject, [bool] $Good, [string] $Title)

    [pscustomobject]@{
        Status       = if ($Good) { 'Pass' } else { 'Fail' }
        Check        = $Check
        Subject      = $Subject
        Title        = $Title
        ComputerName = $Machine.computer_name.value
    }
}

foreach ($file in [System.IO.Directory]::GetFiles($Path, '*.json')) {
    $evidence = [System.IO.File]::ReadAllText($file) | ConvertFrom-Json
    $machine = $evidence.machine
    $agent = $evidence.agent
    Write-Finding -Machine $machine -Check 'agent.installed' -Subject '' -Good ([bool] $agent.install_path.value) -Title "The agent is in $($agent.install_path.value)"
    $version = $agent.engine_version.value -as [version]
    Write-Finding -Machine $machine -Check 'agent.version' -Subject '' -Good ($version -ge [version] '2.0.9083.0') -Title "The agent is version $version"
    $service = $evidence.services.services.value | Where-Object { $_.name.value -eq 'obengine' }
    Write-Finding -Machine $machine -Check 'agent.service' -Subject '' -Good ($service.start.value -le 2) -Title 'The agent''s service'
    Write-Finding -Machine $machine -Check 'agent.registration' -Subject '' -Good ([bool] $machine.mars_machine_id.value) -Title 'The server is registered'
    foreach ($task in $evidence.schedule.tasks.value) {
        $name = $task.path.value
        $enabled = @($task.triggers.value | Where-Object { $_.enabled.value -ne $false })
        Write-Finding -Machine $machine -Check 'schedule.enabled' -Subject $name -Good ($task.enabled.value -and $enabled.Count -gt 0) -Title 'The task and its triggers'
        Write-Finding -Machine $machine -Check 'schedule.principal' -Subject $name -Good ($task.sid.value -eq 'S-1-5-18') -Title "The task runs as $($task.sid.value)"
        Write-Finding -Machine $machine -Check 'schedule.multiple-instances' -Subject $name -Good ($task.multiple_instances.value -in $null, 'IgnoreNew') -Title "The policy is $($task.multiple_instances.value)"
    }
    $policy = $evidence.powershell.local_machine.value
    Write-Finding -Machine $machine -Check 'powershell.execution-policy' -Subject '' -Good ($policy -in 'RemoteSigned', 'Unrestricted') -Title "The execution policy is $policy"
    foreach ($storage in $evidence.shadow.storage.value) {
        Write-Finding -Machine $machine -Check 'shadow.storage' -Subject $storage.source_letter.value -Good ($storage.maximum.value -ge 320MB) -Title "It may grow to $($storage.maximum.value) bytes"
    }
    foreach ($writer in $evidence.shadow.writers.value) {
        Write-Finding -Machine $machine -Check 'shadow.writers' -Subject $writer.name.value -Good ($writer.state.value -lt 6) -Title "$($writer.name.value) is in state $($writer.state.value)"
    }
}
