# examples/runbooks, as a console runs them: each in a PowerShell of its own, on the example images.

BeforeAll {
    $root = Resolve-Path -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath '../..')
    $build = if ($env:BUILD) { $env:BUILD } else { Join-Path -Path $root -ChildPath 'build' }
    $script:runbooks = Join-Path -Path $root -ChildPath 'examples/runbooks'
    $script:images = Join-Path -Path $build -ChildPath 'examples/images'
    # A folder that holds nothing but the module.
    $script:modules = Join-Path -Path $TestDrive -ChildPath 'modules'
    $null = New-Item -Path $script:modules -ItemType Directory
    $null = New-Item -Path (Join-Path -Path $script:modules -ChildPath 'MarsHealth') -ItemType SymbolicLink -Target (Join-Path -Path $build -ChildPath 'MarsHealth')

    # Runs a PowerShell of its own; ExitCode, Lines and Problem (standard error) are what it left.
    function script:Invoke-PowerShell {
        param([string[]] $Argument, [string] $ModulePath = $script:modules)

        $start = [System.Diagnostics.ProcessStartInfo]::new((Get-Process -Id $PID).Path)
        '-NoProfile', '-NonInteractive' + $Argument | Where-Object { $_ } | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $start.Environment['PSModulePath'] = $ModulePath
        $start.Environment['NO_COLOR'] = '1'
        $process = [System.Diagnostics.Process]::Start($start)
        $problem = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        [pscustomobject] @{
            ExitCode = $process.ExitCode
            Output   = $output
            Lines    = @($output -split "`n" | Where-Object { $_ })
            Problem  = $problem.Result
        }
    }

    function script:Invoke-Runbook {
        param([string] $Name, [string[]] $Argument, [string] $ModulePath = $script:modules)

        $file = Join-Path -Path $script:runbooks -ChildPath $Name
        Invoke-PowerShell -Argument ('-File', $file + $Argument) -ModulePath $ModulePath
    }

    function script:Copy-Image {
        param([string] $Name)

        $copy = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        cp -a (Join-Path -Path $script:images -ChildPath $Name) $copy
        $copy
    }

    # What a console demands of every run.
    function script:Assert-OneLine {
        param([object] $Run)

        $Run.Lines | Should -HaveCount 1
        $Run.Problem | Should -BeNullOrEmpty
        [System.Text.Encoding]::UTF8.GetByteCount($Run.Output) | Should -BeLessThan 2048
    }
}

Describe 'examples/runbooks' {
    It '<_> is plain ASCII' -ForEach 'detect.ps1', 'remediate.ps1', 'report.ps1' {
        [System.IO.File]::ReadAllBytes((Join-Path -Path $script:runbooks -ChildPath $_)) | Where-Object { $_ -gt 127 } | Should -BeNullOrEmpty
    }

    It '<_> has no syntax that Windows PowerShell lacks' -ForEach 'detect.ps1', 'remediate.ps1', 'report.ps1' {
        $file = Join-Path -Path $script:runbooks -ChildPath $_
        $tokens = $null
        $null = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref] $tokens, [ref] $null)
        $newer = 'AndAnd', 'OrOr', 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'QuestionMark'
        $tokens | Where-Object { "$($_.Kind)" -in $newer } | Should -BeNullOrEmpty
    }
}

