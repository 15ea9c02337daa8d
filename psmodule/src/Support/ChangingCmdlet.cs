// Cmdlets that change a machine.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>
/// Every change is tried first with the library's what-if, which tells the old and the new value; these are what -WhatIf shows
/// and what is asked. Only then it is made, and each step's result is emitted.
/// </summary>
public abstract class ChangingCmdlet : MarsCmdlet
{
    private static readonly HashSet<ulong> NoSteps = new HashSet<ulong>();

    private bool yesToAll;
    private bool noToAll;

    private enum Decision
    {
        Take,
        Decline,
        OnlySay,
    }

    /// <summary>Calls one operation by its name.</summary>
    private protected void CallOperation(MarsSession session, Target target, string operation, JsonObject arguments)
    {
        var json = JsonWriter.Write(arguments);
        using var trial = session.Call(operation, json, new ApplyOptions { WhatIf = true, Confirmed = true });
        ThrowIfStopped();
        var step = trial.Steps[0];
        var decision = step.State == StepState.WouldChange ? Decide(step, false) : Decision.OnlySay;
        if (decision != Decision.Take)
        {
            Emit(trial, target, decision == Decision.Decline ? new HashSet<ulong> { step.Number } : NoSteps);
            if (step.State == StepState.Held)
            {
                SayRefused(step);
            }
            return;
        }
        using var outcome = session.Call(operation, json, new ApplyOptions { Confirmed = true });
        Emit(outcome, target, NoSteps);
    }

    /// <summary>Applies a plan, leaving out the steps that are not confirmed.</summary>
    private protected void ApplyPlan(MarsSession session, Target target, PlanDocument document, ApplyOptions options)
    {
        options.Confirmed = true;
        options.WhatIf = true;
        using var plan = document.Load(target.Title);
        using var trial = session.Apply(plan, options);
        ThrowIfStopped();
        var asking = new HashSet<ulong>(plan.Steps.Where(step => step.Asks).Select(step => step.Number));
        var declined = new HashSet<ulong>();
        var taken = 0;
        foreach (var step in trial.Steps.Where(step => step.State == StepState.WouldChange))
        {
            var decision = Decide(step, asking.Contains(step.Number));
            taken += decision == Decision.Take ? 1 : 0;
            if (decision == Decision.Decline)
            {
                declined.Add(step.Number);
                document.Take(step.Number, false);
            }
        }
        if (taken == 0)
        {
            Emit(trial, target, declined);
            return;
        }
        options.WhatIf = false;
        using var approved = document.Load(target.Title);
        using var outcome = session.Apply(approved, options);
        Emit(outcome, target, declined);
    }

    /// <summary>Takes a run back; null: the newest.</summary>
    private protected void UndoRun(MarsSession session, Target target, string? runId, ApplyOptions options)
    {
        options.WhatIf = true;
        using var trial = session.Undo(runId, options);
        ThrowIfStopped();
        var run = trial.Steps.Count == 0 ? null : JsonReader.ParseObject(trial.Steps[0].ArgumentsJson).Text("run");
        if (trial.State != OutcomeState.WouldChange || run == null)
        {
            Emit(trial, target, NoSteps);
            return;
        }
        var take = ShouldProcess(ChangeText.UndoDescription(run, trial.Steps), ChangeText.UndoQuery(run, trial.Steps),
            Strings.ConfirmCaption, out var reason);
        if (!take)
        {
            var declined = reason == ShouldProcessReason.WhatIf ? NoSteps : new HashSet<ulong>(trial.Steps.Select(step => step.Number));
            Emit(trial, target, declined);
            return;
        }
        options.WhatIf = false;
        using var outcome = session.Undo(run, options);
        Emit(outcome, target, NoSteps);
    }

    private Decision Decide(StepOutcome step, bool asks)
    {
        if (!ShouldProcess(ChangeText.Description(step), ChangeText.Query(step), Strings.ConfirmCaption, out var reason))
        {
            return reason == ShouldProcessReason.WhatIf ? Decision.OnlySay : Decision.Decline;
        }
        // -Confirm has asked already, and -Confirm:$false is an answer.
        if (!asks || MyInvocation.BoundParameters.ContainsKey("Confirm"))
        {
            return Decision.Take;
        }
        try
        {
            return ShouldContinue(ChangeText.Query(step), Strings.ConfirmCaption, ref yesToAll, ref noToAll)
                ? Decision.Take : Decision.Decline;
        }
        catch (Exception exception) when (exception is HostException || exception is PSInvalidOperationException
            || exception is NotImplementedException)
        {
            WriteError(Errors.Make("ConfirmationNeeded", Strings.ConfirmationNeeded(step.Title), ErrorCategory.OperationStopped,
                step.Operation));
            return Decision.Decline;
        }
    }

    /// <summary>Emits a result a step, then says what else is to be known.</summary>
    private void Emit(MarsOutcome outcome, Target target, HashSet<ulong> declined)
    {
        var computerName = JsonReader.ParseObject(outcome.Render(Format.Json)).Object("machine")?.Text("computer_name");
        foreach (var step in outcome.Steps)
        {
            WriteObject(new RepairResult(step, outcome, target, computerName, declined.Contains(step.Number)));
            if (step.State == StepState.Refused)
            {
                SayRefused(step);
            }
            else if (step.State == StepState.Failed)
            {
                WriteError(Errors.Make("StepFailed", Strings.StepFailed(step.Title, step.Message ?? ""), ErrorCategory.WriteError,
                    step.Operation));
            }
        }
        if (outcome.RunId != null)
        {
            WriteVerbose(Strings.VerboseRun(outcome.RunId));
        }
        SayState(outcome);
    }

    private void SayState(MarsOutcome outcome)
    {
        if (outcome.State == OutcomeState.NeedsRecovery)
        {
            WriteWarning(Strings.RunNeedsRecovery);
        }
        else if (outcome.State == OutcomeState.Stopped && outcome.RunId != null)
        {
            WriteWarning(Strings.RunStopped(outcome.RunId));
        }
        if (outcome.RestartAdvised && outcome.RunId != null)
        {
            WriteWarning(Strings.RestartAdvised);
        }
    }

    private void SayRefused(StepOutcome step) => WriteError(Errors.Make("StepRefused",
        Strings.StepRefused(step.Title, step.Message ?? ""), ErrorCategory.PermissionDenied, step.Operation));
}
