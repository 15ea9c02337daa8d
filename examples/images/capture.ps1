<#
.SYNOPSIS
Captures what only a running server can tell, so that marshealth can judge the server from a copy of its drive.

.DESCRIPTION
Writes a captures folder: the output of vssadmin, sc and netsh, the volumes (volumes.json), and attributes, security
descriptors and zone marks of the backup agent's files (files.json). Put it into the root of a copy of the server's
system drive, and run "marshealth test --image FOLDER" on any machine.

With -IncludeHives it makes such a copy itself, as small as possible: the registry hives SYSTEM, SOFTWARE and DEFAULT
(through "reg save"), the scheduled tasks of the agent and of Windows Server Backup, the programs that the former start, a
code integrity policy, the agent's program, its PowerShell module (wherever PSModulePath leads to one) with the
libraries beside it, and its logs of the last eight days. By hand the larger part of it is:

    reg save HKLM\SYSTEM   IMAGE\Windows\System32\config\SYSTEM
    reg save HKLM\SOFTWARE IMAGE\Windows\System32\config\SOFTWARE
    reg save HKU\.DEFAULT  IMAGE\Windows\System32\config\DEFAULT
    robocopy %SystemRoot%\System32\Tasks IMAGE\Windows\System32\Tasks /E

The agent's key file is not copied: a text of one line stands for it. The hives hold settings of every program on the
server, though, so treat the image as confidential.

Nothing on the server is changed. Run it elevated, in 64-bit Windows PowerShell 4.0 or later (which Windows Server 2012 R2
has). Where the execution policy keeps it from running:

    powershell.exe -NoProfile -ExecutionPolicy Bypass -File capture.ps1

.PARAMETER Path
The folder to write. Default: captures in the current folder; with -IncludeHives the image's folder, by default image.

.PARAMETER IncludeHives
Make a whole image; the captures go to its sub-folder captures.

.EXAMPLE
.\capture.ps1

Writes .\captures.

.EXAMPLE
.\capture.ps1 -Path D:\support\SERVER1 -IncludeHives

Makes an image of this server in D:\support\SERVER1.
#>
#Requires -Version 4.0
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Scope = 'Function', Target = '*',
    Justification = 'The rule does not see what is used in a block for Invoke-Step.')]
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string] $Path,

    [switch] $IncludeHives
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$systemFolder = Join-Path -Path $env:SystemRoot -ChildPath 'System32'

# UTF-8 with a byte order mark, which says so to whoever reads the file. PowerShell 6 and later write none for "UTF8".
$textEncoding = if ($PSVersionTable.PSVersion.Major -ge 6) { 'utf8BOM' } else { 'UTF8' }

# As marshealth itself would run them: capture, program, arguments.
$consoleTools = @(
    @{ Capture = 'vssadmin-list-shadowstorage.txt'; Program = 'vssadmin.exe'; Arguments = @('list', 'shadowstorage') }
    @{ Capture = 'vssadmin-list-writers.txt'; Program = 'vssadmin.exe'; Arguments = @('list', 'writers') }
    @{ Capture = 'netsh-winhttp-show-proxy.txt'; Program = 'netsh.exe'; Arguments = @('winhttp', 'show', 'proxy') }
    @{ Capture = 'sc-queryex.txt'; Program = 'sc.exe'; Arguments = @('queryex', 'type=', 'service', 'state=', 'all') }
)

