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
    Write-Finding $machine 'agent.installed' '' ([bool] $agent.install_path.value) "The agent is in $($agent.install_path.value)"
    $version = $agent.engine_version.value -as [version]
    Write-Finding $machine 'agent.version' '' ($version -ge [version] '2.0.9083.0') "The agent is version $version"
    $service = $evidence.services.services.value | Where-Object { $_.name.value -eq 'obengine' }
    Write-Finding $machine 'agent.service' '' ($service.start.value -le 2) 'The agent''s service'
    Write-Finding $machine 'agent.registration' '' ([bool] $machine.mars_machine_id.value) 'The server is registered'
    foreach ($task in $evidence.schedule.tasks.value) {
        $name = $task.path.value
        $enabled = @($task.triggers.value | Where-Object { $_.enabled.value -ne $false })
        Write-Finding $machine 'schedule.enabled' $name ($task.enabled.value -and $enabled.Count -gt 0) 'The task and its triggers'
        Write-Finding $machine 'schedule.principal' $name ($task.sid.value -eq 'S-1-5-18') "The task runs as $($task.sid.value)"
        Write-Finding $machine 'schedule.multiple-instances' $name ($task.multiple_instances.value -in $null, 'IgnoreNew') "The policy is $($task.multiple_instances.value)"
    }
    $policy = $evidence.powershell.local_machine.value
    Write-Finding $machine 'powershell.execution-policy' '' ($policy -in 'RemoteSigned', 'Unrestricted') "The execution policy is $policy"
    foreach ($storage in $evidence.shadow.storage.value) {
        Write-Finding $machine 'shadow.storage' $storage.source_letter.value ($storage.maximum.value -ge 320MB) "It may grow to $($storage.maximum.value) bytes"
    }
    foreach ($writer in $evidence.shadow.writers.value) {
        Write-Finding $machine 'shadow.writers' $writer.name.value ($writer.state.value -lt 6) "$($writer.name.value) is in state $($writer.state.value)"
    }
}
