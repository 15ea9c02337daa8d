// What Test-MarsHealth emits.

using System;
using System.Linq;
using System.Management.Automation;
using MarsHealth.Cmdlets;
using MarsHealth.Interop;

namespace MarsHealth;

/// <summary>What a check found, and on which machine.</summary>
public sealed class Finding
{
    private readonly Interop.Finding native;
    private readonly MachineIdentity machine;
    private string[]? where;
    private object? values;
    private object[]? repairs;

    internal Finding(Interop.Finding native, MachineIdentity machine, Target target)
    {
        this.native = native;
        this.machine = machine;
        Status = NameOf(native.Status);
        ImagePath = target.ImagePath;
        EvidencePath = target.EvidencePath;
    }

    /// <summary>Pass, Info, Warn, Fail, Unknown or Skipped.</summary>
    public string Status { get; }

    /// <summary>The check, such as schedule.enabled.</summary>
    public string Check => native.Check;

    /// <summary>What was judged where a check judges several, such as a task or a volume.</summary>
    public string? Subject => native.Subject;

    /// <summary>The verdict, such as schedule.enabled/disabled. Stable: meant for scripts.</summary>
    public string Verdict => native.Verdict;

    /// <summary>One line.</summary>
    public string Title => native.Title;

    /// <summary>Why it matters.</summary>
    public string? Cause => native.Cause;

    /// <summary>What to do.</summary>
    public string? Advice => native.Advice;

    /// <summary>What was looked at, for the heading of a table.</summary>
    public string Source => ComputerName + (ImagePath == null && EvidencePath == null ? "" : " (" + (ImagePath ?? EvidencePath) + ")");

    /// <summary>Where the facts were read.</summary>
    public string[] Where => where ??= native.Where.ToArray();

    /// <summary>The figures behind it.</summary>
    public object? Values => values ??= JsonProperties.ToObject(JsonReader.Parse(native.ValuesJson));

    /// <summary>The operations that answer it.</summary>
    public object[] Repairs => repairs ??= (JsonProperties.ToObject(JsonReader.Parse(native.RepairsJson)) as object[]) ?? Array.Empty<object>();

    /// <summary>Whether the check decides if the next backup starts.</summary>
    public bool Blocking => native.Blocking;

    /// <summary>The machine's name.</summary>
    public string? ComputerName => machine.ComputerName;

    /// <summary>Windows' own id of the machine.</summary>
    public string? MachineGuid => machine.MachineGuid;

    /// <summary>The agent's id of the machine.</summary>
    public string? MarsMachineId => machine.MarsMachineId;

    /// <summary>The image that was checked; null for the running machine and for evidence.</summary>
    public string? ImagePath { get; }

    /// <summary>The evidence file that was judged, or null.</summary>
    public string? EvidencePath { get; }

    /// <summary>Failures first: 0 is the worst.</summary>
    internal int Urgency => native.Status switch
    {
        FindingStatus.Fail => 0,
        FindingStatus.Warn => 2,
        FindingStatus.Info => 3,
        FindingStatus.Pass => 4,
        FindingStatus.Skipped => 5,
        _ => 1,
    };

    // A newer library may have a status that is not known here. Text, because remoting makes a number of an enumeration's value.
    private static string NameOf(FindingStatus status) =>
        (status >= FindingStatus.Pass && status <= FindingStatus.Skipped ? status : FindingStatus.Unknown).ToString();

    /// <inheritdoc/>
    public override string ToString() => Subject == null ? Status + " " + Check + ": " + Title
        : Status + " " + Check + " [" + Subject + "]: " + Title;
}
