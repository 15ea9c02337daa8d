# The help of the module, as Get-Help gives it, against the cmdlets themselves.

BeforeDiscovery {
    $root = Resolve-Path -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath '../..')
    $build = if ($env:BUILD) { $env:BUILD } else { Join-Path -Path $root -ChildPath 'build' }
    Import-Module -Name (Join-Path -Path $build -ChildPath 'MarsHealth') -Force
    $script:commands = Get-Command -Module MarsHealth | ForEach-Object { @{ Command = $_; Name = $_.Name } }
}

BeforeAll {
    $root = Resolve-Path -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath '../..')
    $build = if ($env:BUILD) { $env:BUILD } else { Join-Path -Path $root -ChildPath 'build' }
    $script:module = Join-Path -Path $build -ChildPath 'MarsHealth'
    Import-Module -Name $script:module -Force
    $script:common = [System.Management.Automation.PSCmdlet]::CommonParameters

    # Paragraphs as one text.
    function script:Get-HelpText {
        param([object] $Part)

        (@($Part) | Where-Object { $null -ne $_ } | ForEach-Object { $_.Text }) -join "`n"
    }

    # Help of a cmdlet and of the topic, in a PowerShell of its own, in another environment.
    function script:Get-HelpElsewhere {
        param([hashtable] $Environment)

        $start = [System.Diagnostics.ProcessStartInfo]::new((Get-Process -Id $PID).Path)
        $command = "Import-Module '$script:module'; Get-Help Test-MarsHealth -Full | Out-String; Get-Help about_MarsHealth"
        '-NoProfile', '-Command', $command | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $true
        $Environment.Keys | ForEach-Object { $start.Environment[$_] = $Environment[$_] }
        $process = [System.Diagnostics.Process]::Start($start)
        $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
    }
}

Describe 'Get-Help <Name>' -ForEach $script:commands {
    BeforeAll {
        $script:help = Get-Help -Name $Name -Full
        $script:names = @($Command.Parameters.Keys | Where-Object { $_ -notin $script:common })
        $script:helped = @($script:help.parameters.parameter)
    }

    It 'has a synopsis and a description' {
        $script:help.Synopsis.Trim() | Should -Match '^[A-Z].*\.$'
        $script:help.Synopsis | Should -Not -Match ([regex]::Escape("$Name ["))
        Get-HelpText -Part $script:help.description | Should -Not -BeNullOrEmpty
    }

    It 'has the parameters that there are, and no others' {
        $script:helped.name | Sort-Object | Should -Be ($script:names | Sort-Object)
    }

    It 'says of each parameter what it is for' {
        foreach ($parameter in $script:helped) {
            Get-HelpText -Part $parameter.description | Should -Match '^[A-Z].{10,}' -Because $parameter.name
        }
    }

    It 'says of each parameter what its attributes say' {
        foreach ($parameter in $script:helped) {
            $actual = $Command.Parameters[$parameter.name]
            $because = $parameter.name
            $type = [System.Nullable]::GetUnderlyingType($actual.ParameterType) ?? $actual.ParameterType
            $parameter.type.name | Should -Be $type.Name -Because $because
            $uses = @($actual.ParameterSets.Values)
            "$($parameter.required)" | Should -BeIn @($uses.IsMandatory | ForEach-Object { "$_".ToLowerInvariant() }) -Because $because
            $positions = $uses.Position | ForEach-Object { if ($_ -lt 0) { 'named' } else { "$_" } }
            "$($parameter.position)" | Should -BeIn @($positions) -Because $because
            ("$($parameter.pipelineInput)" -like '*ByValue*') | Should -Be ($uses.ValueFromPipeline -contains $true) -Because $because
            ("$($parameter.pipelineInput)" -like '*ByPropertyName*') |
                Should -Be ($uses.ValueFromPipelineByPropertyName -contains $true) -Because $because
            $aliases = if ($actual.Aliases) { $actual.Aliases -join ', ' } else { 'none' }
            $parameter.aliases | Should -Be $aliases -Because $because
        }
    }

    It 'has the syntax of each parameter set' {
        $items = @($script:help.syntax.syntaxItem)
        $items | Should -HaveCount $Command.ParameterSets.Count
        $given = $items | ForEach-Object { ($_.parameter.name | Sort-Object) -join ' ' } | Sort-Object
        $wanted = $Command.ParameterSets | ForEach-Object {
            ($_.Parameters.Name | Where-Object { $_ -notin $script:common } | Sort-Object) -join ' '
        } | Sort-Object
        $given | Should -Be $wanted
    }

    It 'offers the values that are accepted, and no others' {
        foreach ($parameter in $script:help.syntax.syntaxItem.parameter | Where-Object { $_.PSObject.Properties['parameterValueGroup'] }) {
            $set = $Command.Parameters[$parameter.name].Attributes | Where-Object { $_ -is [System.Management.Automation.ValidateSetAttribute] }
            $parameter.parameterValueGroup.parameterValue | Should -Be $set.ValidValues -Because $parameter.name
        }
    }

    It 'says what goes in and what comes out' {
        @($script:help.inputTypes.inputType).type.name | Should -Not -BeNullOrEmpty
        $outputs = @($script:help.returnValues.returnValue).type.name | ForEach-Object { "$_".Trim() -replace '^.*\.' }
        $outputs | Sort-Object | Should -Be ($Command.OutputType.Name | ForEach-Object { $_ -replace '^.*\.' } | Sort-Object)
    }

    It 'has at least two examples, which call it, parse, and use parameters that there are' {
        $examples = @($script:help.examples.example)
        $examples.Count | Should -BeGreaterOrEqual 2
        foreach ($example in $examples) {
            $code = ($example.code -split "`n" -replace '^PS> ') -join "`n"
            $code | Should -Match $Name
            $errors = $null
            $ast = [System.Management.Automation.Language.Parser]::ParseInput($code, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty -Because $code
            $isCommand = { param($node) $node -is [System.Management.Automation.Language.CommandAst] }
            foreach ($call in $ast.FindAll($isCommand, $true) | Where-Object { $_.GetCommandName() -like '*-Mars*' }) {
                $called = Get-Command -Name $call.GetCommandName() -Module MarsHealth -ErrorAction Stop
                $used = $call.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }
                $used | ForEach-Object { $_.ParameterName | Should -BeIn $called.Parameters.Keys -Because $call.Extent.Text }
            }
        }
    }

    It 'leads to other cmdlets that there are' {
        $links = @($script:help.relatedLinks.navigationLink.linkText)
        $links.Count | Should -BeGreaterOrEqual 2
        foreach ($link in $links | Where-Object { $_ -match '^\w+-Mars\w+$' }) {
            Get-Command -Name $link -Module MarsHealth -ErrorAction SilentlyContinue | Should -Not -BeNullOrEmpty -Because $link
        }
    }
}

