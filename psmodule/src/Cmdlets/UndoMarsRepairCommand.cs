using System;
using System.Collections.Generic;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Takes a recorded repair back.</summary>
[Cmdlet(VerbsCommon.Undo, "MarsRepair", SupportsShouldProcess = true)]
[OutputType(typeof(RepairResult))]
public sealed class UndoMarsRepairCommand : PipedImageCmdlet
{
    // Every result of a run names it, and it is taken back once.
    private readonly HashSet<string> seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Its id, or a unique beginning of it. Default: the newest that was not taken back.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? RunId { get; set; }

    /// <summary>Overwrite what was changed since.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Leave what was changed since as it is, and take back the rest.</summary>
    [Parameter]
    public SwitchParameter Partial { get; set; }

    /// <summary>Also where the run is another machine's.</summary>
    [Parameter]
    public SwitchParameter AnyMachine { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Results of steps that changed nothing have no run.
        if (MyInvocation.ExpectingInput && string.IsNullOrEmpty(RunId))
        {
            return;
        }
        var target = Target;
        if (!seen.Add(target.ImagePath + "\n" + RunId))
        {
            return;
        }
        Try(target.ImagePath, () => WithSession(target, Strings.ProgressUndo(target.Title), session => UndoRun(session, target,
            string.IsNullOrEmpty(RunId) ? null : RunId,
            new ApplyOptions { Force = Force, Partial = Partial, AnyMachine = AnyMachine })));
    }
}
