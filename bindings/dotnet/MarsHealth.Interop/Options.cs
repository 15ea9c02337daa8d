using System;
using System.Collections.Generic;

namespace MarsHealth.Interop;

/// <summary>What a plan is made for.</summary>
public sealed class PlanOptions
{
    /// <summary>Steps up to this risk are taken.</summary>
    public Risk IncludeRisk { get; set; }

    /// <summary>Plan for these only: ids and groups separated by commas; null: all of the report.</summary>
    public string? Checks { get; set; }

    /// <summary>Arguments that no check can know: lines OPERATION.ARGUMENT=VALUE; null: none.</summary>
    public string? Sets { get; set; }
}

/// <summary>How a machine is changed.</summary>
public sealed class ApplyOptions
{
    /// <summary>Change nothing: say what would be changed.</summary>
    public bool WhatIf { get; set; }

    /// <summary>Also where the plan or the run is another machine's.</summary>
    public bool AnyMachine { get; set; }

    /// <summary>Without <see cref="Confirm"/>: steps that want a confirmation of their own have it.</summary>
    public bool Confirmed { get; set; }

    /// <summary>Undo: overwrite what was changed since.</summary>
    public bool Force { get; set; }

    /// <summary>Undo: leave what was changed since as it is, take back the rest.</summary>
    public bool Partial { get; set; }

    /// <summary>JSON text of the module baseline that the plan was made with; null: none.</summary>
    public string? Baseline { get; set; }

    /// <summary>
    /// Asks whether to go on. The first argument is the step that wants a confirmation of its own, or null for all that is to
    /// be done; the second says what it is and what of it cannot be undone. Called on the thread of the call.
    /// </summary>
    public Func<string?, string, bool>? Confirm { get; set; }
}
