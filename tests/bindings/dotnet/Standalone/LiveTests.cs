using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace MarsHealth.Interop.Tests;

/// <summary>
/// Changes the machine that this runs on and takes it back: it is then what other programs saw before. Two faults have to be
/// there, as in the broken example image: scripts may not run, and the agent's task does not ignore a start while it runs.
/// </summary>
public sealed class LiveTests
{
    private const string Shell = @"HKLM\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell";
    private const string AgentService = @"HKLM\SYSTEM\CurrentControlSet\Services\obengine";
    private const string Task = @"\Microsoft\OnlineBackup\Microsoft-OnlineBackup";
    private const string Both = "powershell.execution-policy,schedule.multiple-instances";

    private static readonly ApplyOptions Yes = new() { Confirm = (_, _) => true };

    [LiveFact]
    public void A_fault_is_found_repaired_and_taken_back()
    {
        var told = new Told();
        using MarsSession session = MarsSession.Open(null, told.Hear);
        string[] before = LiveMachine.State();
        AssertPolicy(session, FindingStatus.Fail, "Restricted");
        using MarsPlan plan = Plan(session, "powershell.execution-policy");

        using MarsOutcome outcome = session.Apply(plan, new ApplyOptions { Confirm = told.Ask });
        Assert.Equal(OutcomeState.Applied, outcome.State);
        Assert.Contains($"\"computer_name\": \"{Environment.MachineName}\"", outcome.Render(Format.Json));
        Change change = outcome.Steps.Single().Changes.Single();
        Assert.Equal("\"Restricted\"", change.Before);
        Assert.Equal("\"RemoteSigned\"", change.After);
        AssertPolicy(session, FindingStatus.Pass, "RemoteSigned");
        Assert.Contains(outcome.RunId!, session.History());
        Assert.NotEmpty(LiveMachine.State().Except(before));

        using MarsOutcome undone = session.Undo(outcome.RunId, new ApplyOptions { Confirm = told.Ask });
        Assert.Equal(OutcomeState.Applied, undone.State);
        AssertPolicy(session, FindingStatus.Fail, "Restricted");
        Assert.Contains("\"undone_by\": \"" + undone.RunId, session.History());
        LiveMachine.AssertIs(before);
        Assert.Equal(2, told.Asked);
        Assert.NotEmpty(told.Of(MarsEventKind.Progress));
    }

    [LiveFact]
    public void What_if_tells_what_would_change_and_changes_nothing()
    {
        using MarsSession session = MarsSession.Open();
        string[] before = LiveMachine.State();
        string history = session.History();
        using MarsPlan plan = Plan(session, Both);
        using MarsOutcome preview = session.Apply(plan, new ApplyOptions { WhatIf = true });
        Assert.Equal(OutcomeState.WouldChange, preview.State);
        Assert.Null(preview.RunId);
        Assert.True(preview.Steps.All(step => step.State == StepState.WouldChange && step.Changes.Count > 0));
        Assert.Equal("\"RemoteSigned\"", preview.Steps[0].Changes[0].After);
        Assert.Equal("task", preview.Steps[1].Changes[0].Kind);
        Assert.Equal(Task, preview.Steps[1].Changes[0].Target);
        LiveMachine.AssertIs(before);
        Assert.Equal(history, session.History());
    }

    [LiveFact]
    public void Operations_by_their_own_names_are_done_and_taken_back()
    {
        using MarsSession session = MarsSession.Open();
        string[] before = LiveMachine.State();
        var calls = new Func<MarsOutcome>[]
        {
            () => session.SetServiceStart("obengine", "delayed"),
            () => session.SetTaskMultipleInstances(Task, "IgnoreNew"),
            () => session.Call("powershell.set-execution-policy", "{\"policy\":\"Unrestricted\"}"),
        };
        var runs = new Stack<string>();
        foreach (Func<MarsOutcome> call in calls)
        {
            using MarsOutcome outcome = call();
            Assert.True(outcome.State == OutcomeState.Applied, outcome.Render(Format.Text));
            runs.Push(outcome.RunId!);
        }

        Assert.Contains("0x1", LiveMachine.Value(AgentService, "DelayedAutostart"));
        Assert.Contains("IgnoreNew", LiveMachine.Definition(Task));
        Assert.Contains("Unrestricted", LiveMachine.Value(Shell, "ExecutionPolicy"));
        foreach (string run in runs)
        {
            using MarsOutcome undone = session.Undo(run, Yes);
            Assert.True(undone.State == OutcomeState.Applied, undone.Render(Format.Text));
        }

        LiveMachine.AssertIs(before);
    }

    [LiveFact]
    public void An_apply_that_is_cancelled_between_steps_says_so_and_is_taken_back()
    {
        MarsSession? session = null;
        session = MarsSession.Open(null, told =>
        {
            if (told.Kind == MarsEventKind.Progress && told.Total == 2 && told.Done == 1)
            {
                session!.Cancel();
            }
        });
        using (session)
        {
            string[] before = LiveMachine.State();
            using MarsPlan plan = Plan(session, Both);
            using MarsOutcome outcome = session.Apply(plan, Yes);
            Assert.Equal(OutcomeState.Cancelled, outcome.State);
            Assert.Equal([StepState.Done, StepState.NotReached], outcome.Steps.Select(step => step.State));
            Assert.Contains("RemoteSigned", LiveMachine.Value(Shell, "ExecutionPolicy"));
            Assert.DoesNotContain("IgnoreNew", LiveMachine.Definition(Task));
            UndoTo(before, session, outcome.RunId);
        }
    }

