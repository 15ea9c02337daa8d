using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Restarts a service that backups and restores depend on.</summary>
[Cmdlet(VerbsLifecycle.Restart, "MarsService", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RepairResult))]
public sealed class RestartMarsServiceCommand : SingleRepairCmdlet
{
    /// <summary>The service's name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string[] Name { get; set; } = System.Array.Empty<string>();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var service in Name)
        {
            Call("service.restart", new JsonObject { ["service"] = service });
        }
    }
}
