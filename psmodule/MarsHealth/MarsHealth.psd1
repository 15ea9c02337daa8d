# Manifest of the module MarsHealth. Everything is compiled: importing it runs no script, so that it works under the execution
# policies Restricted and AllSigned.
@{
    RootModule             = if ($PSEdition -eq 'Core') { 'net8.0/MarsHealth.Cmdlets.dll' } else { 'net462\MarsHealth.Cmdlets.dll' }
    ModuleVersion          = '0.1.0'
    CompatiblePSEditions   = @('Desktop', 'Core')
    GUID                   = '5f0c2f0e-6f0b-4c39-9a55-0b0d8c1a7d3e'
    Author                 = 'The MarsHealth authors'
    CompanyName            = 'MarsHealth'
    Copyright              = 'The MarsHealth authors. MIT license.'
    Description            = 'Health checks and repairs, which can be taken back, for Windows servers with the Microsoft Azure Recovery Services (MARS) agent.'
    PowerShellVersion      = '5.1'
    DotNetFrameworkVersion = '4.6.2'
    ProcessorArchitecture  = 'None'
    CmdletsToExport        = @(
        'Export-MarsEvidence'
        'Get-MarsHealthCheck'
        'Get-MarsRepairHistory'
        'Get-MarsRepairPlan'
        'Get-MarsScheduledTask'
        'Get-MarsShadowStorage'
        'Get-MarsVssWriter'
        'Invoke-MarsRepairPlan'
        'New-MarsModuleBaseline'
        'Repair-MarsExecutionPolicy'
        'Repair-MarsHealth'
        'Repair-MarsModule'
        'Repair-MarsModulePath'
        'Repair-MarsScheduledTask'
        'Resize-MarsShadowStorage'
        'Restart-MarsService'
        'Test-MarsHealth'
        'Undo-MarsRepair'
    )
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()
    PrivateData            = @{
        PSData = @{
            Tags       = @('Azure', 'Backup', 'MARS', 'RecoveryServices', 'Windows', 'PSEdition_Desktop', 'PSEdition_Core')
        }
    }
}
