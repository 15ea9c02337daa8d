using System;
using System.Linq;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Lists the repairs recorded on a machine, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "MarsRepairHistory")]
[OutputType(typeof(RepairRun))]
public sealed class GetMarsRepairHistoryCommand : ReadingCmdlet
{
    /// <summary>Ids, beginnings of ids or wildcards.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] RunId { get; set; } = { "*" };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var target = Target;
        Try(target.ImagePath, () => WithSession(target, Strings.ProgressTest(target.Title), session =>
        {
            var history = JsonReader.ParseObject(session.History(Format.Json));
            ThrowIfStopped();
            var runs = history.Array("runs").Objects().Select(run => new RepairRun(run, target.ImagePath)).ToList();
            foreach (var pattern in RunId)
            {
                var matching = runs.Where(run => Matches(run.RunId, pattern)).ToList();
                if (matching.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(pattern))
                {
                    WriteError(Errors.Make("RunNotFound", Strings.RunNotFound(pattern, target.Title), ErrorCategory.ObjectNotFound, pattern));
                }
                WriteObject(matching, true);
            }
        }));
    }

    private static bool Matches(string runId, string pattern) =>
        runId.StartsWith(pattern, StringComparison.OrdinalIgnoreCase)
        || Wildcards.Of(pattern).IsMatch(runId);
}
