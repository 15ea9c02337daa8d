# Test-MarsHealth and what only looks.

BeforeAll {
    . (Join-Path -Path $PSScriptRoot -ChildPath 'Support.ps1')
    Import-Module -Name $script:module
    $script:broken = Join-Path -Path $script:images -ChildPath 'broken'
    $script:healthy = Join-Path -Path $script:images -ChildPath 'healthy'
    $script:tool = Join-Path -Path $script:build -ChildPath 'bin/marshealth'
}

Describe 'Test-MarsHealth' {
    It 'finds what the command line tool finds' {
        $findings = Test-MarsHealth -ImagePath $script:broken
        $report = & $script:tool test --image $script:broken --format json | ConvertFrom-Json
        $findings.Count | Should -Be $report.findings.Count
        $ours = $findings | ForEach-Object { '{0} {1} {2} {3}' -f $_.Verdict, $_.Subject, "$($_.Status)".ToLowerInvariant(), $_.Title }
        $theirs = $report.findings | ForEach-Object { '{0} {1} {2} {3}' -f $_.verdict, $_.subject, $_.status, $_.title }
        $ours | Sort-Object | Should -Be ($theirs | Sort-Object)
    }

    It 'says of each finding what and where' {
        $finding = Test-MarsHealth -ImagePath $script:broken -Check powershell.execution-policy
        $finding.PSObject.TypeNames[0] | Should -Be 'MarsHealth.Finding'
        $finding.Status | Should -Be 'Fail'
        $finding.Verdict | Should -Be 'powershell.execution-policy/restricted'
        $finding.Blocking | Should -BeTrue
        $finding.Values.Policy | Should -Be 'Restricted'
        $finding.Repairs.Operation | Should -Be 'powershell.set-execution-policy'
        $finding.Repairs.Arguments.Policy | Should -Be 'RemoteSigned'
        $finding.Where | Should -BeLike 'HKLM\*ExecutionPolicy*'
        $finding.Cause | Should -Not -BeNullOrEmpty
        $finding.Advice | Should -Not -BeNullOrEmpty
        $finding.ComputerName | Should -Be 'MARS-DEMO-02'
        $finding.MachineGuid | Should -Match '^[0-9a-f-]{36}$'
        $finding.MarsMachineId | Should -Match '^[0-9a-f-]{36}$'
        $finding.ImagePath | Should -Be $script:broken
        $finding.EvidencePath | Should -BeNullOrEmpty
    }

    It 'puts what needs attention first' {
        $order = 'Fail', 'Unknown', 'Warn', 'Info', 'Pass', 'Skipped'
        $places = (Test-MarsHealth -ImagePath $script:broken).Status | ForEach-Object { $order.IndexOf("$_") }
        $places | Should -Be ($places | Sort-Object)
        $places[0] | Should -Be 0
    }

    It 'throws for no ill machine' {
        { Test-MarsHealth -ImagePath $script:broken -ErrorAction Stop } | Should -Not -Throw
    }

    It 'takes ids, groups and wildcards: <Check>' -ForEach @(
        @{ Check = 'schedule'; Expected = 'schedule.*' }
        @{ Check = 'SCHEDULE.*'; Expected = 'schedule.*' }
        @{ Check = '*.service'; Expected = 'agent.service' }
    ) {
        $found = (Test-MarsHealth -ImagePath $script:broken -Check $Check).Check | Sort-Object -Unique
        $found | Should -Be ((Get-MarsHealthCheck).Check | Where-Object { $_ -like $Expected } | Sort-Object)
    }

    It 'leaves checks out' {
        $findings = Test-MarsHealth -ImagePath $script:broken -ExcludeCheck schedule, *.storage
        $findings.Check | Should -Not -Contain 'schedule.enabled'
        $findings.Check | Should -Not -Contain 'shadow.storage'
        $findings.Check | Should -Contain 'shadow.writers'
        (Test-MarsHealth -ImagePath $script:broken -Check schedule -ExcludeCheck schedule.action).Check | Should -Not -Contain 'schedule.action'
    }

    It 'judges several images, and goes on behind one that is none' {
        $empty = Join-Path -Path $TestDrive -ChildPath 'empty'
        $null = New-Item -Path $empty -ItemType Directory
        $findings = Test-MarsHealth -ImagePath $script:healthy, $empty, $script:broken -Check agent.version -ErrorVariable problem -ErrorAction SilentlyContinue
        $findings.ImagePath | Should -Be $script:healthy, $script:broken
        $problem.FullyQualifiedErrorId | Should -Be 'MarsHealth.NotAnImage,MarsHealth.Cmdlets.TestMarsHealthCommand'
        $problem[0].TargetObject | Should -Be $empty
        $problem[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
    }

    It 'takes wildcards and relative paths for images' {
        Push-Location -LiteralPath $script:images
        try {
            (Test-MarsHealth -ImagePath ./h*, broken -Check agent.version).ImagePath | Should -Be $script:healthy, $script:broken
        } finally {
            Pop-Location
        }
    }

    It 'takes a path with brackets as it is' {
        $odd = Join-Path -Path $TestDrive -ChildPath 'a [1]'
        cp -a $script:healthy $odd
        (Test-MarsHealth -ImagePath $odd -Check agent.version).ImagePath | Should -Be $odd
    }

    It '-Quiet gives one truth value a source' {
        Test-MarsHealth -ImagePath $script:healthy -Quiet | Should -BeTrue
        Test-MarsHealth -ImagePath $script:broken -Quiet | Should -BeFalse
        Test-MarsHealth -ImagePath $script:broken, $script:healthy -Quiet | Should -Be $false, $true
        Test-MarsHealth -ImagePath $script:broken -Check agent.service -Quiet | Should -BeTrue
        Test-MarsHealth -ImagePath '/no/such/folder' -Quiet -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        Test-MarsHealth -ImagePath $TestDrive -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
    }

    It '-Summary gives one line of less than 2 KB a source' {
        $lines = @(Test-MarsHealth -ImagePath $script:broken, $script:healthy -Summary)
        $lines | Should -HaveCount 2
        $lines | ForEach-Object { [System.Text.Encoding]::UTF8.GetByteCount($_) | Should -BeLessThan 2048 }
        $lines | Should -Not -Match "`n"
        $lines[0] | Should -Match '^MARS-DEMO-02: 9 fail, 3 warn, 0 unknown, 23 pass'
        $lines[0] | Should -Match 'schedule\.enabled'
        $lines[1] | Should -Match ': 0 fail'
    }

    It '-Verbose shows what the library tells' {
        $told = Test-MarsHealth -ImagePath $script:broken -Check agent.version -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$told" | Should -Match 'libmarshealth|MarsHealth'
        "$told" | Should -Match '0\.1\.0'
    }

    It 'tells its progress to the end' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$script:module'; Test-MarsHealth -ImagePath '$script:broken'").Invoke()
        $records = @($shell.Streams.Progress | Where-Object { $_.Activity -like '*broken*' })
        $records.Count | Should -BeGreaterThan 3
        $records[-1].RecordType | Should -Be 'Completed'
        $records[0].StatusDescription | Should -Not -BeNullOrEmpty
        $percents = $records.PercentComplete | Where-Object { $_ -ge 0 }
        $percents | Should -Be ($percents | Sort-Object)
        $shell.Dispose()
    }

    It 'ends at once when it is stopped' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$script:module'; Test-MarsHealth -ImagePath (@('$script:broken') * 5000)")
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $running = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
        $deadline = [datetime]::Now.AddSeconds(60)
        while ($output.Count -eq 0 -and [datetime]::Now -lt $deadline) {
            [System.Threading.Thread]::Yield() | Out-Null
        }
        $shell.Stop()
        $running.IsCompleted | Should -BeTrue
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $output.Count | Should -BeGreaterThan 0
        $output.Count | Should -BeLessThan 100000
        $shell.Dispose()
    }

    It 'stops when no more is wanted' {
        (Test-MarsHealth -ImagePath (@($script:broken) * 5000) | Select-Object -First 1).Check | Should -Not -BeNullOrEmpty
    }

    It 'says by its id what is wrong: <Id>' -ForEach @(
        @{ Id = 'MarsHealth.Unsupported'; Call = { Test-MarsHealth } }
        @{ Id = 'MarsHealth.PathNotFound'; Call = { Test-MarsHealth -ImagePath /no/such/folder } }
        @{ Id = 'MarsHealth.PathNotFound'; Call = { Test-MarsHealth -EvidencePath /no/such/*.json } }
        @{ Id = 'MarsHealth.NotAnImage'; Call = { Test-MarsHealth -ImagePath $TestDrive } }
        @{ Id = 'MarsHealth.CheckNotFound'; Call = { Test-MarsHealth -ImagePath $script:broken -Check no.such } }
        @{ Id = 'MarsHealth.CheckNotFound'; Call = { Test-MarsHealth -ImagePath $script:broken -ExcludeCheck no.such } }
        @{ Id = 'MarsHealth.NoCheckLeft'; Call = { Test-MarsHealth -ImagePath $script:broken -Check agent.os -ExcludeCheck agent } }
        @{ Id = 'MarsHealth.PathNotFound'; Call = { Test-MarsHealth -ImagePath $script:broken -BaselinePath /no/such } }
        @{ Id = 'MarsHealth.Malformed'; Call = { Test-MarsHealth -EvidencePath $PSCommandPath } }
    ) {
        Get-ErrorId -Script $Call | Should -Be $Id
    }
}

Describe 'Evidence' {
    BeforeAll {
        $script:folder = Join-Path -Path $TestDrive -ChildPath 'evidence'
        $null = New-Item -Path $script:folder -ItemType Directory
    }

    It 'is exported, and judged as its machine was' {
        $file = Export-MarsEvidence -ImagePath $script:broken -Path (Join-Path -Path $script:folder -ChildPath 'broken.json')
        $file | Should -BeOfType System.IO.FileInfo
        $saved = Test-MarsHealth -EvidencePath $file.FullName
        $live = Test-MarsHealth -ImagePath $script:broken
        $saved.Verdict | Should -Be $live.Verdict
        $saved[0].EvidencePath | Should -Be $file.FullName
        $saved[0].MachineGuid | Should -Be $live[0].MachineGuid
    }

    It 'is taken from the pipeline and by wildcard' {
        $null = Export-MarsEvidence -ImagePath $script:healthy -Path (Join-Path -Path $script:folder -ChildPath 'healthy.json')
        Get-ChildItem -Path $script:folder -Filter *.json | Sort-Object -Property Name | Test-MarsHealth -Quiet | Should -Be $false, $true
        Test-MarsHealth -EvidencePath (Join-Path -Path $script:folder -ChildPath '*.json') -Quiet | Should -Be $false, $true
    }

    It 'is not overwritten unless that is asked for' {
        $file = Join-Path -Path $script:folder -ChildPath 'kept.json'
        Set-Content -LiteralPath $file -Value 'mine'
        Get-ErrorId -Script { Export-MarsEvidence -ImagePath $script:healthy -Path $file } | Should -Be 'MarsHealth.PathExists'
        Get-Content -LiteralPath $file | Should -Be 'mine'
        $null = Export-MarsEvidence -ImagePath $script:healthy -Path $file -Force
        Test-MarsHealth -EvidencePath $file -Quiet | Should -BeTrue
        Get-ErrorId -Script { Export-MarsEvidence -ImagePath $script:healthy -Path '/no/such/folder/x.json' } | Should -Be 'MarsHealth.Unwritable'
    }

    It 'is not written with -WhatIf' {
        $file = Join-Path -Path $script:folder -ChildPath 'whatif.json'
        Export-MarsEvidence -ImagePath $script:healthy -Path $file -WhatIf | Should -BeNullOrEmpty
        $file | Should -Not -Exist
    }

    It 'can be redacted, and narrowed' {
        $file = Export-MarsEvidence -ImagePath $script:broken -Path (Join-Path -Path $script:folder -ChildPath 'redacted.json') -Redact -Check schedule.*
        Get-Content -LiteralPath $file -Raw | Should -Not -Match 'MARS-DEMO-02'
        (Test-MarsHealth -EvidencePath $file -Check schedule.enabled).Status | Should -Contain 'Fail'
    }

    It 'gets a name of its own' {
        Push-Location -LiteralPath $script:folder
        try {
            (Export-MarsEvidence -ImagePath $script:broken).Name | Should -Match '^MarsEvidence-MARS-DEMO-02-\d{8}T\d{6}Z\.json$'
        } finally {
            Pop-Location
        }
    }
}

Describe 'What only looks' {
    It 'Get-MarsHealthCheck lists the checks' {
        $all = Get-MarsHealthCheck
        ($all.Check | Sort-Object) | Should -Be ((& $script:tool checks --format json | ConvertFrom-Json).check | Sort-Object)
        (Get-MarsHealthCheck schedule.*).Check | Should -Contain 'schedule.enabled'
        (Get-MarsHealthCheck shadow).Check | Should -Contain 'shadow.writers'
        $one = Get-MarsHealthCheck schedule.enabled
        $one.Blocking | Should -BeTrue
        $one.Verdicts.Verdict | Should -Contain 'schedule.enabled/disabled'
        $one.Rule | Should -Not -BeNullOrEmpty
        'agent.os', 'agent.version' | Get-MarsHealthCheck | Should -HaveCount 2
        Get-ErrorId -Script { Get-MarsHealthCheck no.such } | Should -Be 'MarsHealth.CheckNotFound'
    }

    It 'Get-MarsScheduledTask shows the tasks' {
        $tasks = Get-MarsScheduledTask -ImagePath $script:broken
        $tasks.TaskPath | Should -HaveCount 2
        $task = Get-MarsScheduledTask -ImagePath $script:broken -TaskPath Microsoft-OnlineBackup
        $task.TaskPath | Should -Be '\Microsoft\OnlineBackup\Microsoft-OnlineBackup'
        $task.MultipleInstances | Should -Be 'Parallel'
        $task.Triggers.Enabled | Should -Contain $false
        $task.UnknownFacts | Should -Match '^Administrator: '
        $task.ComputerName | Should -Be 'MARS-DEMO-02'
        (Get-MarsScheduledTask -ImagePath $script:broken '*SystemState*').Enabled | Should -BeFalse
        (Get-MarsScheduledTask -ImagePath $script:broken '\Microsoft\*').Count | Should -Be 2
    }

    It 'Get-MarsShadowStorage shows shadow storage' {
        $storage = Get-MarsShadowStorage -ImagePath $script:broken
        $storage.Volume | Should -Be 'C:'
        $storage.StorageVolume | Should -Be 'C:'
        $storage.Maximum | Should -Be 300MB
        $storage.VolumeId | Should -BeLike '\\?\Volume{*}\'
    }

    It 'Get-MarsVssWriter shows the writers' {
        $failed = Get-MarsVssWriter -ImagePath $script:broken | Where-Object State -GE 6
        $failed.Name | Should -Be 'System Writer'
        $failed.ErrorText | Should -Be 'Timed out'
    }

    It 'says so where a fact is unknown' {
        $image = Copy-Image -Name healthy
        Remove-Item -Path (Join-Path -Path $image -ChildPath 'captures/vssadmin*')
        Get-ErrorId -Script { Get-MarsVssWriter -ImagePath $image } | Should -Be 'MarsHealth.FactUnknown'
        Get-ErrorId -Script { Get-MarsShadowStorage -ImagePath $image } | Should -Be 'MarsHealth.FactUnknown'
    }

    It 'New-MarsModuleBaseline lists the files of a module' {
        $folder = Join-Path -Path $script:healthy -ChildPath 'Program Files/Microsoft Azure Recovery Services Agent/bin/Modules/MSOnlineBackup'
        $text = New-MarsModuleBaseline -Folder $folder
        ($text | ConvertFrom-Json).files.Count | Should -BeGreaterThan 1
        $file = New-MarsModuleBaseline -Folder $folder -Path (Join-Path -Path $TestDrive -ChildPath 'good.json')
        Get-Content -LiteralPath $file -Raw | Should -Be $text
        (Test-MarsHealth -ImagePath $script:healthy -Check powershell.module-integrity -BaselinePath $file).Status | Should -Be 'Pass'
        Get-ErrorId -Script { New-MarsModuleBaseline -Folder $TestDrive } | Should -Match '^MarsHealth\.\w+$'
    }
}
