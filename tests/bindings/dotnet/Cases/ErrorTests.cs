using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Xunit;

namespace MarsHealth.Interop.Tests;

public class ErrorTests
{
    [Fact]
    public void A_failure_has_code_name_and_message()
    {
        MarsException failure = Assert.Throws<MarsException>(() => MarsLibrary.Schema("nothing"));
        Assert.Equal(MarsError.NotFound, failure.Code);
        Assert.Equal("not-found", failure.Name);
        Assert.Contains("nothing", failure.Message);
    }

    [Fact]
    public void Each_thread_has_its_own_failure()
    {
        var wrong = new List<string>();
        Thread[] threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                string name = $"schema-{number}-{i}";
                string message = (HandleTests.Try(() => MarsLibrary.Schema(name)) as MarsException)?.Message ?? string.Empty;
                if (message.IndexOf(name, StringComparison.Ordinal) < 0)
                {
                    lock (wrong)
                    {
                        wrong.Add($"{name}: {message}");
                    }
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_folder_without_Windows_is_no_image()
    {
        MarsException failure = Assert.Throws<MarsException>(() => MarsSession.Open(System.IO.Path.GetTempPath()));
        Assert.Equal(Machine.IsWindows ? MarsError.Unsupported : MarsError.NotAnImage, failure.Code);
    }

    [Fact]
    public void An_unknown_check_operation_and_format_are_not_found()
    {
        using MarsSession session = Machine.Open();
        Assert.Equal(MarsError.NotFound, Assert.Throws<MarsException>(() => session.Collect("no.such-check")).Code);
        Assert.Equal(MarsError.NotFound, Assert.Throws<MarsException>(() => session.Call("no.such-operation", "{}")).Code);
        Assert.Equal(MarsError.NotFound, Assert.Throws<MarsException>(() => MarsLibrary.CatalogChecks(Format.Nagios)).Code);
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        using MarsSession session = Machine.Open();
        MarsException failure = Assert.Throws<MarsException>(() => session.SetExecutionPolicy("AllSigned"));
        Assert.Equal(MarsError.InvalidArgument, failure.Code);
        Assert.Contains("policy", failure.Message);
        failure = Assert.Throws<MarsException>(() => session.Call("task.enable", "[]"));
        Assert.Equal(MarsError.InvalidArgument, failure.Code);
        failure = Assert.Throws<MarsException>(() => session.Undo("", new ApplyOptions { Confirmed = true }));
        Assert.Contains("run_id", failure.Message);
    }

    [Fact]
    public void Flags_that_mean_nothing_are_refused()
    {
        using MarsSession session = Machine.Open();
        MarsException failure = Assert.Throws<MarsException>(() =>
            session.SetExecutionPolicy("RemoteSigned", new ApplyOptions { WhatIf = true, Force = true }));
        Assert.Equal(MarsError.InvalidArgument, failure.Code);
    }
}
