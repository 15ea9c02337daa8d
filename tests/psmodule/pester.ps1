# Runs the module's Pester tests and the analyzer on every PowerShell file, and prints a line of the Test Anything Protocol for
# each case. Ends with 1 if one failed.
param([string[]] $Path = $PSScriptRoot)

$ErrorActionPreference = 'Stop'
$root = Resolve-Path -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath '../..')
$failed = 0

function Write-Case {
    param([string] $Name, [string] $Result, [string] $Why)

    $name = $Name -replace '\s+', ' ' -replace '#', ''
    switch ($Result) {
        'Passed' { "ok - $name" }
        'Failed' { "not ok - $name"; $Why -split "`n" | ForEach-Object { "# $_" } }
        default { "ok - $name # SKIP $(if ($Why) { $Why } else { 'not possible here' })" }
    }
}

if (-not (Get-Module -Name Pester -ListAvailable | Where-Object Version -GE '5.0')) {
    'note: there is no Pester 5: the cmdlets are not tested'
    Write-Case -Name 'the cmdlets under Pester' -Result Skipped -Why 'there is no Pester 5'
} else {
    Import-Module -Name Pester -MinimumVersion 5.0
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $Path
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'None'
    $ErrorActionPreference = 'Continue'
    $run = Invoke-Pester -Configuration $configuration
    foreach ($test in $run.Tests) {
        Write-Case -Name ($test.ExpandedPath) -Result $test.Result -Why ($test.ErrorRecord | Out-String)
    }
    foreach ($container in $run.Containers | Where-Object { $_.ErrorRecord }) {
        Write-Case -Name "$($container.Item)" -Result Failed -Why ($container.ErrorRecord | Out-String)
    }
    $failed += $run.FailedCount + $run.FailedContainersCount + $run.FailedBlocksCount
}

if (-not (Get-Module -Name PSScriptAnalyzer -ListAvailable)) {
    'note: there is no PSScriptAnalyzer: the scripts are not analyzed'
    Write-Case -Name 'PSScriptAnalyzer' -Result Skipped -Why 'there is no PSScriptAnalyzer'
} else {
    Import-Module -Name PSScriptAnalyzer
    $folders = 'psmodule/MarsHealth', 'examples', 'tests/psmodule', 'tests/bench' | ForEach-Object { Join-Path -Path $root -ChildPath $_ }
    $files = Get-ChildItem -Path $folders -Include *.ps1, *.psm1, *.psd1 -Recurse -File |
        Where-Object FullName -NotLike '*/images/*/files/*' # those belong to an image
    foreach ($file in $files) {
        $found = Invoke-ScriptAnalyzer -Path $file.FullName -Settings (Join-Path -Path $PSScriptRoot -ChildPath 'analyzer.psd1')
        $failed += @($found).Count
        Write-Case -Name "PSScriptAnalyzer $([System.IO.Path]::GetRelativePath($root, $file.FullName))" -Result $(if ($found) { 'Failed' } else { 'Passed' }) -Why ($found | Out-String)
    }
}
exit [int] ($failed -gt 0)
