// What Get-MarsHealthCheck emits.

using System.Linq;
using MarsHealth.Cmdlets;

namespace MarsHealth;

/// <summary>A check that the library knows.</summary>
public sealed class HealthCheck
{
    internal HealthCheck(JsonObject record)
    {
        Check = record.Text("check") ?? "";
        Title = record.Text("title") ?? "";
        Blocking = record.Flag("blocking");
        OnlyWhenAsked = record.Flag("only_when_asked");
        Rule = record.Text("rule");
        Verdicts = record.Array("verdicts").Objects().Select(verdict => new HealthVerdict(verdict)).ToArray();
        Sources = record.Array("sources").Texts();
    }

    /// <summary>Its id, such as schedule.enabled.</summary>
    public string Check { get; }

    /// <summary>What it looks at.</summary>
    public string Title { get; }

    /// <summary>Whether it decides if the next backup starts.</summary>
    public bool Blocking { get; }

    /// <summary>Whether it is judged only when it is named.</summary>
    public bool OnlyWhenAsked { get; }

    /// <summary>What is right, and why.</summary>
    public string? Rule { get; }

    /// <summary>What it can find.</summary>
    public HealthVerdict[] Verdicts { get; }

    /// <summary>Where the rule comes from.</summary>
    public string[] Sources { get; }

    /// <inheritdoc/>
    public override string ToString() => Check;
}

/// <summary>One thing that a check can find.</summary>
public sealed class HealthVerdict
{
    internal HealthVerdict(JsonObject record)
    {
        Verdict = record.Text("verdict") ?? "";
        Status = JsonProperties.PascalCase(record.Text("status") ?? "unknown");
        Title = record.Text("title") ?? "";
        Repairs = record.Array("repairs").Texts();
    }

    /// <summary>Its id, such as schedule.enabled/disabled.</summary>
    public string Verdict { get; }

    /// <summary>The status of a finding with it.</summary>
    public string Status { get; }

    /// <summary>Its title, with the names of the values that it shows in braces.</summary>
    public string Title { get; }

    /// <summary>The operations that answer it.</summary>
    public string[] Repairs { get; }

    /// <inheritdoc/>
    public override string ToString() => Verdict;
}