Describe 'detect.ps1' {
    It 'finds the broken server, in one line' {
        $run = Invoke-Runbook -Name detect.ps1 -Argument '-ImagePath', "$script:images/broken"
        Assert-OneLine -Run $run
        $run.ExitCode | Should -Be 1
        $run.Lines[0] | Should -BeLike 'MARS-DEMO-02: * fail*schedule.enabled*'
    }

    It 'finds nothing wrong with the healthy one' {
        $run = Invoke-Runbook -Name detect.ps1 -Argument '-ImagePath', "$script:images/healthy"
        Assert-OneLine -Run $run
        $run.ExitCode | Should -Be 0
        $run.Lines[0] | Should -BeLike 'MARS-DEMO-01: 0 fail*'
    }

    It 'judges only what it is asked for' {
        $run = Invoke-Runbook -Name detect.ps1 -Argument '-ImagePath', "$script:images/broken", '-Check', 'services.vss,services.schedule'
        Assert-OneLine -Run $run
        $run.ExitCode | Should -Be 0
    }

    It 'tells in its line that there is no such server' {
        $run = Invoke-Runbook -Name detect.ps1 -Argument '-ImagePath', "$TestDrive/none"
        Assert-OneLine -Run $run
        $run.ExitCode | Should -Be 1
        $run.Lines[0] | Should -BeLike 'MarsHealth could not judge this server: *'
    }

    It 'tells in its line that the module is missing' {
        $run = Invoke-Runbook -Name detect.ps1 -ModulePath "$TestDrive/empty"
        Assert-OneLine -Run $run
        $run.ExitCode | Should -Be 1
        $run.Lines[0] | Should -BeLike 'MarsHealth could not judge this server: *MarsHealth*'
    }
}

Describe 'remediate.ps1' {
    It 'repairs what it can, says which run it was, and that something is left' {
        $copy = Copy-Image -Name broken
        $run = Invoke-Runbook -Name remediate.ps1 -Argument '-ImagePath', $copy
        Assert-OneLine -Run $run
        $run.ExitCode | Should -Be 1
        $run.Lines[0] | Should -Match '^[1-9]\d* repaired \(run \S+\)\. Now MARS-DEMO-02: [1-9]\d* fail'
        (Invoke-Runbook -Name detect.ps1 -Argument '-ImagePath', $copy, '-Check', 'powershell.execution-policy').ExitCode | Should -Be 0
    }

    It 'ends well where all that was asked for is repaired' {
        $run = Invoke-Runbook -Name remediate.ps1 -Argument '-ImagePath', (Copy-Image -Name broken), '-Check', 'powershell.execution-policy'
        Assert-OneLine -Run $run
        $run.Lines[0] | Should -BeLike '1 repaired (run *'
        $run.ExitCode | Should -Be 0
    }

    It 'does nothing to a healthy server' {
        $copy = Copy-Image -Name healthy
        $before = Get-ChildItem -LiteralPath $copy -Recurse -File | Get-FileHash | ForEach-Object { "$($_.Hash) $($_.Path)" }
        $run = Invoke-Runbook -Name remediate.ps1 -Argument '-ImagePath', $copy
        Assert-OneLine -Run $run
        $run.ExitCode | Should -Be 0
        $run.Lines[0] | Should -BeLike '0 repaired. Now MARS-DEMO-01: 0 fail*'
        Get-ChildItem -LiteralPath $copy -Recurse -File | Get-FileHash | ForEach-Object { "$($_.Hash) $($_.Path)" } | Should -Be $before
    }

    It 'tells in its line that there is no such server' {
        $run = Invoke-Runbook -Name remediate.ps1 -Argument '-ImagePath', "$TestDrive/none"
        Assert-OneLine -Run $run
        $run.ExitCode | Should -Be 1
        $run.Lines[0] | Should -BeLike 'MarsHealth could not repair this server: *'
    }

    It 'tells in its line that the module is missing' {
        $run = Invoke-Runbook -Name remediate.ps1 -ModulePath "$TestDrive/empty"
        Assert-OneLine -Run $run
        $run.ExitCode | Should -Be 1
    }
}

