using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Adds the folder of the agent's modules to the machine's PSModulePath.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "MarsModulePath", SupportsShouldProcess = true)]
[OutputType(typeof(RepairResult))]
public sealed class RepairMarsModulePathCommand : SingleRepairCmdlet
{
    /// <summary>The folder to add, as the server calls it; without it the agent's, if the check finds that it is missing.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Folder { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Folder == null)
        {
            RepairFindings("powershell.module-path");
        }
        else
        {
            Call("powershell.add-module-path", new JsonObject { ["folder"] = Folder });
        }
    }
}
