using System;
using System.Diagnostics.CodeAnalysis;

namespace MarsHealth.Interop;

/// <summary>What a check found. A value that is not listed here, from a newer library, is to be read as <see cref="Unknown"/>.</summary>
public enum FindingStatus
{
    /// <summary>Not set.</summary>
    None = 0,

    /// <summary>Good.</summary>
    Pass = 1,

    /// <summary>Worth knowing, no action owed.</summary>
    Info = 2,

    /// <summary>Backups or restores may break: someone should act.</summary>
    Warn = 3,

    /// <summary>They do break, or will.</summary>
    Fail = 4,

    /// <summary>Could not be judged; the finding says why.</summary>
    Unknown = 5,

    /// <summary>Does not apply to this machine; the finding says why.</summary>
    Skipped = 6,
}

/// <summary>The form of a document.</summary>
public enum Format
{
    /// <summary>Not set.</summary>
    None = 0,

    /// <summary>For people.</summary>
    Text = 1,

    /// <summary>One JSON object, indented.</summary>
    Json = 2,

    /// <summary>One JSON object on one line.</summary>
    Jsonl = 3,

    /// <summary>XML: a test case a finding. Reports only.</summary>
    Junit = 4,

    /// <summary>One status line and performance data. Reports only.</summary>
    Nagios = 5,
}

/// <summary>How a document is written.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711", Justification = "They are flags, and so are they called in the library.")]
public enum RenderFlags
{
    /// <summary>The default.</summary>
    None = 0,

    /// <summary>Text: ANSI colours.</summary>
    Color = 1,

    /// <summary>Text: passed and skipped checks one by one, not only counted.</summary>
    All = 2,

    /// <summary>JUnit: the testsuite element only, so that several reports can stand in one document.</summary>
    Part = 4,
}

/// <summary>What can go wrong with a step.</summary>
public enum Risk
{
    /// <summary>Not set; in options: <see cref="Low"/>.</summary>
    None = 0,

    /// <summary>In the default plan.</summary>
    Low = 1,

    /// <summary>Only when named or asked for.</summary>
    Medium = 2,

    /// <summary>Only when named and confirmed.</summary>
    High = 3,
}

/// <summary>What became of a run.</summary>
public enum OutcomeState
{
    /// <summary>Not set.</summary>
    None = 0,

    /// <summary>All that was to be done is done.</summary>
    Applied = 1,

    /// <summary>All was so already, or nothing was to be taken.</summary>
    NothingToDo = 2,

    /// <summary>With <see cref="ApplyOptions.WhatIf"/>: what would be done.</summary>
    WouldChange = 3,

    /// <summary>A step failed or was refused; those before it are done and can be undone.</summary>
    Stopped = 4,

    /// <summary>Cancelled, or not confirmed; what was done before can be undone.</summary>
    Cancelled = 5,

    /// <summary>What the last change left cannot be told; the next call looks after it.</summary>
    NeedsRecovery = 6,
}

/// <summary>What became of a step.</summary>
public enum StepState
{
    /// <summary>Not set.</summary>
    None = 0,

    /// <summary>Done.</summary>
    Done = 1,

    /// <summary>Nothing needed to be done.</summary>
    AlreadyGood = 2,

    /// <summary>With <see cref="ApplyOptions.WhatIf"/>: it would change something.</summary>
    WouldChange = 3,

    /// <summary>Not taken: its risk, an argument it needs, or it needs the running server.</summary>
    Held = 4,

    /// <summary>A guard or a changed finding stood in its way; it changed nothing.</summary>
    Refused = 5,

    /// <summary>It was begun and did not work.</summary>
    Failed = 6,

    /// <summary>An earlier step stopped the run.</summary>
    NotReached = 7,
}

/// <summary>What an event tells.</summary>
public enum MarsEventKind
{
    /// <summary>Not set.</summary>
    None = 0,

    /// <summary>A part is done of a whole.</summary>
    Progress = 1,

    /// <summary>A message for whoever watches closely.</summary>
    Log = 2,
}
