// Which machine something was found on.

using System;

namespace MarsHealth.Cmdlets;

/// <summary>The three names of a machine; what is not known is null.</summary>
internal sealed class MachineIdentity
{
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

    /// <summary>Whether nothing that both know of tells them apart, as the library compares machines.</summary>
    public bool MayBe(MachineIdentity other) =>
        MayBe(ComputerName, other.ComputerName) && MayBe(MachineGuid, other.MachineGuid) && MayBe(MarsMachineId, other.MarsMachineId);

    private static bool MayBe(string? one, string? other) =>
        one == null || other == null || string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string? Known(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Value(JsonObject? machine, string fact) => machine?.Object(fact)?.Text("value");
}
