# What PSScriptAnalyzer looks for.
@{
    Severity     = @('Error', 'Warning', 'Information')
    # Pester keeps what is shared between its blocks in variables that only other blocks read.
    ExcludeRules = @('PSUseDeclaredVarsMoreThanAssignments')
}
