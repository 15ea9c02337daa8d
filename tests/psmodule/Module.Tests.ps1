# The module as a whole: its import, how objects are shown, completion, languages, and what a broken one says.

BeforeAll {
    . (Join-Path -Path $PSScriptRoot -ChildPath 'Support.ps1')
    Import-Module -Name $script:module
    $script:broken = Join-Path -Path $script:images -ChildPath 'broken'

    function script:Get-Completion {
        param([string] $Text)

        (TabExpansion2 -inputScript $Text -cursorColumn $Text.Length).CompletionMatches.CompletionText
    }

    # The module without what is broken: what is changed in a copy stays there.
    function script:Copy-Module {
        $copy = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid()) -AdditionalChildPath 'MarsHealth'
        $null = New-Item -Path (Split-Path -Path $copy) -ItemType Directory
        cp -a $script:module $copy
        $copy
    }
}

Describe 'The module' {
    It 'has a valid manifest' {
        $manifest = Test-ModuleManifest -Path (Join-Path -Path $script:module -ChildPath 'MarsHealth.psd1') -ErrorAction Stop
        $manifest.PowerShellVersion | Should -Be '5.1'
        $manifest.DotNetFrameworkVersion | Should -Be '4.6.2'
        $manifest.CompatiblePSEditions | Should -Be 'Desktop', 'Core'
        ($manifest.ExportedCmdlets.Keys | Sort-Object) | Should -Be ((Get-Command -Module MarsHealth).Name | Sort-Object)
    }

    It 'can be imported again, forced or not' {
        Import-Module -Name $script:module
        Import-Module -Name $script:module -Force
        Remove-Module -Name MarsHealth
        Import-Module -Name $script:module
        Test-MarsHealth -ImagePath $script:broken -Quiet | Should -BeFalse
        @(Get-FormatData -TypeName MarsHealth.Finding).FormatViewDefinition | Should -HaveCount 2
    }

    It 'runs no script on import, and works in constrained language' {
        $session = [initialsessionstate]::CreateDefault()
        $session.LanguageMode = 'ConstrainedLanguage'
        $shell = [powershell]::Create($session)
        $shown = $shell.AddScript("Import-Module '$script:module'; Test-MarsHealth -ImagePath '$script:broken' -Check agent.version | Out-String").Invoke()
        $shell.Streams.Error | Should -BeNullOrEmpty
        "$shown" | Should -Match 'Fail.*agent\.version.*too old'
        $shell.Dispose()
    }

    It 'works in several sessions at a time' {
        $results = 1..4 | ForEach-Object -Parallel {
            Import-Module -Name $using:script:module
            Test-MarsHealth -ImagePath $using:script:broken | Where-Object Status -EQ Fail | Measure-Object | ForEach-Object Count
        }
        $results | Should -Be 9, 9, 9, 9
    }

    It 'can be installed from its package' -Skip:(-not (Get-Command -Name Save-PSResource -ErrorAction SilentlyContinue)) {
        $name = 'MarsHealthTest' + [guid]::NewGuid().ToString('n')
        $gallery = Join-Path -Path $TestDrive -ChildPath 'gallery'
        $target = Join-Path -Path $TestDrive -ChildPath 'installed'
        $null = New-Item -Path $gallery, $target -ItemType Directory
        Copy-Item -Path (Join-Path -Path $script:build -ChildPath 'MarsHealth.*.nupkg') -Destination $gallery
        Register-PSResourceRepository -Name $name -Uri $gallery -Trusted
        try {
            Save-PSResource -Name MarsHealth -Repository $name -Path $target
        } finally {
            Unregister-PSResourceRepository -Name $name
        }
        $installed = Get-ChildItem -Path $target -Filter MarsHealth.psd1 -Recurse
        Invoke-Elsewhere -Module $installed.FullName -Script "Test-MarsHealth -ImagePath '$script:broken' -Quiet" | Should -Match '^False\s*$'
    }
}

