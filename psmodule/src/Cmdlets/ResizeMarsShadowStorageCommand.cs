using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Lets shadow copies of a volume take more space. It is never made smaller.</summary>
[Cmdlet(VerbsCommon.Resize, "MarsShadowStorage", SupportsShouldProcess = true)]
[OutputType(typeof(RepairResult))]
public sealed class ResizeMarsShadowStorageCommand : SingleRepairCmdlet
{
    /// <summary>The volume that shadow copies are of.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VolumeCompleter))]
    public string Volume { get; set; } = "";

    /// <summary>The volume that they are kept on. Default: the same.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VolumeCompleter))]
    public string? StorageVolume { get; set; }

    /// <summary>In bytes, such as 10GB; at least 320 MB.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateRange(335544320L, long.MaxValue)]
    public long MaximumSize { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Call("shadow.resize", new JsonObject
    {
        ["for_volume"] = Volume,
        ["on_volume"] = StorageVolume ?? Volume,
        ["max_bytes"] = MaximumSize,
    });
}