Describe 'The pages that help is made of' {
    It 'link to pages that there are: <Name>' -ForEach $script:commands {
        $folder = Join-Path -Path $PSScriptRoot -ChildPath '../../docs/cmdlets'
        $text = Get-Content -LiteralPath (Join-Path -Path $folder -ChildPath "$Name.md") -Raw
        foreach ($link in [regex]::Matches($text, '\]\(([^)#]+)(#([^)]+))?\)')) {
            $target = Join-Path -Path $folder -ChildPath $link.Groups[1].Value
            $target | Should -Exist
            $anchor = $link.Groups[3].Value
            if ($anchor) {
                $page = Get-Content -LiteralPath $target -Raw
                $headings = [regex]::Matches($page, '(?m)^#+ (.+)$') |
                    ForEach-Object { ($_.Groups[1].Value.ToLowerInvariant() -replace '[^\w\- ]').Replace(' ', '-') }
                ($page.Contains("<a id=""$anchor"">") -or $anchor -in $headings) | Should -BeTrue -Because $link.Value
            }
        }
    }
}

Describe 'The program that makes help' {
    BeforeAll {
        $build = Split-Path -Path $script:module -Parent
        $script:program = Join-Path -Path $build -ChildPath 'dotnet/bin/MarsHealth.Help/release/MarsHealth.Help.dll'
        $script:cmdlets = Join-Path -Path $script:module -ChildPath 'net8.0/MarsHealth.Cmdlets.dll'
        $script:output = Join-Path -Path $TestDrive -ChildPath 'made/help.xml'
    }

    BeforeEach {
        $script:pages = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        Copy-Item -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath '../../docs/cmdlets') -Destination $script:pages -Recurse
        Remove-Item -LiteralPath $script:output -ErrorAction SilentlyContinue
    }

    It 'makes the same file again' {
        dotnet $script:program $script:cmdlets $script:pages $script:output
        $LASTEXITCODE | Should -Be 0
        $made = Join-Path -Path $script:module -ChildPath 'en-US/MarsHealth.Cmdlets.dll-Help.xml'
        (Get-FileHash -LiteralPath $script:output).Hash | Should -Be (Get-FileHash -LiteralPath $made).Hash
    }

    It 'refuses <Fault>' -ForEach @(
        @{ Fault = 'a parameter without help'; Page = 'Undo-MarsRepair'; From = '### -Partial'; To = '### -Partly'; Says = 'Undo-MarsRepair: help for Partial is missing' }
        @{ Fault = 'help for no parameter'; Page = 'Undo-MarsRepair'; From = '### -Partial'; To = '### -Partly'; Says = 'Undo-MarsRepair: there is no Partly' }
        @{ Fault = 'an output that there is not'; Page = 'Test-MarsHealth'; From = '### MarsHealth.Finding'; To = '### MarsHealth.Found'; Says = 'help for Finding is missing' }
        @{ Fault = 'an example that is none'; Page = 'Get-MarsVssWriter'; From = 'PS> Get-MarsVssWriter -ImagePath'; To = 'PS> dir'; Says = 'does not call it' }
        @{ Fault = 'a single example'; Page = 'Get-MarsVssWriter'; From = '### Show them in'; To = 'Show them in'; Says = 'it needs 2 examples' }
        @{ Fault = 'a section with another name'; Page = 'Get-MarsVssWriter'; From = '## Notes'; To = '## Remarks'; Says = "there is no section 'Remarks'" }
        @{ Fault = 'a link to no cmdlet'; Page = 'Get-MarsVssWriter'; From = '[Restart-MarsService](Restart-MarsService.md)'; To = '[Restart-It](Restart-It.md)'; Says = 'the link Restart-It leads nowhere' }
        @{ Fault = 'a page under another name'; Page = 'Get-MarsVssWriter'; From = '# Get-MarsVssWriter'; To = '# Get-VssWriter'; Says = "the heading says 'Get-VssWriter'" }
    ) {
        $file = Join-Path -Path $script:pages -ChildPath "$Page.md"
        $text = Get-Content -LiteralPath $file -Raw
        $text | Should -BeLike "*$([WildcardPattern]::Escape($From))*"
        Set-Content -LiteralPath $file -Value $text.Replace($From, $To)
        $said = dotnet $script:program $script:cmdlets $script:pages $script:output 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 1
        $said | Should -BeLike "*$([WildcardPattern]::Escape($Says))*"
        $script:output | Should -Not -Exist
    }

    It 'refuses a cmdlet without a page' {
        Remove-Item -LiteralPath (Join-Path -Path $script:pages -ChildPath 'Undo-MarsRepair.md')
        $said = dotnet $script:program $script:cmdlets $script:pages $script:output 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 1
        $said | Should -BeLike '*a page for Undo-MarsRepair is missing*'
    }
}

