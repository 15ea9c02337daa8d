# What several test files use. Dot-sourced in BeforeAll.

$root = Resolve-Path -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath '../..')
$script:build = if ($env:BUILD) { $env:BUILD } else { Join-Path -Path $root -ChildPath 'build' }
$script:module = Join-Path -Path $script:build -ChildPath 'MarsHealth'
$script:images = Join-Path -Path $script:build -ChildPath 'examples/images'

# A copy of an example image, to be changed.
function script:Copy-Image {
    param([string] $Name = 'broken')

    $copy = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
    cp -a (Join-Path -Path $script:images -ChildPath $Name) $copy
    $copy
}

# One line for each file: its path and its SHA-256. The record of repairs is left out unless it is asked for.
function script:Get-TreeState {
    param([string] $Path, [switch] $All)

    Get-ChildItem -LiteralPath $Path -File -Recurse -Force |
        Where-Object { $All -or $_.FullName -notlike '*/ProgramData/MarsHealth/*' } |
        Sort-Object -Property FullName |
        ForEach-Object { $_.FullName.Substring($Path.Length) + ' ' + (Get-FileHash -LiteralPath $_.FullName).Hash }
}

# The ids of the errors that something writes; what it emits is thrown away.
function script:Get-ErrorId {
    param([scriptblock] $Script)

    $before = $global:Error.Count
    $found = $null
    try {
        $null = & $Script -ErrorVariable found 2>&1
        $errors = @($global:Error | Select-Object -First ($global:Error.Count - $before))
    } catch {
        $errors = @($_)
    }
    $errors | ForEach-Object { ($_.FullyQualifiedErrorId -split ',')[0] }
}

# Runs a script in a PowerShell of its own; Output has what it wrote, standard error too.
function script:Invoke-Elsewhere {
    param([string] $Script, [hashtable] $Environment = @{}, [string] $Answer, [string] $Module = $script:module)

    $start = [System.Diagnostics.ProcessStartInfo]::new((Get-Process -Id $PID).Path)
    '-NoProfile', '-Command', "Import-Module '$Module'; $Script" | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardOutput = $start.RedirectStandardError = $start.RedirectStandardInput = $true
    $start.Environment['NO_COLOR'] = '1'
    $Environment.Keys | ForEach-Object { $start.Environment[$_] = $Environment[$_] }
    $process = [System.Diagnostics.Process]::Start($start)
    $process.StandardInput.Write($Answer)
    $process.StandardInput.Close()
    $problem = $process.StandardError.ReadToEndAsync()
    $output = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    $output + $problem.Result
}