Describe 'Views' {
    BeforeAll {
        $script:findings = Test-MarsHealth -ImagePath $script:broken -Check schedule.enabled, agent.service
    }

    It 'show findings as a table, worst first, grouped by their source' {
        $lines = ($script:findings | Out-String -Width 160) -split "`n"
        ($lines -match 'Source: MARS-DEMO-02 \(.*broken\)') | Should -HaveCount 1
        ($lines -match '^Status +Check +Finding') | Should -HaveCount 1
        ($lines -match '^(Fail|Pass)')[0] | Should -Match '^Fail +schedule\.enabled +Microsoft-OnlineBackup: '
        ($lines -match '^(Fail|Pass)')[-1] | Should -Match '^Pass +agent\.service +The agent'
    }

    It 'colour the status where colours are wanted' {
        $before = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'Ansi'
            ($script:findings | Out-String -Width 160) | Should -Match ([regex]::Escape($PSStyle.Formatting.Error + 'Fail' + $PSStyle.Reset))
            $PSStyle.OutputRendering = 'PlainText'
            ($script:findings | Out-String -Width 160) | Should -Not -Match "`e"
        } finally {
            $PSStyle.OutputRendering = $before
        }
    }

    It 'show a finding as a list with cause and advice' {
        $text = $script:findings[0] | Format-List | Out-String -Width 160
        $text | Should -Match '(?m)^Cause +: \S'
        $text | Should -Match '(?m)^Advice +: \S'
        $text | Should -Match '(?m)^Status +: Fail'
    }

    It 'show what came over remoting the same way' {
        $again = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($script:findings))
        ($again | Out-String -Width 160) | Should -Match '(?m)^Fail +schedule\.enabled +Microsoft-OnlineBackup: '
    }

    It 'do without colours, and without error, under strict mode' {
        Set-StrictMode -Version Latest
        ($script:findings | Out-String) | Should -Match 'Fail'
        Set-StrictMode -Off
    }

    It 'show plans, results, runs and what is looked at: <Name>' -ForEach @(
        @{ Name = 'plan'; Make = { Get-MarsRepairPlan -ImagePath $script:broken }; Pattern = '1\. \[Low\] Set PowerShell' }
        @{ Name = 'step'; Make = { (Get-MarsRepairPlan -ImagePath $script:broken).Steps }; Pattern = '(?m)^1 +True +Low +Set PowerShell' }
        @{ Name = 'result'; Make = { Repair-MarsExecutionPolicy -ImagePath $script:broken -WhatIf }; Pattern = 'WouldChange +Set PowerShell.* "Restricted" -> "RemoteSigned"' }
        @{ Name = 'check'; Make = { Get-MarsHealthCheck agent.os }; Pattern = '(?m)^agent\.os +(True|False) +\S' }
        @{ Name = 'task'; Make = { Get-MarsScheduledTask -ImagePath $script:broken }; Pattern = 'Microsoft-OnlineBackup +True +Parallel .* 0/2' }
        @{ Name = 'storage'; Make = { Get-MarsShadowStorage -ImagePath $script:broken }; Pattern = '(?m)^C: +C: +288 +296 +300' }
        @{ Name = 'writer'; Make = { Get-MarsVssWriter -ImagePath $script:broken }; Pattern = '(?m)^System Writer +9 +Failed +Timed out' }
    ) {
        & $Make 6>$null | Out-String -Width 200 | Should -Match $Pattern
    }
}

Describe 'Completion' {
    It 'offers <Expected> for: <Text>' -ForEach @(
        @{ Text = 'Test-MarsHealth -Check schedule.en'; Expected = 'schedule.enabled' }
        @{ Text = 'Repair-MarsHealth -Check shadow.w'; Expected = 'shadow.writers' }
        @{ Text = 'Test-MarsHealth -ExcludeCheck agent.v'; Expected = 'agent.version' }
        @{ Text = 'Get-MarsScheduledTask -ImagePath IMAGE -TaskPath Microsoft-OnlineBackup-S'; Expected = 'Microsoft-OnlineBackup-SystemStateBackup' }
        @{ Text = 'Repair-MarsScheduledTask -ImagePath IMAGE -TaskPath \Mic'; Expected = '\Microsoft\OnlineBackup\Microsoft-OnlineBackup' }
        @{ Text = 'Restart-MarsService -ImagePath IMAGE -Name sw'; Expected = 'swprv' }
        @{ Text = 'Resize-MarsShadowStorage -ImagePath IMAGE -Volume '; Expected = 'C:' }
        @{ Text = 'Repair-MarsHealth -IncludeRisk M'; Expected = 'Medium' }
        @{ Text = 'Repair-MarsExecutionPolicy -Policy R'; Expected = 'RemoteSigned' }
    ) {
        Get-Completion -Text $Text.Replace('IMAGE', $script:broken) | Should -Contain $Expected
    }

    It 'offers nothing, and says nothing, where there is no machine' {
        Get-Completion -Text 'Repair-MarsScheduledTask -ImagePath /no/such/folder -TaskPath X' | Should -BeNullOrEmpty
    }
}

