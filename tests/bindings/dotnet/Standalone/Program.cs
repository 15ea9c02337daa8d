using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Reflection;
using Xunit;

namespace MarsHealth.Interop.Tests;

/// <summary>Runs every case, or those of one class, in the order of their names, and prints a line for each.</summary>
internal static class Program
{
    private static int Main(string[] words)
    {
        Console.WriteLine($"# {Environment.OSVersion.VersionString}, {Environment.Version}, binding for {Machine.BindingFramework}");
        bool good = true;
        foreach (MethodInfo method in Methods().Where(method => words.Length == 0 || method.DeclaringType!.Name == words[0]))
        {
            foreach (object?[]? arguments in Rows(method))
            {
                good &= Run(method, arguments);
            }
        }

        return good ? 0 : 1;
    }

    private static IEnumerable<MethodInfo> Methods() =>
        from type in typeof(Program).Assembly.GetTypes()
        orderby type.Name
        from method in type.GetMethods().OrderBy(method => method.Name, StringComparer.Ordinal)
        where method.GetCustomAttribute<FactAttribute>() is not null
        select method;

    private static IEnumerable<object?[]?> Rows(MethodInfo method)
    {
        InlineDataAttribute[] rows = method.GetCustomAttributes<InlineDataAttribute>().ToArray();
        return rows.Length == 0 ? Enumerable.Repeat<object?[]?>(null, 1) : rows.Select(row => row.Data);
    }

    private static bool Run(MethodInfo method, object?[]? arguments)
    {
        string name = $"{method.DeclaringType!.Name}.{method.Name}" + (arguments is null ? string.Empty : $"({Show(arguments)})");
        FactAttribute fact = method.GetCustomAttribute<FactAttribute>()!;
        if (fact.Skip is not null)
        {
            Console.WriteLine(fact is LiveFactAttribute && Machine.IsWindows ? $"ok - {name} # SKIP {fact.Skip}" : $"# not here: {name}: {fact.Skip}");
            return true;
        }

        Exception? failure = Failure(method, arguments);
        Console.WriteLine(failure is null ? $"ok - {name}" : $"not ok - {name}");
        foreach (string line in (failure?.ToString() ?? string.Empty).Split('\n').Where(line => line.Length > 0))
        {
            Console.WriteLine($"# {line}");
        }

        return failure is null;
    }

    private static string Show(object?[] arguments) =>
        string.Concat(string.Join(", ", arguments).Take(60).Select(character => character < ' ' || character > '~' ? '?' : character));

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a case throws is its failure.")]
    private static Exception? Failure(MethodInfo method, object?[]? arguments)
    {
        try
        {
            object? instance = method.IsStatic ? null : Activator.CreateInstance(method.DeclaringType!);
            using (instance as IDisposable)
            {
                method.Invoke(instance, arguments);
            }

            return null;
        }
        catch (TargetInvocationException failure)
        {
            return failure.InnerException;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
