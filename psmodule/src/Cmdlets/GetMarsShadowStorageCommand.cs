using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Shows where shadow copies are kept, and how large they may grow.</summary>
[Cmdlet(VerbsCommon.Get, "MarsShadowStorage")]
[OutputType(TypeName)]
public sealed class GetMarsShadowStorageCommand : ReadingCmdlet
{
    internal const string TypeName = "MarsHealth.ShadowStorage";

    /// <summary>What a volume is called: its letter where it has one.</summary>
    internal static string? VolumeName(object? letter, object? volume) => letter is string drive ? drive + ":" : volume as string;

    /// <inheritdoc/>
    protected override void ProcessRecord() => EmitRecords("shadow.storage", "shadow", "storage", TypeName, storage =>
    {
        NameVolume(storage, "Source", "Volume");
        NameVolume(storage, "Storage", "StorageVolume");
        return true;
    });

    private static void NameVolume(PSObject storage, string side, string property)
    {
        var letter = storage.Properties[side + "Letter"];
        var volume = storage.Properties[side + "Volume"];
        var id = volume.Value;
        var name = VolumeName(letter.Value, id);
        storage.Properties.Remove(letter.Name);
        storage.Properties.Remove(volume.Name);
        storage.Properties.Add(new PSNoteProperty(property, name));
        storage.Properties.Add(new PSNoteProperty(property + "Id", id));
    }
}
