// What the compiled cmdlets say of themselves.

using System.Collections.Generic;

namespace MarsHealth.Help;

/// <summary>A parameter in one parameter set; Set is null for one that is in all of them.</summary>
internal sealed record ParameterUse(string? Set, bool Mandatory, int? Position, bool FromPipeline, bool FromPropertyName);

internal sealed record CmdletParameter(
    string Name,
    string Type,
    bool IsSwitch,
    bool IsArray,
    bool Wildcards,
    IReadOnlyList<string> Aliases,
    IReadOnlyList<string> Values,
    IReadOnlyList<ParameterUse> Uses)
{
    /// <summary>How the parameter is used in a set, or null if it is not in it.</summary>
    public ParameterUse? In(string? set)
    {
        ParameterUse? anywhere = null;
        foreach (var use in Uses)
        {
            if (use.Set == set)
            {
                return use;
            }
            anywhere = use.Set is null ? use : anywhere;
        }
        return anywhere;
    }
}

internal sealed record Cmdlet(
    string Verb,
    string Noun,
    IReadOnlyList<string?> Sets,
    IReadOnlyList<CmdletParameter> Parameters,
    IReadOnlyList<string> Outputs)
{
    public string Name => Verb + "-" + Noun;
}
