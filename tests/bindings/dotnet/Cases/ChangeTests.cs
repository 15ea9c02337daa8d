using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace MarsHealth.Interop.Tests;

/// <summary>Findings, plans, changes and their undo, on a copy of the broken example image.</summary>
public class ChangeTests
{
    private static readonly ApplyOptions Yes = new() { Confirm = (_, _) => true };

    [EvidenceFact]
    public void Findings_say_what_the_report_says()
    {
        using MarsEvidence evidence = Machine.Evidence();
        using MarsReport report = evidence.Check();
        string json = report.Render(Format.Json);
        Finding policy = report.Findings.Single(finding => finding.Check == "powershell.execution-policy");
        Assert.Equal(FindingStatus.Fail, policy.Status);
        Assert.Equal("powershell.execution-policy/restricted", policy.Verdict);
        Assert.NotEmpty(policy.Where);
        Assert.NotNull(policy.Cause);
        Assert.NotNull(policy.Advice);
        Assert.StartsWith("{", policy.ValuesJson);
        Assert.Contains("powershell.set-execution-policy", policy.RepairsJson);
        Assert.Contains(report.Findings, finding => finding.Subject is not null && finding.Blocking);
        foreach (Finding finding in report.Findings)
        {
            Assert.Contains(finding.Verdict, json);
        }

        AssertCounts(report);
    }

    [ImageFact]
    public void A_named_check_is_one_of_all()
    {
        using MarsSession session = MarsSession.Open(Machine.Broken);
        var checks = new Dictionary<string, Func<MarsReport>>
        {
            ["powershell.execution-policy"] = session.CheckExecutionPolicy,
            ["powershell.module-path"] = session.CheckModulePath,
            ["powershell.module-integrity"] = session.CheckModuleIntegrity,
            ["schedule."] = session.CheckScheduledTasks,
            ["schedule.enabled"] = session.CheckTaskEnabled,
            ["schedule.principal"] = session.CheckTaskPrincipal,
            ["schedule.multiple-instances"] = session.CheckTaskMultipleInstances,
            ["shadow."] = session.CheckShadowStorage,
        };
        foreach (KeyValuePair<string, Func<MarsReport>> check in checks)
        {
            using MarsReport report = check.Value();
            Assert.NotEmpty(report.Findings);
            Assert.True(report.Findings.All(finding => finding.Check.StartsWith(check.Key, StringComparison.Ordinal)), check.Key);
        }
    }

    [EvidenceFact]
    public void A_plan_is_made_written_and_read_again()
    {
        using MarsEvidence evidence = Machine.Evidence();
        using MarsReport report = evidence.Check("powershell.execution-policy");
        using MarsPlan plan = report.Plan();
        PlanStep step = plan.Steps.Single();
        Assert.Equal("powershell.set-execution-policy", step.Operation);
        Assert.Contains("RemoteSigned", step.ArgumentsJson);
        Assert.Equal(Risk.Low, step.Risk);
        Assert.True(step.Taken && step.Undoable && !step.Asks);
        Assert.Null(step.Held);
        Assert.Equal(1ul, step.Number);
        using MarsPlan again = MarsPlan.Load(plan.Render(Format.Json), "plan.json");
        Assert.Equal(plan.Render(Format.Json), again.Render(Format.Json));
        Assert.Contains("\u001b[", plan.Render(Format.Text, color: true));
    }

    [EvidenceFact]
    public void A_plan_holds_what_it_lacks_and_takes_what_it_is_told()
    {
        using MarsEvidence evidence = Machine.Evidence();
        using MarsReport report = evidence.Check("powershell.module-integrity");
        using MarsPlan held = report.Plan();
        Assert.True(held.Steps.All(step => !step.Taken && step.Held!.Length > 0));
        using MarsPlan taken = report.Plan(new PlanOptions
        {
            IncludeRisk = Risk.Medium,
            Checks = "powershell.module-integrity",
            Sets = "powershell.restore-module.source=/mnt/καλό",
        });
        Assert.True(taken.Steps.Single().Taken);
        Assert.Contains("/mnt/καλό", taken.Steps.Single().ArgumentsJson);
    }

    [ImageFact]
    public void What_if_changes_no_byte()
    {
        using var image = new ImageCopy();
        string before = image.Contents();
        using MarsSession session = MarsSession.Open(image.Path);
        using MarsOutcome outcome = session.SetExecutionPolicy("RemoteSigned", new ApplyOptions { WhatIf = true });
        Assert.Equal(OutcomeState.WouldChange, outcome.State);
        Assert.Null(outcome.RunId);
        StepOutcome step = outcome.Steps.Single();
        Assert.Equal(StepState.WouldChange, step.State);
        Assert.NotEmpty(step.Changes);
        Assert.Equal(before, image.Contents());
    }

    [ImageFact]
    public void A_plan_is_applied_recorded_and_taken_back()
    {
        using var image = new ImageCopy();
        using MarsSession session = MarsSession.Open(image.Path);
        string runId;
        using (MarsReport report = session.CheckExecutionPolicy())
        using (MarsPlan plan = report.Plan())
        using (MarsOutcome outcome = session.Apply(plan, Yes))
        {
            Assert.Equal(OutcomeState.Applied, outcome.State);
            StepOutcome step = outcome.Steps.Single();
            Assert.Equal(StepState.Done, step.State);
            Change change = step.Changes[0];
            Assert.True(change.Undoable);
            Assert.Equal("registry-value", change.Kind);
            Assert.Contains("ExecutionPolicy", change.Target);
            Assert.NotEqual(change.Before, change.After);
            Assert.Contains("RemoteSigned", change.After);
            Assert.Contains(outcome.RunId!, outcome.Render(Format.Json));
            runId = outcome.RunId!;
        }

        using (MarsReport report = session.CheckExecutionPolicy())
        {
            Assert.Equal(FindingStatus.Pass, report.Findings.Single().Status);
        }

        Assert.Contains(runId, session.History());
        using (MarsOutcome undone = session.Undo(runId, Yes))
        {
            Assert.Equal(OutcomeState.Applied, undone.State);
        }

        using (MarsReport report = session.CheckExecutionPolicy())
        {
            Assert.Equal(FindingStatus.Fail, report.Findings.Single().Status);
        }
    }

