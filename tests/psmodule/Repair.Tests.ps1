# What changes a machine, and takes it back.

BeforeAll {
    . (Join-Path -Path $PSScriptRoot -ChildPath 'Support.ps1')
    Import-Module -Name $script:module
    $script:broken = Join-Path -Path $script:images -ChildPath 'broken'
    $script:healthy = Join-Path -Path $script:images -ChildPath 'healthy'
    # The module away from its agent: the agents of the two examples differ in their version, their modules do not.
    $script:good = Join-Path -Path $TestDrive -ChildPath 'MSOnlineBackup'
    cp -a (Join-Path -Path $script:healthy -ChildPath 'Program Files/Microsoft Azure Recovery Services Agent/bin/Modules/MSOnlineBackup') $script:good
}

Describe 'Repair-MarsHealth' {
    BeforeEach {
        $script:image = Copy-Image
        $script:before = Get-TreeState -Path $script:image -All
    }

    It 'repairs what is piped, and Undo-MarsRepair takes it back to the byte' {
        $results = Test-MarsHealth -ImagePath $script:image | Where-Object Status -EQ Fail | Repair-MarsHealth -WarningAction SilentlyContinue
        $done = $results | Where-Object State -EQ Done
        $done.Operation | Should -Be 'powershell.set-execution-policy', 'powershell.add-module-path'
        $done[0].Changes[0].Before | Should -Be '"Restricted"'
        $done[0].Changes[0].After | Should -Be '"RemoteSigned"'
        $done[0].Changes[0].Undoable | Should -BeTrue
        $done[0].RestartAdvised | Should -BeTrue
        $done.RunId | Sort-Object -Unique | Should -HaveCount 1
        $done.ImagePath | Sort-Object -Unique | Should -Be $script:image
        ($results | Where-Object State -EQ Held).Message | Should -Not -Contain $null
        Test-MarsHealth -ImagePath $script:image -Check powershell.execution-policy, powershell.module-path -Quiet | Should -BeTrue
        Get-TreeState -Path $script:image | Should -Not -Be $script:before
        $undone = $results | Undo-MarsRepair
        $undone | Should -HaveCount 1
        $undone.State | Should -Be 'Done'
        $undone.ComputerName | Should -Be 'MARS-DEMO-02'
        Get-TreeState -Path $script:image | Should -Be $script:before
    }

    It 'changes no byte with -WhatIf, and says each old and new value' {
        $results = Test-MarsHealth -ImagePath $script:image | Where-Object Status -EQ Fail | Repair-MarsHealth -WhatIf
        ($results | Where-Object State -EQ WouldChange).Changes.After | Should -Contain '"RemoteSigned"'
        $results.RunId | Should -Be (@($null) * $results.Count)
        Get-TreeState -Path $script:image -All | Should -Be $script:before
        $said = Invoke-Elsewhere -Script "Repair-MarsHealth -ImagePath '$script:image' -WhatIf | Out-Null"
        $said | Should -Match 'What if: .*ExecutionPolicy from "Restricted" to "RemoteSigned"'
        @($said -split "`n" -match '^What if:') | Should -HaveCount 2
        Get-TreeState -Path $script:image -All | Should -Be $script:before
    }

    It 'changes nothing a second time' {
        $null = Repair-MarsHealth -ImagePath $script:image -WarningAction SilentlyContinue
        $state = Get-TreeState -Path $script:image -All
        (Repair-MarsHealth -ImagePath $script:image).State | Should -Not -Contain 'Done'
        Get-TreeState -Path $script:image -All | Should -Be $state
    }

    It 'has nothing to do for what is good' {
        Repair-MarsHealth -ImagePath $script:image -Check agent.service | Should -BeNullOrEmpty
    }

    It 'takes only the checks that are named' {
        $results = Repair-MarsHealth -ImagePath $script:image -Check powershell.execution-policy
        $results.Operation | Should -Be 'powershell.set-execution-policy'
        (Test-MarsHealth -ImagePath $script:image -Check powershell.module-path).Status | Should -Be 'Fail'
    }

    It 'takes only the findings that are given, not others of the same check' {
        $finding = Test-MarsHealth -ImagePath $script:image -Check schedule.enabled | Where-Object Subject -Like '*SystemState*'
        $results = $finding | Repair-MarsHealth -WhatIf
        $results.Operation | Should -Be 'task.enable'
    }

    It 'asks, and leaves out what is declined' {
        $said = Invoke-Elsewhere -Answer "n`ny`n" -Script "Repair-MarsHealth -ImagePath '$script:image' -Confirm | ForEach-Object { 'RESULT ' + `$_.State + ' ' + `$_.Operation }"
        $said | Should -Match 'RESULT Declined powershell\.set-execution-policy'
        $said | Should -Match 'RESULT Done powershell\.add-module-path'
        $said | Should -Match 'from "Restricted" to "RemoteSigned"\?'
        (Test-MarsHealth -ImagePath $script:image -Check powershell.execution-policy).Status | Should -Be 'Fail'
        (Test-MarsHealth -ImagePath $script:image -Check powershell.module-path).Status | Should -Be 'Pass'
    }

    It 'takes arguments that no check can know, and a baseline' {
        $good = $script:good
        $baseline = Join-Path -Path $TestDrive -ChildPath 'baseline.json'
        $version = (Test-MarsHealth -ImagePath $script:image -Check agent.version).Values.Version
        $null = New-MarsModuleBaseline -Folder $good -AgentVersion $version -Path $baseline -Force
        $results = Repair-MarsHealth -ImagePath $script:image -Check powershell.module-integrity -BaselinePath $baseline -IncludeRisk Medium -Set @{
            'powershell.restore-module.source' = $good
        }
        $results.State | Should -Be 'Done'
        (Test-MarsHealth -ImagePath $script:image -Check powershell.module-integrity -BaselinePath $baseline).Status | Should -Be 'Pass'
        $null = Undo-MarsRepair -ImagePath $script:image
        Get-TreeState -Path $script:image | Should -Be $script:before
    }

    It 'repairs images of several findings, each where it is' {
        $other = Copy-Image
        $results = Test-MarsHealth -ImagePath $script:image, $other -Check powershell.execution-policy | Repair-MarsHealth
        $results.ImagePath | Should -Be $script:image, $other
        $results.State | Should -Be 'Done', 'Done'
    }

    It 'refuses a finding of another computer, with the line that does it right' {
        $finding = Test-MarsHealth -ImagePath $script:image -Check powershell.execution-policy
        $remote = $finding | Select-Object -Property *
        $remote.PSObject.TypeNames.Insert(0, 'Deserialized.MarsHealth.Finding')
        $remote | Add-Member -NotePropertyName PSComputerName -NotePropertyValue 'SERVER1'
        $remote | Repair-MarsHealth -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -Be 'MarsHealth.RemoteFinding,MarsHealth.Cmdlets.RepairMarsHealthCommand'
        "$problem" | Should -Match ([regex]::Escape('Invoke-Command -ComputerName SERVER1 { Repair-MarsHealth -Check powershell.execution-policy }'))

        $finding | Repair-MarsHealth -ImagePath (Copy-Image -Name healthy) -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -Be 'MarsHealth.OtherMachine,MarsHealth.Cmdlets.RepairMarsHealthCommand'
        "$problem" | Should -Match 'Invoke-Command -ComputerName MARS-DEMO-02'
        Get-TreeState -Path $script:image -All | Should -Be $script:before
    }

    It 'takes a finding that a file brought back' {
        $file = Join-Path -Path $TestDrive -ChildPath 'findings.xml'
        Test-MarsHealth -ImagePath $script:image -Check powershell.execution-policy | Export-Clixml -LiteralPath $file
        $again = Import-Clixml -LiteralPath $file
        $again.Repairs[0].Arguments.Policy | Should -Be 'RemoteSigned'
        ($again | Repair-MarsHealth).State | Should -Be 'Done'
    }

    It 'refuses evidence, with the way to go' {
        $file = Join-Path -Path $TestDrive -ChildPath 'evidence.json'
        $null = Export-MarsEvidence -ImagePath $script:image -Path $file -Force
        $null = Test-MarsHealth -EvidencePath $file -Check powershell.execution-policy | Repair-MarsHealth -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -Match '^MarsHealth\.EvidenceNotRepairable,'
        "$problem" | Should -Match 'Get-MarsRepairPlan -EvidencePath'
    }

    It 'says by its id what is wrong: <Id>' -ForEach @(
        @{ Id = 'MarsHealth.NotAFinding'; Call = { 'text', $null | Where-Object { $_ } | Repair-MarsHealth } }
        @{ Id = 'MarsHealth.InvalidSet'; Call = { Repair-MarsHealth -ImagePath $script:image -Set @{ source = 1 } } }
        @{ Id = 'MarsHealth.InvalidArgument'; Call = { Repair-MarsHealth -ImagePath $script:image -Set @{ 'no.such' = 1 } } }
        @{ Id = 'MarsHealth.CheckNotFound'; Call = { Repair-MarsHealth -ImagePath $script:image -Check no.such } }
        @{ Id = 'MarsHealth.NotAnImage'; Call = { Repair-MarsHealth -ImagePath $TestDrive } }
        @{ Id = 'MarsHealth.Unsupported'; Call = { Repair-MarsHealth } }
    ) {
        Get-ErrorId -Script $Call | Should -Be $Id
        Get-TreeState -Path $script:image -All | Should -Be $script:before
    }
}

