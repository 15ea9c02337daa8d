# examples/images/capture.ps1, as far as it can be tested away from a Windows server: its functions, with Windows faked.

BeforeAll {
    $script:captureScript = Join-Path -Path $PSScriptRoot -ChildPath '..' -AdditionalChildPath '..', 'examples', 'images', 'capture.ps1'
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($captureScript, [ref] $null, [ref] $null)
    $isFunction = { param($node) $node -is [System.Management.Automation.Language.FunctionDefinitionAst] }
    . ([scriptblock]::Create(($ast.FindAll($isFunction, $false).Extent.Text) -join "`n"))
    # What the script sets for itself at its beginning.
    $isSetting = { param($node) $node -is [System.Management.Automation.Language.AssignmentStatementAst] }
    $setting = $ast.FindAll($isSetting, $false) | Where-Object { $_.Left.Extent.Text -eq '$textEncoding' }
    . ([scriptblock]::Create($setting.Extent.Text))

    # As the script does.
    $ErrorActionPreference = 'Stop'

    function script:New-RegistryKey {
        param([string] $Value, [string] $Kind = 'ExpandString')

        $key = [pscustomobject] @{ Stored = $Value; Kind = $Kind }
        $key | Add-Member -MemberType ScriptMethod -Name GetValue -Value {
            param($name, $default, $option)
            if ($name -ne 'PSModulePath') { return $default }
            if ($option -eq 'DoNotExpandEnvironmentNames') { return $this.Stored }
            [Environment]::ExpandEnvironmentVariables($this.Stored)
        }
        $key | Add-Member -MemberType ScriptMethod -Name GetValueKind -Value { param($name) $null = $name; $this.Kind }
        $key
    }
}

