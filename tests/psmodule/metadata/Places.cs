// Where things are.

using System;
using System.IO;

namespace MarsHealth.Cmdlets.Tests;

internal static class Places
{
    /// <summary>Set by tests/psmodule/run.sh.</summary>
    public static string Sources { get; } = Required("MARSHEALTH_SOURCES");

    /// <summary>Set by tests/psmodule/run.sh.</summary>
    public static string Build { get; } = Required("BUILD");

    public static string Module => Path.Combine(Build, "MarsHealth");

    public static string ModuleSources => Path.Combine(Sources, "psmodule", "src");

    private static string Required(string variable) => Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException(variable + " is not set: run tests/psmodule/run.sh");
}