Describe 'A plan' {
    BeforeEach {
        $script:image = Copy-Image
        $script:before = Get-TreeState -Path $script:image -All
    }

    It 'is made without changing anything' {
        $plan = Get-MarsRepairPlan -ImagePath $script:image
        $plan.PSObject.TypeNames[0] | Should -Be 'MarsHealth.RepairPlan'
        $plan.ComputerName | Should -Be 'MARS-DEMO-02'
        ($plan.Steps | Where-Object Take).Operation | Should -Be 'powershell.set-execution-policy', 'powershell.add-module-path'
        ($plan.Steps | Where-Object { -not $_.Take }).Held | Should -Not -Contain $null
        ($plan.Steps | Where-Object Operation -EQ 'powershell.restore-module').Held | Should -Match '-Set @\{'
        $plan.Advice | Should -Not -BeNullOrEmpty
        Get-TreeState -Path $script:image -All | Should -Be $script:before
    }

    It 'is applied as it was edited: an object' {
        $plan = Get-MarsRepairPlan -ImagePath $script:image
        $plan.Steps[0].Take = $false
        $results = $plan | Invoke-MarsRepairPlan -WarningAction SilentlyContinue
        ($results | Where-Object State -EQ Done).Operation | Should -Be 'powershell.add-module-path'
    }

    It 'is applied as it was edited: a file' {
        $file = Join-Path -Path $TestDrive -ChildPath 'plan.json'
        $null = Get-MarsRepairPlan -ImagePath $script:image -Path $file -Force
        $plan = Get-Content -LiteralPath $file -Raw | ConvertFrom-Json
        $plan.steps[1].take = $false
        $plan | ConvertTo-Json -Depth 9 | Set-Content -LiteralPath $file
        Invoke-MarsRepairPlan -Path $file -ImagePath $script:image -WhatIf | Out-Null
        Get-TreeState -Path $script:image -All | Should -Be $script:before
        $results = Invoke-MarsRepairPlan -Path $file -ImagePath $script:image -WarningAction SilentlyContinue
        ($results | Where-Object State -EQ Done).Operation | Should -Be 'powershell.set-execution-policy'
    }

    It 'is made of findings, and of evidence' {
        $findings = Test-MarsHealth -ImagePath $script:image -Check powershell.module-path
        ($findings | Get-MarsRepairPlan).Steps.Operation | Should -Be 'powershell.add-module-path'
        $file = Join-Path -Path $TestDrive -ChildPath 'evidence.json'
        $null = Export-MarsEvidence -ImagePath $script:image -Path $file -Force
        (Get-MarsRepairPlan -EvidencePath $file -Check powershell.module-path).Steps.Operation | Should -Be 'powershell.add-module-path'
        (Test-MarsHealth -EvidencePath $file -Check powershell.module-path | Get-MarsRepairPlan).Steps.Operation | Should -Be 'powershell.add-module-path'
    }

    It 'is wider with more risk' {
        $takes = (Get-MarsRepairPlan -ImagePath $script:image -IncludeRisk Medium -Set @{ 'powershell.restore-module.source' = '/tmp' }).Steps | Where-Object Take
        $takes.Operation | Should -Contain 'powershell.restore-module'
    }

    It 'of another machine is refused' {
        $plan = Get-MarsRepairPlan -ImagePath $script:image
        $healthy = Copy-Image -Name healthy
        Get-ErrorId -Script { $plan | Invoke-MarsRepairPlan -ImagePath $healthy } | Should -Be 'MarsHealth.OtherMachine'
    }

    It 'is kept unless -Force is given, and refused where it is none' {
        $file = Join-Path -Path $TestDrive -ChildPath 'kept-plan.json'
        Set-Content -LiteralPath $file -Value '{'
        Get-ErrorId -Script { Get-MarsRepairPlan -ImagePath $script:image -Path $file } | Should -Be 'MarsHealth.PathExists'
        Get-ErrorId -Script { Invoke-MarsRepairPlan -Path $file -ImagePath $script:image } | Should -Be 'MarsHealth.Malformed'
        Get-ErrorId -Script { Invoke-MarsRepairPlan -Path /no/such/file -ImagePath $script:image } | Should -Be 'MarsHealth.PathNotFound'
    }
}