Describe 'Languages' {
    It 'has errors in the language of the session: <Culture>' -ForEach @(
        @{ Culture = 'en-US'; Pattern = 'does not exist' }
        @{ Culture = 'ru-RU'; Pattern = '\p{IsCyrillic}{3}' }
        @{ Culture = 'zh-TW'; Pattern = '\p{IsCJKUnifiedIdeographs}{2}' }
        @{ Culture = 'zh-CN'; Pattern = '\p{IsCJKUnifiedIdeographs}{2}' }
        @{ Culture = 'sv-SE'; Pattern = 'finns inte' }
        @{ Culture = ''; Pattern = 'does not exist' }
        @{ Culture = 'de-DE'; Pattern = 'does not exist' }
    ) {
        $thread = [System.Threading.Thread]::CurrentThread
        $before = $thread.CurrentUICulture
        try {
            $thread.CurrentUICulture = [cultureinfo]::new($Culture)
            Test-MarsHealth -ImagePath /no/such/folder -ErrorVariable problem -ErrorAction SilentlyContinue
            "$problem" | Should -Match $Pattern
            $problem.FullyQualifiedErrorId | Should -Match '^MarsHealth\.PathNotFound,'
        } finally {
            $thread.CurrentUICulture = $before
        }
    }

    It 'works in the C locale and in a Turkish one: <Locale>' -ForEach @(@{ Locale = 'C.UTF-8' }, @{ Locale = 'tr_TR.UTF-8' }) {
        $said = Invoke-Elsewhere -Environment @{ LANG = $Locale; LC_ALL = $Locale } -Script "Test-MarsHealth -ImagePath '$script:broken' -Check AGENT.INSTALLED, schedule.enabled | Out-String; Test-MarsHealth -ImagePath /no/such"
        $said | Should -Match 'Fail +schedule\.enabled'
        $said | Should -Match 'Pass +agent\.installed'
        $said | Should -Match 'does not exist'
    }
}

Describe 'A broken module' {
    BeforeEach {
        $script:copy = Copy-Module
        $script:library = Join-Path -Path $script:copy -ChildPath 'net8.0/linux-x64/libmarshealth.so'
        $script:ask = "try { Test-MarsHealth -ImagePath '$script:broken' -Quiet } catch { 'ID ' + `$_.FullyQualifiedErrorId; 'MESSAGE ' + `$_ }"
    }

    It 'says what to do without its library' {
        Remove-Item -LiteralPath $script:library
        $said = Invoke-Elsewhere -Module $script:copy -Script ($script:ask + '; (Get-Help Test-MarsHealth).Name')
        $said | Should -Match 'ID MarsHealth\.LibraryMissing,'
        $said | Should -Match ([regex]::Escape($script:library))
        $said | Should -Match 'Install MarsHealth again'
        $said | Should -Match '(?m)^Test-MarsHealth'
    }

    It 'says what to do with a library that is none' {
        Set-Content -LiteralPath $script:library -Value 'not a library'
        $said = Invoke-Elsewhere -Module $script:copy -Script $script:ask
        $said | Should -Match 'ID MarsHealth\.LibraryMissing,'
        $said | Should -Match 'cannot be loaded'
    }

    It 'says what to do with a library of another version' -Skip:(-not (Get-Command -Name gcc -ErrorAction SilentlyContinue)) {
        $source = Join-Path -Path $TestDrive -ChildPath 'other.c'
        Set-Content -LiteralPath $source -Value '#include <stdint.h>
            int32_t mars_version(uint32_t *info) { info[1] = 99; *(const char **)(info + 6) = "9.9.9"; return 0; }'
        gcc -shared -fPIC -o $script:library $source
        $said = Invoke-Elsewhere -Module $script:copy -Script $script:ask
        $said | Should -Match 'ID MarsHealth\.LibraryMismatch,'
        $said | Should -Match 'interface 99'
    }

    It 'is not imported without its assemblies' {
        Remove-Item -LiteralPath (Join-Path -Path $script:copy -ChildPath 'net8.0/MarsHealth.Cmdlets.dll')
        $said = Invoke-Elsewhere -Module $script:copy -Script "Get-Command -Module MarsHealth | Measure-Object | ForEach-Object { 'COUNT ' + `$_.Count }"
        $said | Should -Match 'MarsHealth\.Cmdlets\.dll'
        $said | Should -Match 'COUNT 0'
    }
}
