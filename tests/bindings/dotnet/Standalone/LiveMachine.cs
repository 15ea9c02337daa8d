using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Xunit;

namespace MarsHealth.Interop.Tests;

/// <summary>The machine that this runs on, as Windows' own programs change and show it.</summary>
internal static class LiveMachine
{
    private const string Allowed = "MARSHEALTH_THROWAWAY_MACHINE";

    /// <summary>Where the agent's tasks are kept: by Windows, or by what stands in for its Task Scheduler.</summary>
    private static readonly string TaskFolder =
        (Environment.GetEnvironmentVariable("TASK_STORE") is { } store ? Path.Combine(store, "tasks") : Path.Combine(Environment.SystemDirectory, "Tasks"))
        + @"\Microsoft\OnlineBackup";

    /// <summary>What repairs change, and much beside it.</summary>
    private static readonly string[] Keys =
    [
        @"HKLM\SOFTWARE\Microsoft",
        @"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager",
        @"HKLM\SYSTEM\CurrentControlSet\Services",
    ];

    /// <summary>Null, or why nothing may be changed. Only who gives the machine away for it sets the variable.</summary>
    internal static string? MayNotBeChanged =>
        !Machine.IsWindows ? "only Windows can be changed while it runs"
        : Environment.GetEnvironmentVariable(Allowed) != "1" ? $"this machine is not given away for it ({Allowed} is not 1)"
        : null;

    /// <summary>All that is compared, in lines: the registry, and the definition of each of the agent's tasks.</summary>
    internal static string[] State() =>
        (Registry() + string.Concat(Definitions().Select(File.ReadAllText))).Split('\n');

    internal static void AssertIs(string[] before)
    {
        string[] now = State();
        string[] lost = before.Except(now).Select(line => $"- {line.TrimEnd()}").ToArray();
        string[] added = now.Except(before).Select(line => $"+ {line.TrimEnd()}").ToArray();
        Assert.True(before.SequenceEqual(now), "the machine is another one than before:\n" + string.Join("\n", lost.Concat(added)));
    }

    /// <summary>A task's definition.</summary>
    internal static string Definition(string task) =>
        File.ReadAllText(Definitions().Single(file => Path.GetFileNameWithoutExtension(file) == Path.GetFileName(task)));

    private static IEnumerable<string> Definitions() =>
        Directory.GetFiles(TaskFolder).Where(file => Path.GetExtension(file) is "" or ".xml").OrderBy(file => file, StringComparer.Ordinal);

    /// <summary>Every key with its values, as reg.exe writes them.</summary>
    private static string Registry()
    {
        string file = Path.Combine(Path.GetTempPath(), "marshealth-" + Guid.NewGuid().ToString("N") + ".reg");
        try
        {
            return string.Concat(Keys.Select(key =>
            {
                Reg($"export \"{key}\" \"{file}\" /y");
                return File.ReadAllText(file);
            }));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What reg.exe says of a value.</summary>
    internal static string Value(string key, string name) => Reg($"query \"{key}\" /v {name}");

    internal static void SetValue(string key, string name, string value) => Reg($"add \"{key}\" /v {name} /d \"{value}\" /f");

    private static string Reg(string arguments)
    {
        var start = new ProcessStartInfo("reg.exe", arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        using Process program = Process.Start(start)!;
        string said = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        Assert.Equal(0, program.ExitCode);
        return said;
    }
}

/// <summary>Skipped, and counted so, on a machine that is not given away to be changed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LiveFactAttribute : FactAttribute
{
    public LiveFactAttribute()
    {
        Skip = LiveMachine.MayNotBeChanged;
    }
}