Describe 'capture.ps1' {
    BeforeEach {
        $script:systemFolder = Join-Path -Path $TestDrive -ChildPath 'Windows/System32'
        $null = New-Item -Path $script:systemFolder -ItemType Directory -Force
        $script:image = Join-Path -Path $TestDrive -ChildPath 'image'
    }

    AfterEach {
        Remove-Item -LiteralPath (Join-Path -Path $TestDrive -ChildPath 'Windows'), $script:image -Recurse -Force -ErrorAction SilentlyContinue
    }

    It 'is plain ASCII' {
        [System.IO.File]::ReadAllBytes($captureScript) | Where-Object { $_ -gt 127 } | Should -BeNullOrEmpty
    }

    Context 'when something is denied' {
        BeforeEach {
            foreach ($name in 'Save-Hive', 'Copy-ToImage', 'Copy-TaskProgram', 'Copy-OtherModule', 'Save-AzureModuleName', 'Copy-AgentFile') {
                Mock -CommandName $name
            }
            $script:tasks = Join-Path -Path $script:systemFolder -ChildPath 'Tasks/Microsoft/OnlineBackup'
            $null = New-Item -Path $script:tasks -ItemType Directory -Force
            'one', 'two' | ForEach-Object { Set-Content -LiteralPath (Join-Path -Path $script:tasks -ChildPath $_) -Value $_ }
        }

        It 'says so and goes on when the folder of the tasks cannot be looked for' {
            Mock -CommandName Test-Path -MockWith { throw [System.UnauthorizedAccessException] 'Access is denied' }
            $said = Save-Image -AgentFolder 'C:\Agent' -ScratchFolder '' -Image $script:image 3>&1
            "$said" | Should -BeLike 'programs of the tasks: *Access is denied*'
            Should -Invoke -CommandName Copy-OtherModule -Exactly -Times 1
            Should -Invoke -CommandName Copy-AgentFile -Exactly -Times 1
        }

        It 'says so and goes on when the folder of the tasks cannot be listed' {
            Mock -CommandName Get-ChildItem -MockWith { throw [System.UnauthorizedAccessException] 'Access is denied' }
            $said = Save-Image -AgentFolder 'C:\Agent' -ScratchFolder '' -Image $script:image 3>&1
            "$said" | Should -BeLike 'programs of the tasks: *Access is denied*'
            Should -Invoke -CommandName Copy-AgentFile -Exactly -Times 1
        }

        It 'copies the programs of the other tasks when a folder among them cannot be listed' {
            $files = Get-ChildItem -LiteralPath $script:tasks -File
            Mock -CommandName Get-ChildItem -MockWith {
                $files[0]
                Write-Error -Message 'Access is denied' -ErrorAction $ErrorActionPreference
                $files[1]
            }
            Save-Image -AgentFolder '' -ScratchFolder '' -Image $script:image 2>$null 3>$null
            Should -Invoke -CommandName Copy-TaskProgram -Exactly -Times 2
        }

        It 'says which task could not be read, and reads the next one' {
            Mock -CommandName Copy-TaskProgram -ParameterFilter { $TaskFile -like '*one' } -MockWith { throw 'is locked' }
            $said = Save-Image -AgentFolder '' -ScratchFolder '' -Image $script:image 3>&1
            "$said" | Should -BeLike '*one: is locked'
            Should -Invoke -CommandName Copy-TaskProgram -ParameterFilter { $TaskFile -like '*two' } -Exactly -Times 1
        }

        It 'says which hive could not be saved' {
            Mock -CommandName Save-Hive -ParameterFilter { $Key -eq 'HKLM\SYSTEM' } -MockWith { throw 'reg save failed' }
            $said = Save-Image -AgentFolder '' -ScratchFolder '' -Image $script:image 3>&1
            "$said" | Should -Be 'hive SYSTEM: reg save failed'
            Should -Invoke -CommandName Save-Hive -Exactly -Times 3
        }
    }

    Context 'variables of the tasks' {
        BeforeEach {
            $script:callersProfile = $env:USERPROFILE
            $env:USERPROFILE = 'C:\Users\Caller'
            $env:MARS_TEST_DRIVE = 'D:'
        }

        AfterEach {
            $env:USERPROFILE = $script:callersProfile
            $env:MARS_TEST_DRIVE = $null
        }

        It 'are those of SYSTEM, in <Text>' -ForEach @(
            @{ Text = '%USERPROFILE%\x'; Expected = '*config?systemprofile\x' }
            @{ Text = '%UserProfile%\x'; Expected = '*config?systemprofile\x' }
            @{ Text = '%APPDATA%\x'; Expected = '*systemprofile?AppData?Roaming\x' }
            @{ Text = '%LOCALAPPDATA%\x'; Expected = '*systemprofile?AppData?Local\x' }
            @{ Text = '%MARS_TEST_DRIVE%\x'; Expected = 'D:\x' }
            @{ Text = '%NO_SUCH%\x'; Expected = '%NO_SUCH%\x' }
        ) {
            Expand-SystemVariable -Text $Text | Should -BeLike $Expected
        }

        It 'are expanded in a PSModulePath that is of the type for it' {
            Mock -CommandName Get-Item -MockWith { New-RegistryKey -Value '%USERPROFILE%\Modules;%MARS_TEST_DRIVE%\M' }
            $value = Get-StoredModulePath -Environment 'HKLM:\x'
            $value | Should -BeLike '*systemprofile\Modules;D:\M'
            $value | Should -Not -BeLike '*Caller*'
        }

        It 'are left alone in one that is plain text' {
            Mock -CommandName Get-Item -MockWith { New-RegistryKey -Value '%MARS_TEST_DRIVE%\M' -Kind String }
            Get-StoredModulePath -Environment 'HKLM:\x' | Should -Be '%MARS_TEST_DRIVE%\M'
        }

        It 'need no PSModulePath' {
            Mock -CommandName Get-Item
            Get-StoredModulePath -Environment 'HKLM:\x' | Should -BeNullOrEmpty
            Mock -CommandName Copy-ToImage
            Copy-OtherModule -AgentFolder 'C:\Agent' -Image $script:image
            Should -Invoke -CommandName Copy-ToImage -Exactly -Times 0
        }

        It 'lead to the modules outside the agent''s folder' {
            Mock -CommandName Get-Item -ParameterFilter { $LiteralPath -like 'HKLM:*' } -MockWith {
                New-RegistryKey -Value 'C:\Agent\bin\Modules; D:\Modules ;relative'
            }
            Mock -CommandName Get-Item -ParameterFilter { $LiteralPath -like 'Registry::*' }
            Mock -CommandName Join-Path -ParameterFilter { $ChildPath -eq 'MSOnlineBackup' } -MockWith { "$Path\MSOnlineBackup" }
            Mock -CommandName Copy-ToImage
            Copy-OtherModule -AgentFolder 'C:\Agent' -Image $script:image
            Should -Invoke -CommandName Copy-ToImage -Exactly -Times 1
            Should -Invoke -CommandName Copy-ToImage -ParameterFilter { $Source -eq 'D:\Modules\MSOnlineBackup' }
        }

        It 'are those of SYSTEM in the command of a task' {
            $task = Join-Path -Path $TestDrive -ChildPath 'task.xml'
            Set-Content -LiteralPath $task -Value ('<Task><Actions><Exec><Command>"%USERPROFILE%\a.exe"</Command></Exec>' +
                '<Exec><Command>b.exe</Command></Exec></Actions></Task>')
            $commands = @(Get-TaskCommand -File $task)
            $commands | Should -HaveCount 2
            $commands[0] | Should -BeLike '*systemprofile\a.exe'
            $commands[1] | Should -Be 'b.exe'
        }
    }

    Context 'files' {
        It 'of JSON are UTF-8 with a byte order mark' {
            $file = Join-Path -Path $TestDrive -ChildPath 'volumes.json'
            Save-Json -Value @([pscustomobject] @{ Name = "Daten $([char] 0xE4)" }) -File $file
            $bytes = [System.IO.File]::ReadAllBytes($file)
            $bytes[0..2] | Should -Be 0xEF, 0xBB, 0xBF
            $text = [System.Text.UTF8Encoding]::new($false, $true).GetString($bytes, 3, $bytes.Length - 3)
            (ConvertFrom-Json -InputObject $text)[0].Name | Should -Be "Daten $([char] 0xE4)"
            $text.TrimStart() | Should -BeLike '`[*'
        }

        It 'of a program''s output are, too' {
            $program = Join-Path -Path $script:systemFolder -ChildPath 'tool'
            Set-Content -LiteralPath $program -Value "#!/bin/sh`necho `"said `$1`""
            chmod +x $program
            Save-ToolOutput -Tool @{ Capture = 'tool.txt'; Program = 'tool'; Arguments = @('so') } -Folder $TestDrive
            $file = Join-Path -Path $TestDrive -ChildPath 'tool.txt'
            [System.IO.File]::ReadAllBytes($file)[0..2] | Should -Be 0xEF, 0xBB, 0xBF
            Get-Content -LiteralPath $file | Should -Be 'said so'
        }

        It 'are not made of a program that says nothing' {
            $program = Join-Path -Path $script:systemFolder -ChildPath 'tool'
            Set-Content -LiteralPath $program -Value "#!/bin/sh`nexit 3"
            chmod +x $program
            { Save-ToolOutput -Tool @{ Capture = 'none.txt'; Program = 'tool'; Arguments = @() } -Folder $TestDrive } |
                Should -Throw 'tool wrote nothing (exit code 3)'
        }
    }
}
