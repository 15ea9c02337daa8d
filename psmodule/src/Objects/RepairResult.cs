// What every cmdlet emits that changes a machine.

using System.Linq;
using MarsHealth.Cmdlets;
using MarsHealth.Interop;

namespace MarsHealth;

/// <summary>What became of one step of a repair.</summary>
public sealed class RepairResult
{
    internal RepairResult(StepOutcome step, MarsOutcome outcome, Target target, string? computerName, bool declined)
    {
        State = declined ? "Declined" : step.State.ToString();
        Number = (int)step.Number;
        Operation = step.Operation;
        Title = step.Title;
        Message = declined ? null : LibraryText.ForCmdlets(step.Message);
        Arguments = JsonProperties.ToObject(JsonReader.Parse(step.ArgumentsJson));
        Changes = step.Changes.Select(change => new RepairChange(change)).ToArray();
        RunId = outcome.RunId;
        RestartAdvised = outcome.RestartAdvised;
        ImagePath = target.ImagePath;
        ComputerName = computerName;
    }

    /// <summary>Done, AlreadyGood, WouldChange (with -WhatIf), Declined (not confirmed), Held, Refused, Failed or NotReached.</summary>
    public string State { get; }

    /// <summary>Its place in the plan, from 1.</summary>
    public int Number { get; }

    /// <summary>The operation, such as task.enable.</summary>
    public string Operation { get; }

    /// <summary>What it does.</summary>
    public string Title { get; }

    /// <summary>Why it was held, refused or failed.</summary>
    public string? Message { get; }

    /// <summary>Its arguments.</summary>
    public object? Arguments { get; }

    /// <summary>What it changed, or would change: each with the value before and after.</summary>
    public RepairChange[] Changes { get; }

    /// <summary>The record of the run, for Undo-MarsRepair; null if nothing was changed.</summary>
    public string? RunId { get; }

    /// <summary>Whether running programs see it only after they restart.</summary>
    public bool RestartAdvised { get; }

    /// <summary>The image that was changed; null for the running machine.</summary>
    public string? ImagePath { get; }

    /// <summary>The machine that was changed, as far as it is known.</summary>
    public string? ComputerName { get; }

    /// <inheritdoc/>
    public override string ToString() => State + ": " + Title;
}

/// <summary>One thing that was changed, or would be.</summary>
public sealed class RepairChange
{
    internal RepairChange(Change change)
    {
        Kind = change.Kind;
        Target = change.Target;
        Before = change.Before;
        After = change.After;
        Undoable = change.Undoable;
    }

    internal RepairChange(JsonObject record)
    {
        Kind = record.Text("kind") ?? "";
        Target = record.Text("target") ?? "";
        Before = record.Text("before");
        After = record.Text("after");
        Undoable = record.Flag("undoable");
    }

    /// <summary>Such as registry-value, file, task, service, event.</summary>
    public string Kind { get; }

    /// <summary>What was changed.</summary>
    public string Target { get; }

    /// <summary>The value before.</summary>
    public string? Before { get; }

    /// <summary>The value after.</summary>
    public string? After { get; }

    /// <summary>Whether it can be taken back exactly.</summary>
    public bool Undoable { get; }

    /// <inheritdoc/>
    public override string ToString() => Target + ": " + Before + " -> " + After;
}