Describe 'report.ps1' {
    BeforeEach {
        $script:folder = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
    }

    It 'writes a report as JSON and as text' {
        $run = Invoke-Runbook -Name report.ps1 -Argument $script:folder, '-ImagePath', "$script:images/broken"
        $run.Problem | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 1
        $run.Lines[0] | Should -BeLike 'MARS-DEMO-02: *'
        $run.Output | Should -Match '(?m)^FAIL schedule\.enabled \[\\Microsoft\\OnlineBackup\\'
        $run.Output | Should -Not -BeLike '*since the last report*'
        $files = Get-ChildItem -LiteralPath $script:folder
        $files.Extension | Sort-Object | Should -Be '.json', '.txt'
        $files[0].BaseName | Should -Match '^MARS-DEMO-02-\d{8}T\d{6}Z$'
        $findings = Get-Content -LiteralPath ($files | Where-Object Extension -EQ '.json') -Raw | ConvertFrom-Json
        $findings.Count | Should -BeGreaterThan 20
        $findings | Where-Object Verdict -EQ 'schedule.enabled/triggers-disabled' | ForEach-Object Status | Should -Be 'Fail'
        (Get-Content -LiteralPath ($files | Where-Object Extension -EQ '.txt') -Raw).Trim() | Should -Be $run.Output.Trim()
    }

    It 'ends well for a healthy server' {
        $run = Invoke-Runbook -Name report.ps1 -Argument $script:folder, '-ImagePath', "$script:images/healthy"
        $run.Problem | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
        (Get-ChildItem -LiteralPath $script:folder -Filter *.json).Name | Should -BeLike 'MARS-DEMO-01-*'
    }

    It 'judges several images, and is as bad as the worst' {
        $command = "& '$script:runbooks/report.ps1' '$script:folder' -ImagePath '$script:images/broken', '$script:images/healthy'; exit `$LASTEXITCODE"
        $run = Invoke-PowerShell -Argument '-Command', $command
        $run.Problem | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 1
        (Get-ChildItem -LiteralPath $script:folder -Filter *.json).Name | ForEach-Object { $_.Substring(0, 12) } |
            Should -Be 'MARS-DEMO-01', 'MARS-DEMO-02'
    }

    Context 'with earlier reports' {
        BeforeEach {
            $null = New-Item -Path $script:folder -ItemType Directory
            $finding = @{ Status = 'Fail'; Blocking = $true; Check = 'old.check'; Subject = $null; Verdict = 'old.check/gone'; Title = 'Was so' }
            'MARS-DEMO-02-20200101T000000Z', 'MARS-DEMO-02-20200102T000000Z', 'MARS-DEMO-02-X-20200101T000000Z' | ForEach-Object {
                ConvertTo-Json -InputObject @($finding) | Set-Content -LiteralPath (Join-Path -Path $script:folder -ChildPath "$_.json")
                Set-Content -LiteralPath (Join-Path -Path $script:folder -ChildPath "$_.txt") -Value 'old'
            }
        }

        It 'says what is new and what is gone' {
            $run = Invoke-Runbook -Name report.ps1 -Argument $script:folder, '-ImagePath', "$script:images/broken"
            $run.Problem | Should -BeNullOrEmpty
            $run.Output | Should -Match '(?s)New since the last report:\r?\n.*schedule\.enabled: .*Gone since the last report:\r?\n    old\.check: Was so'
        }

        It 'keeps only the newest of the same computer' {
            $null = Invoke-Runbook -Name report.ps1 -Argument $script:folder, '-Keep', '2', '-ImagePath', "$script:images/broken"
            $names = (Get-ChildItem -LiteralPath $script:folder).BaseName | Sort-Object -Unique
            $names | Should -HaveCount 3
            $names | Should -Contain 'MARS-DEMO-02-20200102T000000Z'
            $names | Should -Contain 'MARS-DEMO-02-X-20200101T000000Z'
        }

        It 'makes a report also where the last one is damaged' {
            Set-Content -LiteralPath (Join-Path -Path $script:folder -ChildPath 'MARS-DEMO-02-20200102T000000Z.json') -Value '[{'
            $run = Invoke-Runbook -Name report.ps1 -Argument $script:folder, '-ImagePath', "$script:images/broken"
            $run.ExitCode | Should -Be 1
            $run.Problem | Should -BeNullOrEmpty
            $run.Output | Should -Match 'FAIL schedule\.enabled'
        }
    }

    It 'says that no report could be made' {
        $run = Invoke-Runbook -Name report.ps1 -Argument $script:folder, '-ImagePath', "$TestDrive/none"
        $run.ExitCode | Should -Be 2
        $run.Problem | Should -BeNullOrEmpty
        $run.Lines[0] | Should -BeLike 'No report could be made: *'
    }
}
