using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Restores files of the agent's PowerShell module from a good copy.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "MarsModule", SupportsShouldProcess = true)]
[OutputType(typeof(RepairResult))]
public sealed class RepairMarsModuleCommand : SingleRepairCmdlet
{
    /// <summary>The module's folder on a good machine, or a folder above it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Source { get; set; } = "";

    /// <summary>The baseline that vouches for the files.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BaselinePath { get; set; }

    /// <summary>Also take files that neither a baseline nor a trusted signature vouches for.</summary>
    [Parameter]
    public SwitchParameter AllowUnsigned { get; set; }

    /// <summary>Every file, not only missing and damaged ones.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var arguments = new JsonObject { ["source"] = PathResolver.One(this, Source) };
        if (BaselinePath != null)
        {
            arguments["baseline"] = PathResolver.One(this, BaselinePath);
        }
        if (AllowUnsigned)
        {
            arguments["allow_unsigned"] = true;
        }
        if (All)
        {
            arguments["every_file"] = true;
        }
        Call("powershell.restore-module", arguments);
    }
}
