// What Get-MarsRepairHistory emits.

using System;
using System.Linq;
using MarsHealth.Cmdlets;

namespace MarsHealth;

/// <summary>The record of one repair, or of one that was taken back.</summary>
public sealed class RepairRun
{
    internal RepairRun(JsonObject run, string? imagePath)
    {
        RunId = run.Text("id") ?? "";
        Started = JsonProperties.Time(run.Text("started"));
        State = JsonProperties.PascalCase(run.Text("state") ?? "");
        Undoes = run.Text("undoes");
        UndoneBy = run.Text("undone_by");
        Problem = run.Text("problem");
        Changes = run.Array("changes").Objects().Select(change => new RepairChange(change)).ToArray();
        ImagePath = imagePath;
    }

    /// <summary>Its id, for Undo-MarsRepair.</summary>
    public string RunId { get; }

    /// <summary>When it began, in UTC.</summary>
    public DateTime? Started { get; }

    /// <summary>What became of it.</summary>
    public string State { get; }

    /// <summary>The run that it took back, or null.</summary>
    public string? Undoes { get; }

    /// <summary>The run that took it back, or null.</summary>
    public string? UndoneBy { get; }

    /// <summary>Why the record cannot be read, or null.</summary>
    public string? Problem { get; }

    /// <summary>What it changed.</summary>
    public RepairChange[] Changes { get; }

    /// <summary>The image that it changed; null for the running machine.</summary>
    public string? ImagePath { get; }

    /// <inheritdoc/>
    public override string ToString() => RunId;
}
