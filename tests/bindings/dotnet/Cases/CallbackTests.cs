using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using Xunit;

namespace MarsHealth.Interop.Tests;

public class CallbackTests
{
    [Fact]
    public void Progress_is_told_in_order_on_the_thread_of_the_call()
    {
        var events = new List<MarsEvent>();
        int thread = Environment.CurrentManagedThreadId;
        using MarsSession session = Machine.Open(told =>
        {
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            events.Add(told);
        });
        session.Collect().Dispose();
        MarsEvent[] progress = events.Where(told => told.Kind == MarsEventKind.Progress).ToArray();
        Assert.True(progress.Length > 3, "little was told");
        Assert.True(progress.All(told => told.Text.Length > 0 && told.Done <= told.Total && told.Total == progress[0].Total));
        Assert.Equal(progress.Select(told => told.Done).OrderBy(done => done), progress.Select(told => told.Done));
    }

    [Fact]
    public void What_a_callback_throws_ends_the_call_and_is_thrown_by_it()
    {
        var mine = new InvalidOperationException("mine");
        int events = 0;
        bool throws = true;
        using MarsSession session = Machine.Open(_ =>
        {
            events++;
            if (throws)
            {
                throw mine;
            }
        });
        Assert.Same(mine, Assert.Throws<InvalidOperationException>(() => session.Collect()));
        Assert.Equal(1, events); // it is not called again
        throws = false;
        session.Collect("agent.os").Dispose(); // and the next call is not cancelled
    }

    [Fact]
    public void What_the_last_event_s_callback_throws_does_not_cancel_the_next_call()
    {
        int last = 0;
        using (MarsSession counting = Machine.Open(_ => last++))
        {
            counting.Collect().Dispose();
        }

        for (int at = 1; at <= last; at++)
        {
            int events = 0;
            using MarsSession session = Machine.Open(_ =>
            {
                if (++events == at)
                {
                    throw new TimeoutException();
                }
            });
            Assert.Throws<TimeoutException>(() => session.Collect());
            session.Collect("agent.os").Dispose();
        }
    }

    [Fact]
    public void Cancelling_inside_a_callback_ends_the_call()
    {
        MarsSession? session = null;
        int events = 0;
        session = Machine.Open(_ =>
        {
            if (events++ == 0)
            {
                session!.Cancel();
            }
        });
        using (session)
        {
            AssertCancelled(() => session.Collect());
            session.Collect("agent.os").Dispose();
        }
    }

    [Fact]
    public void Cancelling_from_another_thread_ends_the_call()
    {
        MarsSession? session = null;
        int events = 0;
        session = Machine.Open(_ =>
        {
            if (events++ == 0)
            {
                HandleTests.InThread(session!.Cancel);
            }
        });
        using (session)
        {
            AssertCancelled(() => session.Collect());
        }
    }

    [Fact]
    public void Cancelling_without_a_call_ends_the_next_one()
    {
        using MarsSession session = Machine.Open();
        session.Cancel();
        AssertCancelled(() => session.Collect());
        session.Collect("agent.os").Dispose();
    }

    [Fact]
    public void A_second_call_is_busy_on_this_and_on_another_thread()
    {
        MarsSession? session = null;
        Exception? here = null;
        Exception? there = null;
        session = Machine.Open(_ =>
        {
            here ??= HandleTests.Try(() => session!.Collect());
            if (there is null)
            {
                HandleTests.InThread(() => there = HandleTests.Try(() => session!.History()));
            }
        });
        using (session)
        {
            session.Collect("agent.os").Dispose();
        }

        foreach (MarsException failure in new[] { (MarsException)here!, (MarsException)there! })
        {
            Assert.Equal(MarsError.Busy, failure.Code);
            Assert.Equal("busy", failure.Name);
        }
    }

    [Fact]
    public unsafe void A_call_that_is_turned_away_does_not_take_another_call_s_exception()
    {
        var mine = new TimeoutException();
        var callbacks = new Callbacks(_ => throw mine);
        var user = GCHandle.Alloc(callbacks);
        var told = new NativeEvent { StructSize = (uint)sizeof(NativeEvent), Kind = (int)MarsEventKind.Log };
        var onEvent = Marshal.GetDelegateForFunctionPointer<NativeMethods.EventFunction>(Callbacks.EventPointer);
        onEvent(GCHandle.ToIntPtr(user), (IntPtr)(&told)); // as during a call on this thread
        user.Free();
        HandleTests.InThread(() => Assert.Null(callbacks.TakeThrown())); // as at the end of a call on another
        Assert.Same(mine, callbacks.TakeThrown()?.SourceException);
        Assert.Null(callbacks.TakeThrown());
    }

    [Fact]
    public void Callbacks_survive_garbage_collections()
    {
        for (int i = 0; i < 20; i++)
        {
            int events = 0;
            using MarsSession session = Machine.Open(told =>
            {
                events++;
                GC.KeepAlive(new byte[100_000]);
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Assert.NotEqual(MarsEventKind.None, told.Kind);
            });
            HandleTests.Collect();
            session.Collect("agent.os").Dispose();
            Assert.True(events > 0);
        }
    }

    [Fact]
    public void A_callback_may_use_another_session()
    {
        int inner = 0;
        using MarsSession other = Machine.Open(_ => inner++);
        using MarsSession session = Machine.Open(_ => other.Collect("agent.os").Dispose());
        session.Collect("agent.os").Dispose();
        Assert.True(inner > 0);
    }

#if NETFRAMEWORK
    [Fact]
    public void Aborting_the_thread_in_a_callback_does_not_unwind_the_library()
    {
        int events = 0;
        using MarsSession session = Machine.Open(_ =>
        {
            if (events++ == 0)
            {
                Thread.CurrentThread.Abort();
            }
        });
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                session.Collect();
            }
            catch (ThreadAbortException abort)
            {
                failure = abort;
            }
        });
        thread.Start();
        thread.Join();
        Assert.NotNull(failure);
        session.Collect("agent.os").Dispose();
    }
#endif

    private static void AssertCancelled(Action call)
    {
        MarsException failure = Assert.Throws<MarsException>(call);
        Assert.Equal(MarsError.Cancelled, failure.Code);
        Assert.Equal("cancelled", failure.Name);
    }
}
