// Which findings a repair is for.

using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Which findings a repair is for. Findings are checked again on the machine: what came along is only who and where.</summary>
internal sealed class FindingSelection
{
    private readonly PSCmdlet cmdlet;
    private readonly string command;
    private readonly List<FoundFinding> found = new List<FoundFinding>();

    /// <param name="cmdlet">Which errors are written to.</param>
    /// <param name="command">What is to be run elsewhere for findings of elsewhere, such as Repair-MarsHealth.</param>
    public FindingSelection(PSCmdlet cmdlet, string command)
    {
        this.cmdlet = cmdlet;
        this.command = command;
    }

    /// <summary>Takes findings; what is none, or came from another computer, is an error of its own.</summary>
    public void Add(PSObject[] findings)
    {
        foreach (var item in findings)
        {
            var finding = FoundFinding.From(item);
            if (finding == null)
            {
                cmdlet.WriteError(Errors.Make("NotAFinding", Strings.NotAFinding(item), ErrorCategory.InvalidType, item));
            }
            else if (finding.RemoteComputer != null)
            {
                cmdlet.WriteError(Errors.Make("RemoteFinding",
                    Strings.RemoteFinding(finding.RemoteComputer, RemoteCommand(finding.RemoteComputer, new[] { finding.Check })),
                    ErrorCategory.InvalidOperation, item));
            }
            else
            {
                found.Add(finding);
            }
        }
    }

    /// <summary>The findings by what they were found on, in the order in which they came.</summary>
    public IEnumerable<IGrouping<Target, FoundFinding>> ByTarget() => found.GroupBy(finding =>
        finding.ImagePath != null ? Target.Image(finding.ImagePath)
            : finding.EvidencePath != null ? Target.Evidence(finding.EvidencePath)
            : Target.ThisMachine);

    /// <summary>Whether the machine that was just read is that of the findings; if not, says so.</summary>
    public bool IsSameMachine(IEnumerable<FoundFinding> findings, MachineIdentity here)
    {
        var other = findings.FirstOrDefault(finding => !finding.Machine.MayBe(here));
        if (other == null)
        {
            return true;
        }
        var computer = other.Machine.ComputerName ?? other.Machine.MachineGuid ?? "?";
        cmdlet.WriteError(Errors.Make("OtherMachine",
            Strings.OtherMachine(computer, here.ComputerName ?? "?", RemoteCommand(computer, Checks(findings))),
            ErrorCategory.InvalidOperation, other.Source));
        return false;
    }

    public static string[] Checks(IEnumerable<FoundFinding> findings) => findings.Select(finding => finding.Check).Distinct().ToArray();

    private string RemoteCommand(string computer, string[] checks) =>
        "Invoke-Command -ComputerName " + Quote(computer) + " { " + command + " -Check " + string.Join(",", checks.Select(Quote)) + " }";

    private static string Quote(string name) =>
        name.All(character => char.IsLetterOrDigit(character) || character == '-' || character == '.') && name.Length > 0
            ? name : "'" + name.Replace("'", "''") + "'";
}
