using System;
using System.Collections.Generic;

namespace MarsHealth.Interop;

/// <summary>Told during a call, on the thread of that call.</summary>
public sealed class MarsEvent
{
    internal MarsEvent(MarsEventKind kind, string text, ulong done, ulong total)
    {
        Kind = kind;
        Text = text;
        Done = done;
        Total = total;
    }

    /// <summary>What it tells.</summary>
    public MarsEventKind Kind { get; }

    /// <summary>Progress: what is under way. Log: one sentence.</summary>
    public string Text { get; }

    /// <summary>Progress: how much is done.</summary>
    public ulong Done { get; }

    /// <summary>Progress: of how much.</summary>
    public ulong Total { get; }
}

/// <summary>What a check found.</summary>
public sealed class Finding
{
    internal Finding(in NativeFinding native)
    {
        Status = (FindingStatus)native.Status;
        Blocking = native.Blocking != 0;
        Check = Utf8.Required(native.Check);
        Subject = Utf8.Read(native.Subject);
        Verdict = Utf8.Required(native.Verdict);
        Title = Utf8.Required(native.Title);
        Cause = Utf8.Read(native.Cause);
        Advice = Utf8.Read(native.Advice);
        Where = Utf8.Lines(native.Where);
        ValuesJson = Utf8.Read(native.Values) ?? "{}";
        RepairsJson = Utf8.Read(native.Repairs) ?? "[]";
    }

    /// <summary>How good or bad it is.</summary>
    public FindingStatus Status { get; }

    /// <summary>Whether the check decides if the next backup starts.</summary>
    public bool Blocking { get; }

    /// <summary>The check, such as schedule.enabled.</summary>
    public string Check { get; }

    /// <summary>What was judged where a check judges several: a task, a volume; otherwise null.</summary>
    public string? Subject { get; }

    /// <summary>The verdict, such as schedule.enabled/disabled. Stable.</summary>
    public string Verdict { get; }

    /// <summary>One line.</summary>
    public string Title { get; }

    /// <summary>Why it matters; null if there is nothing to say.</summary>
    public string? Cause { get; }

    /// <summary>What to do; null if nothing is owed.</summary>
    public string? Advice { get; }

    /// <summary>Where the facts were read.</summary>
    public IReadOnlyList<string> Where { get; }

    /// <summary>The figures behind it, a JSON object.</summary>
    public string ValuesJson { get; }

    /// <summary>The operations that answer it, a JSON array as in the report.</summary>
    public string RepairsJson { get; }
}

/// <summary>How many findings of a report are how.</summary>
public sealed class Summary
{
    internal Summary(in NativeSummary native)
    {
        Pass = native.Pass;
        Info = native.Info;
        Warn = native.Warn;
        Fail = native.Fail;
        Unknown = native.Unknown;
        Skipped = native.Skipped;
        UnknownBlocking = native.UnknownBlocking;
    }

    /// <summary>Findings that passed.</summary>
    public ulong Pass { get; }

    /// <summary>Findings worth knowing.</summary>
    public ulong Info { get; }

    /// <summary>Findings that warn.</summary>
    public ulong Warn { get; }

    /// <summary>Findings that fail.</summary>
    public ulong Fail { get; }

    /// <summary>What could not be judged.</summary>
    public ulong Unknown { get; }

    /// <summary>What does not apply.</summary>
    public ulong Skipped { get; }

    /// <summary>How many of the unknown are of checks that decide whether the next backup starts.</summary>
    public ulong UnknownBlocking { get; }
}

/// <summary>A step of a plan.</summary>
public sealed class PlanStep
{
    internal PlanStep(ulong number, in NativePlanStep native)
    {
        Number = number;
        Risk = (Risk)native.Risk;
        Taken = native.Taken != 0;
        Undoable = native.Undoable != 0;
        Asks = native.Asks != 0;
        Operation = Utf8.Required(native.Operation);
        ArgumentsJson = Utf8.Read(native.Arguments) ?? "{}";
        Title = Utf8.Required(native.Title);
        Held = Utf8.Read(native.Held);
    }

    /// <summary>Its place in the plan, from 1.</summary>
    public ulong Number { get; }

    /// <summary>What can go wrong with it.</summary>
    public Risk Risk { get; }

    /// <summary>Whether applying the plan takes it.</summary>
    public bool Taken { get; }

    /// <summary>Whether it can be taken back exactly.</summary>
    public bool Undoable { get; }

    /// <summary>Whether it wants a confirmation of its own.</summary>
    public bool Asks { get; }

    /// <summary>The operation, such as task.enable.</summary>
    public string Operation { get; }

    /// <summary>Its arguments, a JSON object.</summary>
    public string ArgumentsJson { get; }

    /// <summary>What it does.</summary>
    public string Title { get; }

    /// <summary>Why it is not taken; null if it is.</summary>
    public string? Held { get; }
}

/// <summary>What became of a step.</summary>
public sealed class StepOutcome
{
    internal StepOutcome(in NativeStepOutcome native, IReadOnlyList<Change> changes)
    {
        State = (StepState)native.State;
        Number = native.Number;
        Operation = Utf8.Required(native.Operation);
        ArgumentsJson = Utf8.Read(native.Arguments) ?? "{}";
        Title = Utf8.Required(native.Title);
        Message = Utf8.Read(native.Message);
        Changes = changes;
    }

    /// <summary>What became of it.</summary>
    public StepState State { get; }

    /// <summary>Its place in the plan, from 1.</summary>
    public ulong Number { get; }

    /// <summary>The operation, such as task.enable.</summary>
    public string Operation { get; }

    /// <summary>Its arguments, a JSON object.</summary>
    public string ArgumentsJson { get; }

    /// <summary>What it does.</summary>
    public string Title { get; }

    /// <summary>Why it was held, refused or failed; null if there is nothing to say.</summary>
    public string? Message { get; }

    /// <summary>What it changed, or would change.</summary>
    public IReadOnlyList<Change> Changes { get; }
}

/// <summary>One thing that was changed, or would be.</summary>
public sealed class Change
{
    internal Change(in NativeChange native)
    {
        Undoable = native.Undoable != 0;
        Kind = Utf8.Required(native.Kind);
        Target = Utf8.Required(native.Target);
        Before = Utf8.Read(native.Before);
        After = Utf8.Read(native.After);
    }

    /// <summary>Whether it can be taken back exactly.</summary>
    public bool Undoable { get; }

    /// <summary>Such as registry-value, file, task, service, event.</summary>
    public string Kind { get; }

    /// <summary>What was changed.</summary>
    public string Target { get; }

    /// <summary>How it was, for people.</summary>
    public string? Before { get; }

    /// <summary>How it is now, for people.</summary>
    public string? After { get; }
}

/// <summary>Which library it is.</summary>
public sealed class VersionInfo
{
    internal VersionInfo(in NativeVersionInfo native)
    {
        Abi = native.Abi;
        Version = new Version((int)native.Major, (int)native.Minor, (int)native.Patch);
        Text = Utf8.Required(native.Text);
        EvidenceSchema = Utf8.Required(native.EvidenceSchema);
        ReportSchema = Utf8.Required(native.ReportSchema);
    }

    /// <summary>The number of the interface.</summary>
    public uint Abi { get; }

    /// <summary>The library's version.</summary>
    public Version Version { get; }

    /// <summary>The library's version as it writes it.</summary>
    public string Text { get; }

    /// <summary>The schema of the evidence it writes.</summary>
    public string EvidenceSchema { get; }

    /// <summary>The schema of the reports it writes.</summary>
    public string ReportSchema { get; }
}
