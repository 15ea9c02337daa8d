using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Xunit;

namespace MarsHealth.Interop.Tests;

public class HandleTests
{
    [Fact]
    public void Disposing_twice_is_fine()
    {
        MarsSession session = Machine.Open();
        MarsEvidence evidence = session.Collect("agent.os");
        MarsReport report = evidence.Check();
        MarsPlan plan = report.Plan();
        foreach (IDisposable one in new IDisposable[] { plan, report, evidence, session, session, evidence, report, plan })
        {
            one.Dispose();
        }
    }

    [Fact]
    public void What_is_disposed_cannot_be_used()
    {
        MarsSession session = Machine.Open();
        MarsEvidence evidence = session.Collect("agent.os");
        MarsReport report = evidence.Check();
        MarsReport other = evidence.Check();
        MarsPlan plan = report.Plan();
        session.Dispose();
        evidence.Dispose();
        report.Dispose();
        plan.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Collect());
        Assert.Throws<ObjectDisposedException>(() => session.Cancel());
        Assert.Throws<ObjectDisposedException>(() => session.History());
        Assert.Throws<ObjectDisposedException>(() => session.Undo());
        Assert.Throws<ObjectDisposedException>(() => session.CheckModulePath());
        Assert.Throws<ObjectDisposedException>(() => evidence.Save());
        Assert.Throws<ObjectDisposedException>(() => evidence.Check());
        Assert.Throws<ObjectDisposedException>(() => _ = report.Findings);
        Assert.Throws<ObjectDisposedException>(() => _ = report.Summary);
        Assert.Throws<ObjectDisposedException>(() => report.Render(Format.Text));
        Assert.Throws<ObjectDisposedException>(() => report.Plan());
        Assert.Throws<ObjectDisposedException>(() => _ = plan.Steps);
        Assert.Throws<ObjectDisposedException>(() => plan.Render(Format.Text));
        Assert.NotEmpty(other.Findings); // what was made of it lives on
        other.Dispose();
    }

    [Fact]
    public void Findings_that_were_read_outlive_their_report()
    {
        using MarsSession session = Machine.Open();
        IReadOnlyList<Finding> findings;
        using (MarsEvidence evidence = session.Collect())
        using (MarsReport report = evidence.Check())
        {
            findings = report.Findings;
        }

        Assert.True(findings.All(finding => finding.Check.Length > 0 && finding.Verdict.StartsWith(finding.Check + "/", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_nobody_uses_any_more_is_freed_by_its_finalizer()
    {
        const int Count = 50;
        List<WeakReference> sessions = Abandon(Count, out List<WeakReference> reports);
        Collect();
        foreach (List<WeakReference> handles in new[] { sessions, reports })
        {
            int freed = handles.Count(handle => !handle.IsAlive);
            // Mono takes whatever looks like a reference on the stack for one, so a few may stay.
            Assert.True(Machine.IsMono ? freed > Count / 2 : freed == Count, $"{freed} of {Count} were freed");
        }

        using MarsSession session = Machine.Open();
        session.Collect("agent.os").Dispose();
    }

    [Fact]
    public void A_session_disposed_by_another_thread_during_a_call_is_closed_after_it()
    {
        MarsSession? session = null;
        int events = 0;
        session = Machine.Open(_ =>
        {
            if (events++ == 0)
            {
                InThread(session!.Dispose);
            }
        });
        using (MarsEvidence evidence = session.Collect())
        {
            Assert.StartsWith("{", evidence.Save());
        }

        Assert.True(events > 1, "the call did not go on");
        Assert.Throws<ObjectDisposedException>(() => session.Collect());
    }

    [Fact]
    public void A_report_is_read_by_many_threads()
    {
        using MarsSession session = Machine.Open();
        using MarsEvidence evidence = session.Collect();
        using MarsReport report = evidence.Check();
        string expected = report.Render(Format.Json);
        var seen = new List<string>();
        Thread[] threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                string rendered = report.Render(Format.Json) + report.Findings.Count;
                lock (seen)
                {
                    seen.Add(rendered);
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(80, seen.Count);
        Assert.True(seen.TrueForAll(text => text == expected + report.Findings.Count));
    }

    internal static void InThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Try(action));
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException("the thread failed", failure);
        }
    }

    internal static Exception? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    internal static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>Sessions whose callback refers to them, with what was made from them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> Abandon(int count, out List<WeakReference> reports)
    {
        var sessions = new List<WeakReference>();
        var others = new List<WeakReference>();
        InThread(() =>
        {
            for (int i = 0; i < count; i++)
            {
                MarsSession? session = null;
                session = Machine.Open(_ => GC.KeepAlive(session));
                MarsReport report = session.Collect("agent.os").Check("agent.os");
                sessions.Add(new WeakReference(session, trackResurrection: true));
                others.Add(new WeakReference(report, trackResurrection: true));
            }
        });
        reports = others;
        return sessions;
    }
}
