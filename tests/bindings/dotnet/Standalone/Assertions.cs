using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

// What the cases use of xunit, under the same names.
namespace Xunit;

[AttributeUsage(AttributeTargets.Method)]
public class FactAttribute : Attribute
{
    public string? Skip { get; set; }
}

[AttributeUsage(AttributeTargets.Method)]
public class TheoryAttribute : FactAttribute
{
}

[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class InlineDataAttribute(params object?[]? data) : Attribute
{
    public object?[] Data { get; } = data ?? [null];
}

public sealed class AssertionException(string message) : Exception(message)
{
}

internal static class Assert
{
    internal static void Equal<T>(T expected, T actual)
    {
        bool equal = expected is IEnumerable values && expected is not string
            ? values.Cast<object?>().SequenceEqual(((IEnumerable)actual!).Cast<object?>())
            : EqualityComparer<T>.Default.Equals(expected, actual);
        Require(equal, $"expected {Show(expected)}, got {Show(actual)}");
    }

    internal static void NotEqual<T>(T expected, T actual)
    {
        Require(!EqualityComparer<T>.Default.Equals(expected, actual), $"not expected {actual}");
    }

    internal static void True(bool condition, string? message = null) => Require(condition, message ?? "expected true");

    internal static void False(bool condition, string? message = null) => Require(!condition, message ?? "expected false");

    internal static void Null(object? value) => Require(value is null, $"expected null, got {value}");

    internal static void NotNull(object? value) => Require(value is not null, "expected something, got null");

    internal static void Same(object? expected, object? actual) =>
        Require(ReferenceEquals(expected, actual), $"expected the same, got {actual}");

    internal static void Empty<T>(IEnumerable<T> values) => Require(!values.Any(), $"expected none, got {string.Join(", ", values)}");

    internal static void NotEmpty<T>(IEnumerable<T> values) => Require(values.Any(), "expected some, got none");

    internal static void Contains(string expected, string? actual) =>
        Require(actual is not null && actual.IndexOf(expected, StringComparison.Ordinal) >= 0, $"expected \"{expected}\" in \"{actual}\"");

    internal static void Contains<T>(IEnumerable<T> values, Predicate<T> wanted) =>
        Require(values.Any(value => wanted(value)), "expected one that is not there");

    internal static void DoesNotContain(string expected, string? actual) =>
        Require(actual is null || actual.IndexOf(expected, StringComparison.Ordinal) < 0, $"not expected \"{expected}\" in \"{actual}\"");

    internal static void StartsWith(string expected, string? actual) =>
        Require(actual is not null && actual.StartsWith(expected, StringComparison.Ordinal), $"expected \"{expected}\" first in \"{actual}\"");

    internal static T Throws<T>(Action action)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T failure) when (failure.GetType() == typeof(T))
        {
            return failure;
        }

        throw new AssertionException($"expected {typeof(T).Name}");
    }

    private static string Show(object? value) =>
        value is IEnumerable values and not string ? string.Join(", ", values.Cast<object?>()) : value?.ToString() ?? "null";

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new AssertionException(message);
        }
    }
}
