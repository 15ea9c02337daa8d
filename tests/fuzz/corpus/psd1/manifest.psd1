#
# Module manifest
#
@{
    RootModule = if ($PSEdition -eq 'Core') { 'coreclr\Backup.dll' } else { 'clr\Backup.dll' }
    ModuleVersion = '2.0.9250.0'
    GUID = 'a3f1c8f1-0b2d-4c57-9c7e-1f8f3a5b6c7d'
    PowerShellVersion = 3.0   <# a comment #>
    NestedModules = @('Utility.psm1',
        @{ ModuleName = 'Other'; ModuleVersion = '1.0' })
    RequiredAssemblies = "System.Xml, Version=4.0.0.0", 'Microsoft.Backup.dll'
    FileList = 'a.txt',
        "b`tc.txt"
    TypesToProcess = [string[]]@('Types.ps1xml')
    PrivateData = @{ PSData = @{ Tags = @('a'; 'b'); Size = 0x10; Big = 12kb; Minus = -3 } ; On = $true; None = $null }
    Description = @"
Two
lines $env:X
"@
    Copyright = @'
plain
'@
}
