// Help that is the same for every cmdlet.

using System.Collections.Generic;

namespace MarsHealth.Help;

/// <summary>The parameters that PowerShell adds to a cmdlet that changes something.</summary>
internal static class CommonText
{
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["WhatIf"] = "Shows what would be changed, with the values before and after. Nothing is changed.",
        ["Confirm"] = "Asks before each change. -Confirm:$false asks nothing.",
    };

    public static IEnumerable<string> Names => Texts.Keys;

    public static string? Find(string parameter) => Texts.GetValueOrDefault(parameter);
}