    [LiveFact]
    public void What_a_callback_throws_between_steps_is_thrown_and_what_was_done_is_taken_back()
    {
        var mine = new TimeoutException("mine");
        using MarsSession session = MarsSession.Open(null, told =>
        {
            if (told.Kind == MarsEventKind.Progress && told.Total == 2 && told.Done == 1)
            {
                throw mine;
            }
        });
        string[] before = LiveMachine.State();
        using MarsPlan plan = Plan(session, Both);
        Assert.Same(mine, Assert.Throws<TimeoutException>(() => session.Apply(plan, Yes)));
        Assert.NotEmpty(LiveMachine.State().Except(before));
        UndoTo(before, session, null);
    }

    [LiveFact]
    public void What_is_not_confirmed_changes_nothing()
    {
        using MarsSession session = MarsSession.Open();
        string[] before = LiveMachine.State();
        using MarsPlan plan = Plan(session, Both);
        using MarsOutcome outcome = session.Apply(plan, new ApplyOptions { Confirm = (_, _) => false });
        Assert.Equal(OutcomeState.Cancelled, outcome.State);
        LiveMachine.AssertIs(before);
    }

    [LiveFact]
    public void What_others_changed_since_is_left_alone_and_told()
    {
        var told = new Told();
        using MarsSession session = MarsSession.Open(null, told.Hear);
        string[] before = LiveMachine.State();
        using MarsPlan plan = Plan(session, Both);
        using MarsOutcome outcome = session.Apply(plan, Yes);
        LiveMachine.SetValue(Shell, "ExecutionPolicy", "Unrestricted");

        MarsException refusal = Assert.Throws<MarsException>(() => session.Undo(outcome.RunId, Yes));
        Assert.Contains("ExecutionPolicy", refusal.Message);
        Assert.Empty(told.Of(MarsEventKind.Log));
        using MarsOutcome undone = session.Undo(outcome.RunId, new ApplyOptions { Partial = true });
        Assert.Equal(OutcomeState.Applied, undone.State);
        Assert.Contains("Left as it is", told.Of(MarsEventKind.Log).Single());
        Assert.Contains("Unrestricted", LiveMachine.Value(Shell, "ExecutionPolicy"));
        LiveMachine.SetValue(Shell, "ExecutionPolicy", "Restricted");
        LiveMachine.AssertIs(before);
    }

    [LiveFact]
    public void A_refusal_tells_names_beyond_ASCII_as_they_are()
    {
        string folder = Path.Combine(Path.GetTempPath(), "Αντίγραφο ασφαλείας 🚑 备份");
        using MarsSession session = MarsSession.Open();
        string[] before = LiveMachine.State();
        using (MarsOutcome missing = session.AddModulePath(folder))
        {
            AssertRefused(missing, folder);
        }

        MarsException failure = Assert.Throws<MarsException>(() => session.Undo("δεν υπάρχει 🚑", Yes));
        Assert.Contains("δεν υπάρχει 🚑", failure.Message);
        LiveMachine.AssertIs(before);
    }

    private static void AssertRefused(MarsOutcome outcome, string name)
    {
        StepOutcome step = outcome.Steps.Single();
        Assert.Equal(OutcomeState.Stopped, outcome.State);
        Assert.Equal(StepState.Refused, step.State);
        Assert.Contains(name, step.Message);
        Assert.Contains(name, step.ArgumentsJson.Replace(@"\\", @"\"));
    }

    private static void AssertPolicy(MarsSession session, FindingStatus status, string policy)
    {
        using MarsEvidence evidence = session.Collect("powershell.execution-policy");
        using MarsReport report = evidence.Check("powershell.execution-policy");
        Finding finding = report.Findings.Single();
        Assert.Equal(status, finding.Status);
        Assert.Contains(policy, finding.ValuesJson);
        Assert.Contains(policy, LiveMachine.Value(Shell, "ExecutionPolicy"));
    }

    private static MarsPlan Plan(MarsSession session, string checks)
    {
        using MarsEvidence evidence = session.Collect(checks);
        using MarsReport report = evidence.Check(checks);
        MarsPlan plan = report.Plan();
        Assert.Equal(checks.Split(',').Length, plan.Steps.Count(step => step.Taken));
        return plan;
    }

    private static void UndoTo(string[] before, MarsSession session, string? run)
    {
        using MarsOutcome undone = session.Undo(run, Yes);
        Assert.Equal(OutcomeState.Applied, undone.State);
        LiveMachine.AssertIs(before);
    }

    /// <summary>What a session calls back, which has to be on the thread of the call.</summary>
    private sealed class Told
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private readonly List<MarsEvent> _events = [];

        internal int Asked { get; private set; }

        internal void Hear(MarsEvent told)
        {
            Assert.Equal(_thread, Environment.CurrentManagedThreadId);
            _events.Add(told);
        }

        internal bool Ask(string? operation, string text)
        {
            Assert.Equal(_thread, Environment.CurrentManagedThreadId);
            Asked++;
            return text.Length > 0;
        }

        internal IEnumerable<string> Of(MarsEventKind kind) =>
            _events.Where(told => told.Kind == kind).Select(told => told.Text);
    }
}