Describe 'about_MarsHealth' {
    It 'names every cmdlet and none that there is not' {
        $text = (Get-Help -Name about_MarsHealth) | Out-String
        $named = [regex]::Matches($text, '\b[A-Z][a-z]+-Mars\w+').Value | Sort-Object -Unique
        $named | Should -Be ((Get-Command -Module MarsHealth).Name | Sort-Object)
    }

    It 'fits into 80 columns of ASCII' {
        $file = Join-Path -Path $script:module -ChildPath 'en-US/about_MarsHealth.help.txt'
        Get-Content -LiteralPath $file | Where-Object { $_.Length -gt 80 -or $_ -match '[^\x20-\x7e]' } | Should -BeNullOrEmpty
    }
}

Describe 'Help in a session of another language' {
    It 'is there: <Name>' -ForEach @(
        @{ Name = 'the invariant culture'; Environment = @{ DOTNET_SYSTEM_GLOBALIZATION_INVARIANT = '1' } }
        @{ Name = 'zh-TW'; Environment = @{ LANG = 'zh_TW.UTF-8'; LC_ALL = 'zh_TW.UTF-8' } }
        @{ Name = 'C'; Environment = @{ LANG = 'C'; LC_ALL = 'C' } }
    ) {
        $text = Get-HelpElsewhere -Environment $Environment
        $text | Should -BeLike '*-ExcludeCheck*Which checks to leave out*'
        $text | Should -BeLike '*SHORT DESCRIPTION*'
    }
}
