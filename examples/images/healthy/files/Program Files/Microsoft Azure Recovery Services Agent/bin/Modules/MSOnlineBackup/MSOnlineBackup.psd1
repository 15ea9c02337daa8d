# A stand-in for the agent's module manifest.
@{
    RootModule           = 'MSOnlineBackup.Cmdlets.dll'
    ModuleVersion        = '2.0'
    GUID                 = 'c0a6f2d4-3f57-4b1e-a1c8-6e2d90b7f513'
    Author               = 'MarsHealth examples'
    PowerShellVersion    = '3.0'
    RequiredAssemblies   = @('MSOnlineBackup.Common.dll')
    FormatsToProcess     = @('MSOnlineBackup.format.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    CmdletsToExport      = @('Get-OBPolicy', 'Get-OBMachineSetting', 'Start-OBBackup', 'Start-OBSystemStateBackup')
}
