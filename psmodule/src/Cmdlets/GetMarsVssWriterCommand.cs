using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Shows the VSS writers and their states.</summary>
[Cmdlet(VerbsCommon.Get, "MarsVssWriter")]
[OutputType(TypeName)]
public sealed class GetMarsVssWriterCommand : ReadingCmdlet
{
    internal const string TypeName = "MarsHealth.VssWriter";

    /// <inheritdoc/>
    protected override void ProcessRecord() => EmitRecords("shadow.writers", "shadow", "writers", TypeName, writer => true);
}
