// What a change is called before it is made.

using System.Collections.Generic;
using System.Linq;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>The sentences of -WhatIf and -Confirm: each change with its old and its new value.</summary>
internal static class ChangeText
{
    /// <summary>As the library says that there is nothing.</summary>
    private const string Absent = "absent";

    /// <summary>A step may change a hundred files: these many are named.</summary>
    private const int MostNamed = 20;

    public static string Description(StepOutcome step) => step.Changes.Count == 1
        ? Describe(step, step.Changes[0])
        : Strings.TakeStep(step.Number, step.Title) + Lines(step);

    public static string Query(StepOutcome step) => step.Changes.Count == 1
        ? Ask(step, step.Changes[0])
        : Strings.TakeStepQuery(step.Number, step.Title) + Lines(step);

    public static string UndoDescription(string runId, IEnumerable<StepOutcome> steps) => Strings.UndoRun(runId) + Lines(steps);

    public static string UndoQuery(string runId, IEnumerable<StepOutcome> steps) => Strings.UndoRunQuery(runId) + Lines(steps);

    private static string Lines(IEnumerable<StepOutcome> steps) => string.Concat(steps.Select(Lines));

    private static string Lines(StepOutcome step)
    {
        var lines = step.Changes.Take(MostNamed).Select(change => "\n  " + Describe(step, change)).ToList();
        if (step.Changes.Count > MostNamed)
        {
            lines.Add("\n  " + Strings.SummaryMore(step.Changes.Count - MostNamed));
        }
        return string.Concat(lines);
    }

    private static string Describe(StepOutcome step, Change change) =>
        !change.Undoable ? Strings.DoOnce(step.Title)
        : change.Before == Absent ? Strings.CreateValue(change.Target, change.After ?? "")
        : change.After == Absent ? Strings.RemoveValue(change.Target, change.Before ?? "")
        : Strings.ChangeValue(change.Target, change.Before ?? "", change.After ?? "");

    private static string Ask(StepOutcome step, Change change) =>
        !change.Undoable ? Strings.DoOnceQuery(step.Title)
        : change.Before == Absent ? Strings.CreateValueQuery(change.Target, change.After ?? "")
        : change.After == Absent ? Strings.RemoveValueQuery(change.Target, change.Before ?? "")
        : Strings.ChangeValueQuery(change.Target, change.Before ?? "", change.After ?? "");
}