    [ImageFact]
    public void A_confirmation_is_asked_for_and_heeded()
    {
        using var image = new ImageCopy();
        string before = image.Contents();
        using MarsSession session = MarsSession.Open(image.Path);
        var asked = new List<string>();
        using MarsOutcome outcome = session.SetExecutionPolicy("RemoteSigned", new ApplyOptions
        {
            Confirm = (operation, text) =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                asked.Add($"{operation ?? "all"}: {text}");
                return false;
            },
        });
        Assert.Equal(OutcomeState.Cancelled, outcome.State);
        Assert.StartsWith("all: ", asked.Single());
        Assert.Contains("RemoteSigned", asked.Single());
        Assert.Equal(before, image.Contents());
    }

    [ImageFact]
    public void Without_a_confirmation_nothing_is_asked()
    {
        using var image = new ImageCopy();
        using MarsSession session = MarsSession.Open(image.Path);
        using MarsOutcome outcome = session.SetExecutionPolicy("RemoteSigned");
        Assert.Equal(OutcomeState.Applied, outcome.State);
        using MarsOutcome undone = session.Undo();
        Assert.Equal(OutcomeState.Applied, undone.State);
    }

    [ImageFact]
    public void What_a_confirmation_throws_changes_nothing_and_is_thrown_by_the_call()
    {
        using var image = new ImageCopy();
        string before = image.Contents();
        using MarsSession session = MarsSession.Open(image.Path);
        var mine = new TimeoutException("mine");
        var options = new ApplyOptions { Confirm = (_, _) => throw mine };
        Assert.Same(mine, Assert.Throws<TimeoutException>(() => session.SetExecutionPolicy("RemoteSigned", options)));
        Assert.Equal(before, image.Contents());
        using MarsOutcome outcome = session.SetExecutionPolicy("RemoteSigned", Yes);
        Assert.Equal(OutcomeState.Applied, outcome.State);
    }

    [ImageFact]
    public void Every_named_repair_is_the_operation_of_its_name()
    {
        using var image = new ImageCopy();
        using MarsSession session = MarsSession.Open(image.Path);
        const string Task = @"\Microsoft\OnlineBackup\Microsoft-OnlineBackup";
        var whatIf = new ApplyOptions { WhatIf = true, Confirmed = true };
        var calls = new Dictionary<string, Func<MarsOutcome>>
        {
            ["powershell.set-execution-policy"] = () => session.SetExecutionPolicy("Unrestricted", whatIf),
            ["powershell.add-module-path"] = () => session.AddModulePath(@"C:\Program Files\Modules", whatIf),
            ["powershell.restore-module"] = () => session.RestoreModule(image.Path, null, true, true, whatIf),
            ["dotnet.enable-strong-crypto"] = () => session.EnableStrongCrypto("all", whatIf),
            ["service.set-start"] = () => session.SetServiceStart("obengine", "automatic", whatIf),
            ["shadow.resize"] = () => session.ResizeShadowStorage("C:", "C:", 13583253504, whatIf),
            ["task.set-multiple-instances"] = () => session.SetTaskMultipleInstances(Task, "IgnoreNew", whatIf),
            ["task.enable-triggers"] = () => session.EnableTaskTriggers(Task, whatIf),
            ["task.set-principal"] = () => session.SetTaskPrincipal(Task, "SYSTEM", whatIf),
            ["task.enable"] = () => session.EnableTask(Task, whatIf),
            ["service.start"] = () => session.StartService("obengine", whatIf),
            ["service.stop"] = () => session.StopService("obengine", whatIf),
            ["service.restart"] = () => session.RestartService("obengine", whatIf),
        };
        foreach (KeyValuePair<string, Func<MarsOutcome>> call in calls)
        {
            using MarsOutcome outcome = call.Value();
            Assert.Equal(call.Key, outcome.Steps.Single().Operation);
        }
    }

    [ImageFact]
    public void A_plan_of_another_machine_is_refused()
    {
        using MarsSession broken = MarsSession.Open(Machine.Broken);
        using MarsReport report = broken.CheckExecutionPolicy();
        using MarsPlan plan = report.Plan();
        using MarsSession healthy = MarsSession.Open(Machine.Healthy);
        MarsException failure = Assert.Throws<MarsException>(() => healthy.Apply(plan, new ApplyOptions { WhatIf = true }));
        Assert.Equal(MarsError.OtherMachine, failure.Code);
        Assert.Equal("other-machine", failure.Name);
    }

    private static void AssertCounts(MarsReport report)
    {
        ulong Count(FindingStatus status) => (ulong)report.Findings.Count(finding => finding.Status == status);
        Summary summary = report.Summary;
        Assert.Equal(Count(FindingStatus.Pass), summary.Pass);
        Assert.Equal(Count(FindingStatus.Info), summary.Info);
        Assert.Equal(Count(FindingStatus.Warn), summary.Warn);
        Assert.Equal(Count(FindingStatus.Fail), summary.Fail);
        Assert.Equal(Count(FindingStatus.Unknown), summary.Unknown);
        Assert.Equal(Count(FindingStatus.Skipped), summary.Skipped);
        Assert.True(summary.Fail > 0 && summary.UnknownBlocking <= summary.Unknown);
    }
}
