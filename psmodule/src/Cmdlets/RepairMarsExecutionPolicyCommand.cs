using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Lets the agent's scripts run.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "MarsExecutionPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(RepairResult))]
public sealed class RepairMarsExecutionPolicyCommand : SingleRepairCmdlet
{
    /// <summary>The policy to set; without it what the check finds to be needed.</summary>
    [Parameter(Position = 0)]
    [ValidateSet("RemoteSigned", "Unrestricted")]
    public string? Policy { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Policy == null)
        {
            RepairFindings("powershell.execution-policy");
        }
        else
        {
            Call("powershell.set-execution-policy", new JsonObject { ["policy"] = Policy });
        }
    }
}