function Test-Elevation {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList $identity
    $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

# A value of the agent's registry keys, or nothing.
function Get-AgentSetting {
    param([string] $Key, [string] $Name)

    $full = "HKLM:\SOFTWARE\Microsoft\Windows Azure Backup\$Key"
    $item = Get-Item -LiteralPath $full -ErrorAction SilentlyContinue
    if ($null -ne $item) {
        $item.GetValue($Name)
    }
}

# Does one step; what fails is said and left out, because marshealth reports a missing capture as unknown.
function Invoke-Step {
    param([string] $What, [scriptblock] $Step)

    Write-Verbose -Message $What
    try {
        & $Step
    } catch {
        Write-Warning -Message "${What}: $($_.Exception.Message)"
    }
}

# PowerShell decodes a program's output by [Console]::OutputEncoding, which is the code page that console programs write in.
function Save-ToolOutput {
    param([hashtable] $Tool, [string] $Folder)

    $program = Join-Path -Path $systemFolder -ChildPath $Tool.Program
    $arguments = $Tool.Arguments
    $lines = & $program @arguments
    if ($null -eq $lines) {
        throw "$($Tool.Program) wrote nothing (exit code $LASTEXITCODE)"
    }
    Set-Content -LiteralPath (Join-Path -Path $Folder -ChildPath $Tool.Capture) -Value $lines -Encoding $textEncoding
}

function Save-Json {
    param([object[]] $Value, [string] $File)

    # -InputObject, since a pipeline would make one item lose its array.
    Set-Content -LiteralPath $File -Value (ConvertTo-Json -InputObject @($Value) -Depth 3) -Encoding $textEncoding
}

function Save-Volume {
    param([string] $File)

    $texts = 'Path', 'FileSystemLabel', 'FileSystem', 'DriveType', 'DedupMode', 'HealthStatus', 'OperationalStatus'
    $volumes = foreach ($volume in Get-Volume) {
        $entry = [ordered] @{ DriveLetter = $null }
        # A volume without a letter has the character 0.
        if ([string] $volume.DriveLetter -match '^[A-Za-z]$') {
            $entry.DriveLetter = [string] $volume.DriveLetter
        }
        # Older versions of Windows do not have all of these; what is left out is then unknown.
        foreach ($name in $texts) {
            $property = $volume.PSObject.Properties[$name]
            if ($null -ne $property) {
                $entry[$name] = [string] $property.Value
            }
        }
        $entry.Size = $volume.Size
        $entry.SizeRemaining = $volume.SizeRemaining
        [pscustomobject] $entry
    }
    Save-Json -Value @($volumes) -File $File
}

# ZoneId of the mark that a download carries, or $null (said, for Windows PowerShell writes "no output" to JSON as {}).
function Get-ZoneId {
    param([string] $File)

    $lines = Get-Content -LiteralPath $File -Stream 'Zone.Identifier' -ErrorAction SilentlyContinue
    foreach ($line in $lines) {
        if ($line -match '^\s*ZoneId\s*=\s*(\d+)') {
            return [int] $Matches[1]
        }
    }
    $null
}

function Get-FileMark {
    param([System.IO.FileSystemInfo] $Item)

    $sddl = try { (Get-Acl -LiteralPath $Item.FullName).Sddl } catch { $null }
    $zone = if ($Item -is [System.IO.FileInfo]) { Get-ZoneId -File $Item.FullName } else { $null }
    [pscustomobject] @{
        FullName   = $Item.FullName
        Attributes = [int] $Item.Attributes
        Sddl       = $sddl
        Zone       = $zone
    }
}

# Folders whose marks matter: agent's root, bin with all below it, scratch and temp with what is directly in them, and two
# of Windows for themselves. Below: how much of what is in a folder.
function Save-FileMark {
    param([string] $AgentFolder, [string] $ScratchFolder, [string] $File)

    $folders = @(
        @{ Folder = Join-Path -Path $env:SystemRoot -ChildPath 'Temp'; Below = 'Nothing' }
        @{ Folder = Join-Path -Path $env:ProgramData -ChildPath 'Microsoft\Crypto\RSA\MachineKeys'; Below = 'Nothing' }
    )
    if ($AgentFolder) {
        $folders += @{ Folder = $AgentFolder; Below = 'Nothing' }
        $folders += @{ Folder = Join-Path -Path $AgentFolder -ChildPath 'bin'; Below = 'All' }
        $folders += @{ Folder = Join-Path -Path $AgentFolder -ChildPath 'Temp'; Below = 'Children' }
    }
    if ($ScratchFolder) {
        $folders += @{ Folder = $ScratchFolder; Below = 'Children' }
    }
    $marks = foreach ($place in $folders) {
        if (-not (Test-Path -LiteralPath $place.Folder)) {
            continue
        }
        Get-FileMark -Item (Get-Item -LiteralPath $place.Folder -Force)
        if ($place.Below -ne 'Nothing') {
            Get-ChildItem -LiteralPath $place.Folder -Force -Recurse:($place.Below -eq 'All') -ErrorAction Continue |
                ForEach-Object -Process { Get-FileMark -Item $_ }
        }
    }
    Save-Json -Value @($marks) -File $File
}

# Where a file of this server goes in an image: the system drive is its root, others are below drives. Nothing for a path
# that does not begin with a drive.
function ConvertTo-ImagePath {
    param([string] $File, [string] $Image)

    if ($File -notmatch '^[A-Za-z]:\\') {
        return
    }
    $drive = $File.Substring(0, 1).ToUpperInvariant()
    $rest = $File.Substring(3)
    if ($drive -ne $env:SystemDrive.Substring(0, 1)) {
        $rest = Join-Path -Path "drives\$drive" -ChildPath $rest
    }
    Join-Path -Path $Image -ChildPath $rest
}

# Copies a file, or a folder with all in it, to its place in the image; nothing if it does not exist.
function Copy-ToImage {
    param([string] $Source, [string] $Image)

    $target = ConvertTo-ImagePath -File $Source -Image $Image
    if (-not $target -or -not (Test-Path -LiteralPath $Source)) {
        return
    }
    $parent = Split-Path -Path $target -Parent
    $null = New-Item -Path $parent -ItemType Directory -Force
    Copy-Item -LiteralPath $Source -Destination $parent -Recurse -Force
}

function Save-Hive {
    param([string] $Key, [string] $File)

    $reg = Join-Path -Path $systemFolder -ChildPath 'reg.exe'
    $null = & $reg save $Key $File /y
    if ($LASTEXITCODE -ne 0) {
        throw "reg save $Key ended with exit code $LASTEXITCODE"
    }
}

function Copy-AgentFile {
    param([string] $AgentFolder, [string] $ScratchFolder, [string] $Image)

    $bin = Join-Path -Path $AgentFolder -ChildPath 'bin'
    Copy-ToImage -Source (Join-Path -Path $bin -ChildPath 'Modules') -Image $Image
    # The module's manifest may refer to libraries of the folder bin.
    foreach ($file in Get-ChildItem -LiteralPath $bin -File -Force) {
        if ($file.Name -match '^cbengine\.exe(\.config)?$|\.(dll|ps1)$') {
            Copy-ToImage -Source $file.FullName -Image $Image
        }
    }
    $temp = Join-Path -Path $AgentFolder -ChildPath 'Temp'
    if (Test-Path -LiteralPath $temp) {
        $since = (Get-Date).AddDays(-8)
        foreach ($file in Get-ChildItem -LiteralPath $temp -File -Force) {
            $isLog = $file.Extension -eq '.errlog' -and ($file.LastWriteTime -ge $since -or $file.Name -like '*Curr.errlog')
            $isList = $file.Name -like 'LastBackupFailedFiles*.txt'
            if (($isLog -or $isList) -and $file.Length -lt 256MB) {
                Copy-ToImage -Source $file.FullName -Image $Image
            }
        }
    }
    $scratchInImage = if ($ScratchFolder) { ConvertTo-ImagePath -File $ScratchFolder -Image $Image }
    if ($scratchInImage -and (Test-Path -LiteralPath $ScratchFolder)) {
        $null = New-Item -Path $scratchInImage -ItemType Directory -Force
        $keyFile = Get-Item -LiteralPath (Join-Path -Path $ScratchFolder -ChildPath 'OnlineBackup.KEK') -Force -ErrorAction SilentlyContinue
        if ($null -ne $keyFile) {
            $text = if ($keyFile.Length -gt 0) { 'The key file was not copied.' } else { $null }
            Set-Content -LiteralPath (Join-Path -Path $scratchInImage -ChildPath 'OnlineBackup.KEK') -Value $text -Encoding ASCII
        }
    }
}

# The agent's tasks run as SYSTEM, whose profile is not that of the user who runs this script.
function Expand-SystemVariable {
    param([string] $Text)

    $userProfile = Join-Path -Path $systemFolder -ChildPath 'config\systemprofile'
    $variables = @{
        USERPROFILE  = $userProfile
        APPDATA      = Join-Path -Path $userProfile -ChildPath 'AppData\Roaming'
        LOCALAPPDATA = Join-Path -Path $userProfile -ChildPath 'AppData\Local'
    }
    foreach ($name in $variables.Keys) {
        $Text = $Text -replace "%$name%", $variables[$name].Replace('$', '$$')
    }
    [Environment]::ExpandEnvironmentVariables($Text)
}

function Get-TaskCommand {
    param([string] $File)

    $task = New-Object -TypeName System.Xml.XmlDocument
    $task.XmlResolver = $null
    $task.Load($File)
    foreach ($node in $task.GetElementsByTagName('Command')) {
        (Expand-SystemVariable -Text $node.InnerText).Trim().Trim('"')
    }
}

# The programs that the agent's tasks start: one that is not in the image would look as if it was missing on the server.
function Copy-TaskProgram {
    param([string] $TaskFile, [string] $Image)

    foreach ($command in Get-TaskCommand -File $TaskFile) {
        $program = if ($command) {
            Get-Command -Name $command -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
        }
        if ($null -ne $program) {
            Copy-ToImage -Source $program.Path -Image $Image
        }
    }
}

function Copy-AgentTaskProgram {
    param([string] $Image)

    $taskFolder = Join-Path -Path $systemFolder -ChildPath 'Tasks\Microsoft\OnlineBackup'
    if (-not (Test-Path -LiteralPath $taskFolder)) {
        return
    }
    # A folder in it that cannot be read is said and does not hide the others.
    foreach ($file in Get-ChildItem -LiteralPath $taskFolder -Recurse -File -Force -ErrorAction Continue) {
        Invoke-Step -What $file.FullName -Step { Copy-TaskProgram -TaskFile $file.FullName -Image $Image }
    }
}

# PSModulePath of the machine or of SYSTEM as the agent's tasks see it; nothing if it is not set.
function Get-StoredModulePath {
    param([string] $Environment)

    $key = Get-Item -LiteralPath $Environment -ErrorAction SilentlyContinue
    if ($null -eq $key) {
        return
    }
    $value = $key.GetValue('PSModulePath', $null, 'DoNotExpandEnvironmentNames')
    if ($null -eq $value) {
        return
    }
    if ($key.GetValueKind('PSModulePath') -eq 'ExpandString') {
        Expand-SystemVariable -Text $value
    } else {
        [string] $value
    }
}

# The agent's module where PSModulePath, the machine's or SYSTEM's own, leads to it outside the agent's folder.
function Copy-OtherModule {
    param([string] $AgentFolder, [string] $Image)

    $environments = @(
        'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
        'Registry::HKEY_USERS\S-1-5-18\Environment'
    )
    foreach ($environment in $environments) {
        $value = Get-StoredModulePath -Environment $environment
        foreach ($element in "$value".Split(';')) {
            $element = $element.Trim()
            if ($element -match '^[A-Za-z]:\\' -and
                -not $element.StartsWith("$AgentFolder\", [StringComparison]::OrdinalIgnoreCase)) {
                Copy-ToImage -Source (Join-Path -Path $element -ChildPath 'MSOnlineBackup') -Image $Image
            }
        }
    }
}

# Which versions of Azure PowerShell there are: the folders' names tell.
function Save-AzureModuleName {
    param([string] $Image)

    foreach ($name in 'Azure', 'AzureRM') {
        $module = Join-Path -Path $env:ProgramFiles -ChildPath "WindowsPowerShell\Modules\$name"
        if (Test-Path -LiteralPath $module) {
            foreach ($version in Get-ChildItem -LiteralPath $module -Directory) {
                $null = New-Item -Path (ConvertTo-ImagePath -File $version.FullName -Image $Image) -ItemType Directory -Force
            }
        }
    }
}

function Save-Image {
    param([string] $AgentFolder, [string] $ScratchFolder, [string] $Image)

    $config = Join-Path -Path $Image -ChildPath 'Windows\System32\config'
    $null = New-Item -Path $config -ItemType Directory -Force
    $hives = @{ SYSTEM = 'HKLM\SYSTEM'; SOFTWARE = 'HKLM\SOFTWARE'; DEFAULT = 'HKU\.DEFAULT' }
    foreach ($name in $hives.Keys) {
        Invoke-Step -What "hive $name" -Step { Save-Hive -Key $hives[$name] -File (Join-Path -Path $config -ChildPath $name) }
    }
    $parts = 'Tasks\Microsoft\OnlineBackup', 'Tasks\Microsoft\Windows\Backup', 'WindowsPowerShell\v1.0\powershell.exe',
        'CodeIntegrity\SIPolicy.p7b'
    foreach ($part in $parts) {
        Invoke-Step -What $part -Step { Copy-ToImage -Source (Join-Path -Path $systemFolder -ChildPath $part) -Image $Image }
    }
    Invoke-Step -What 'programs of the tasks' -Step { Copy-AgentTaskProgram -Image $Image }
    Invoke-Step -What 'modules' -Step { Copy-OtherModule -AgentFolder $AgentFolder -Image $Image }
    Invoke-Step -What 'Azure PowerShell' -Step { Save-AzureModuleName -Image $Image }
    if ($AgentFolder) {
        Invoke-Step -What 'agent' -Step { Copy-AgentFile -AgentFolder $AgentFolder -ScratchFolder $ScratchFolder -Image $Image }
    }
}

if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) {
    throw 'This is a 32-bit PowerShell, which sees another registry and other system files: start the 64-bit one.'
}
if (-not (Test-Elevation)) {
    Write-Warning -Message 'Not elevated: most captures will fail. Start Windows PowerShell with "Run as administrator".'
}
if (-not $Path) {
    $Path = if ($IncludeHives) { 'image' } else { 'captures' }
}
$root = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
$captures = if ($IncludeHives) { Join-Path -Path $root -ChildPath 'captures' } else { $root }
$null = New-Item -Path $captures -ItemType Directory -Force

$agent = Get-AgentSetting -Key 'Setup' -Name 'InstallPath'
$scratch = Get-AgentSetting -Key 'Config' -Name 'ScratchLocation'
if ($scratch) {
    # A doubled backslash is a known fault of this value.
    $scratch = [Environment]::ExpandEnvironmentVariables($scratch) -replace '(?<=.)\\{2,}', '\'
}
if ($agent) {
    $agent = $agent.TrimEnd('\')
} else {
    Write-Warning -Message 'The backup agent is not installed here.'
}

foreach ($tool in $consoleTools) {
    Invoke-Step -What $tool.Capture -Step { Save-ToolOutput -Tool $tool -Folder $captures }
}
Invoke-Step -What 'volumes.json' -Step { Save-Volume -File (Join-Path -Path $captures -ChildPath 'volumes.json') }
Invoke-Step -What 'files.json' -Step {
    Save-FileMark -AgentFolder $agent -ScratchFolder $scratch -File (Join-Path -Path $captures -ChildPath 'files.json')
}
if ($IncludeHives) {
    Save-Image -AgentFolder $agent -ScratchFolder $scratch -Image $root
}
Get-Item -LiteralPath $root
