// A finding that comes back as a parameter.

using System;
using System.Linq;
using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>
/// Of a finding of Test-MarsHealth, what a repair has to know: as it is, as remoting or a file brought it back, or wrapped by
/// Select-Object.
/// </summary>
internal sealed class FoundFinding
{
    private FoundFinding(PSObject source, string check)
    {
        Check = check;
        Subject = Text(source, "Subject");
        Verdict = Text(source, "Verdict") ?? check;
        ImagePath = Text(source, "ImagePath");
        EvidencePath = Text(source, "EvidencePath");
        RemoteComputer = Text(source, "PSComputerName");
        Machine = new MachineIdentity(Text(source, "ComputerName"), Text(source, "MachineGuid"), Text(source, "MarsMachineId"));
        Source = source;
    }

    public string Check { get; }

    public string? Subject { get; }

    public string Verdict { get; }

    public string? ImagePath { get; }

    public string? EvidencePath { get; }

    /// <summary>The computer that remoting brought it from.</summary>
    public string? RemoteComputer { get; }

    public MachineIdentity Machine { get; }

    public PSObject Source { get; }

    /// <summary>Null if it is none.</summary>
    public static FoundFinding? From(PSObject? source)
    {
        if (source == null || !source.TypeNames.Any(name => name.EndsWith("MarsHealth.Finding", StringComparison.Ordinal)))
        {
            return null;
        }
        return Text(source, "Check") is string check ? new FoundFinding(source, check) : null;
    }

    private static string? Text(PSObject source, string property)
    {
        var value = source.Properties[property]?.Value;
        var text = (value is PSObject wrapped ? wrapped.BaseObject : value)?.ToString();
        return string.IsNullOrEmpty(text) ? null : text;
    }
}