Describe 'One repair' {
    BeforeEach {
        $script:image = Copy-Image
        $script:before = Get-TreeState -Path $script:image -All
    }

    It '<Name>: nothing with -WhatIf, then done, then taken back to the byte' -ForEach @(
        @{ Name = 'Repair-MarsExecutionPolicy'; Call = { param($more) Repair-MarsExecutionPolicy -ImagePath $script:image @more } }
        @{ Name = 'Repair-MarsExecutionPolicy -Policy'; Call = { param($more) Repair-MarsExecutionPolicy -Policy Unrestricted -ImagePath $script:image @more } }
        @{ Name = 'Repair-MarsModulePath'; Call = { param($more) Repair-MarsModulePath -ImagePath $script:image @more } }
        @{ Name = 'Repair-MarsModulePath -Folder'; Call = { param($more) Repair-MarsModulePath -Folder 'C:\Program Files\Microsoft Azure Recovery Services Agent\bin\Modules' -ImagePath $script:image @more } }
        @{ Name = 'Repair-MarsModule'; Call = {
                param($more)
                Repair-MarsModule -Source $script:good -AllowUnsigned -ImagePath $script:image @more
            }
        }
    ) {
        $trial = & $Call @{ WhatIf = $true }
        $trial.State | Should -Be 'WouldChange'
        Get-TreeState -Path $script:image -All | Should -Be $script:before
        $result = & $Call @{ WarningAction = 'SilentlyContinue' }
        $result.State | Should -Be 'Done'
        $result.Changes.After | Should -Be $trial.Changes.After
        $result.RunId | Should -Not -BeNullOrEmpty
        (& $Call @{ WarningAction = 'SilentlyContinue' }).State | Should -BeIn @('AlreadyGood', $null)
        $undone = $result | Undo-MarsRepair
        $undone.State | Should -Be 'Done'
        $trial, $result, $undone | ForEach-Object ComputerName | Should -Be (@('MARS-DEMO-02') * 3)
        Get-TreeState -Path $script:image | Should -Be $script:before
    }

    It '<Name> needs the running server, and says so' -ForEach @(
        @{ Name = 'Repair-MarsScheduledTask -Enable'; Call = { Repair-MarsScheduledTask -ImagePath $script:image -TaskPath *SystemState* -Enable } }
        @{ Name = 'Repair-MarsScheduledTask -Principal'; Call = { Repair-MarsScheduledTask -ImagePath $script:image -TaskPath Microsoft-OnlineBackup -Principal SYSTEM } }
        @{ Name = 'Resize-MarsShadowStorage'; Call = { Resize-MarsShadowStorage -ImagePath $script:image -Volume C: -MaximumSize 20GB } }
        @{ Name = 'Restart-MarsService'; Call = { Restart-MarsService -ImagePath $script:image -Name CryptSvc } }
    ) {
        $result = & $Call 2>$null
        $result.State | Should -Be 'Held'
        $result.Message | Should -Match 'server|where it runs'
        Get-ErrorId -Script $Call | Should -Be 'MarsHealth.StepRefused'
        Get-TreeState -Path $script:image -All | Should -Be $script:before
    }

    It 'Repair-MarsScheduledTask takes what its checks find, of the tasks that are named' {
        $results = Repair-MarsScheduledTask -ImagePath $script:image -TaskPath Microsoft-OnlineBackup
        $results.State | Sort-Object -Unique | Should -Be 'Held'
        $results.Operation | Sort-Object | Should -Be 'task.enable-triggers', 'task.set-multiple-instances', 'task.set-principal'
        $results.Arguments.Task | Sort-Object -Unique | Should -Be '\Microsoft\OnlineBackup\Microsoft-OnlineBackup'
        Get-ErrorId -Script { Repair-MarsScheduledTask -ImagePath $script:image -TaskPath nosuch -Enable } | Should -Be 'MarsHealth.TaskNotFound'
    }

    It 'refuses what is out of range: <Call>' -ForEach @(
        @{ Call = { Repair-MarsExecutionPolicy -ImagePath $script:image -Policy Bypass } }
        @{ Call = { Resize-MarsShadowStorage -ImagePath $script:image -Volume C: -MaximumSize 1MB } }
        @{ Call = { Repair-MarsHealth -ImagePath $script:image -IncludeRisk None } }
    ) {
        $Call | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'has the library''s word on arguments' {
        Get-ErrorId -Script { Repair-MarsModulePath -ImagePath $script:image -Folder 'not a path' } | Should -Be 'MarsHealth.InvalidArgument'
        Get-ErrorId -Script { Restart-MarsService -ImagePath $script:image -Name 'a b' } | Should -Be 'MarsHealth.InvalidArgument'
    }
}

Describe 'History and undo' {
    BeforeEach {
        $script:image = Copy-Image
        $script:before = Get-TreeState -Path $script:image
    }

    It 'lists the runs, newest first, with what became of them' {
        $first = Repair-MarsExecutionPolicy -ImagePath $script:image
        $second = Repair-MarsModulePath -ImagePath $script:image -WarningAction SilentlyContinue
        $null = Undo-MarsRepair -ImagePath $script:image
        $runs = Get-MarsRepairHistory -ImagePath $script:image
        $runs | Should -HaveCount 3
        $runs[0].Undoes | Should -Be $second.RunId
        $runs[1].RunId | Should -Be $second.RunId
        $runs[1].UndoneBy | Should -Be $runs[0].RunId
        $runs[2].RunId | Should -Be $first.RunId
        $runs[2].Changes.After | Should -Be '"RemoteSigned"'
        $runs[2].Started.Kind | Should -Be 'Utc'
        (Get-MarsRepairHistory -ImagePath $script:image -RunId $first.RunId).RunId | Should -Be $first.RunId
        Get-ErrorId -Script { Get-MarsRepairHistory -ImagePath $script:image -RunId 19990101 } | Should -Be 'MarsHealth.RunNotFound'
    }

    It 'undoes what is piped from the history' {
        $null = Repair-MarsExecutionPolicy -ImagePath $script:image
        $trial = Get-MarsRepairHistory -ImagePath $script:image | Undo-MarsRepair -WhatIf
        $trial.State | Should -Be 'WouldChange'
        $trial.ComputerName | Should -Be 'MARS-DEMO-02'
        Get-TreeState -Path $script:image | Should -Not -Be $script:before
        (Get-MarsRepairHistory -ImagePath $script:image | Undo-MarsRepair).State | Should -Be 'Done'
        Get-TreeState -Path $script:image | Should -Be $script:before
    }

    It 'keeps what was changed since, unless it is forced' {
        $result = Repair-MarsExecutionPolicy -ImagePath $script:image
        $null = Repair-MarsExecutionPolicy -ImagePath $script:image -Policy Unrestricted
        $state = Get-TreeState -Path $script:image
        Get-ErrorId -Script { Undo-MarsRepair -ImagePath $script:image -RunId $result.RunId } | Should -BeIn 'MarsHealth.Conflict', 'MarsHealth.StepRefused'
        Get-TreeState -Path $script:image | Should -Be $state
        $undone = Undo-MarsRepair -ImagePath $script:image -RunId $result.RunId -Force -Verbose 4>&1
        ($undone | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] }).State | Should -Be 'Done'
        # That the file's bytes are others now is told by the library.
        "$($undone | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] })" | Should -Match 'byte|value'
        (Test-MarsHealth -ImagePath $script:image -Check powershell.execution-policy).Values.Policy | Should -Be 'Restricted'
    }

    It 'does not take an empty -ImagePath for the running machine' {
        Get-ErrorId -Script { Undo-MarsRepair -ImagePath '' } | Should -Be 'MarsHealth.PathNotFound'
        Get-ErrorId -Script { Repair-MarsExecutionPolicy -ImagePath '' } | Should -Be 'MarsHealth.PathNotFound'
        Get-ErrorId -Script { Repair-MarsHealth -ImagePath '' } | Should -Be 'ParameterArgumentValidationError'
        # That of an object of the running machine is empty.
        Get-ErrorId -Script { [pscustomobject]@{ RunId = '1999'; ImagePath = $null } | Undo-MarsRepair } | Should -Be 'MarsHealth.Unsupported'
    }

    It 'says so where there is nothing to undo' {
        Get-ErrorId -Script { Undo-MarsRepair -ImagePath $script:image } | Should -Be 'MarsHealth.NotFound'
        Get-ErrorId -Script { Undo-MarsRepair -ImagePath $script:image -RunId 19990101 } | Should -Be 'MarsHealth.NotFound'
        Get-MarsRepairHistory -ImagePath $script:image | Should -BeNullOrEmpty
    }
}
