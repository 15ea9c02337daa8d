// Which machine something was found on.

using System;
using System.Text;

namespace MarsHealth.Cmdlets;

/// <summary>The three names of a machine; what is not known is null.</summary>
internal sealed class MachineIdentity
{
    private const int HeadSize = 16 * 1024;

    public MachineIdentity(string? computerName, string? machineGuid, string? marsMachineId)
    {
        ComputerName = Known(computerName);
        MachineGuid = Known(machineGuid);
        MarsMachineId = Known(marsMachineId);
    }

    public string? ComputerName { get; }

    public string? MachineGuid { get; }

    public string? MarsMachineId { get; }

    /// <summary>From an evidence document, of which no more is read than it takes.</summary>
    public static MachineIdentity FromEvidence(string evidenceJson)
    {
        var machine = JsonReader.ParseMember(evidenceJson, "machine") as JsonObject;
        return new MachineIdentity(Value(machine, "computer_name"), Value(machine, "machine_guid"), Value(machine, "mars_machine_id"));
    }

    /// <summary>
    /// The same from the file. Its head is tried first, which in what the library writes has all that it takes: a long string
    /// for every file would make the runtime collect all of its memory again and again.
    /// </summary>
    public static MachineIdentity FromEvidence(byte[] document)
    {
        try
        {
            return FromEvidence(Encoding.UTF8.GetString(document, 0, Math.Min(document.Length, HeadSize)));
        }
        catch (FormatException) when (document.Length > HeadSize)
        {
            return FromEvidence(Encoding.UTF8.GetString(document));
        }
    }

    /// <summary>Whether nothing that both know of tells them apart, as the library compares machines.</summary>
    public bool MayBe(MachineIdentity other) =>
        MayBe(ComputerName, other.ComputerName) && MayBe(MachineGuid, other.MachineGuid) && MayBe(MarsMachineId, other.MarsMachineId);

    private static bool MayBe(string? one, string? other) =>
        one == null || other == null || string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string? Known(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Value(JsonObject? machine, string fact) => machine?.Object(fact)?.Text("value");
}
