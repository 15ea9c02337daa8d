// What help has to have.

using System;
using System.Collections.Generic;
using System.Linq;

namespace MarsHealth.Help;

/// <summary>
/// Compares the pages with the cmdlets, so that no build has a cmdlet, a parameter or an output without help, or help for what is
/// not there.
/// </summary>
internal static class Completeness
{
    private const int LeastExamples = 2;

    public static void Check(IReadOnlyList<Cmdlet> cmdlets, IReadOnlyDictionary<string, HelpPage> pages, List<string> faults)
    {
        Compare("a page", cmdlets.Select(cmdlet => cmdlet.Name), pages.Keys, "docs/cmdlets", faults);
        foreach (var cmdlet in cmdlets)
        {
            if (pages.TryGetValue(cmdlet.Name, out var page))
            {
                CheckPage(cmdlet, page, pages, faults);
            }
        }
    }

    private static void CheckPage(
        Cmdlet cmdlet, HelpPage page, IReadOnlyDictionary<string, HelpPage> pages, List<string> faults)
    {
        var name = cmdlet.Name;
        Want(page.Name == name, $"{name}: the heading says '{page.Name}'", faults);
        Want(page.Synopsis.Length > 0 && page.Description.Count > 0, $"{name}: synopsis or description is missing", faults);
        Want(page.Inputs.Count > 0, $"{name}: inputs are missing", faults);
        Want(page.Examples.Count >= LeastExamples, $"{name}: it needs {LeastExamples} examples", faults);
        foreach (var example in page.Examples)
        {
            Want(example.Code.Contains(name, StringComparison.Ordinal), $"{name}: '{example.Title}' does not call it", faults);
        }
        foreach (var link in page.Links.Where(link => MamlWriter.IsCmdlet(link)))
        {
            Want(pages.ContainsKey(link.Text), $"{name}: the link {link.Text} leads nowhere", faults);
        }
        var parameters = cmdlet.Parameters.Select(parameter => parameter.Name).Except(CommonText.Names);
        Compare($"{name}: help", parameters, page.Parameters.Select(parameter => parameter.Name), name, faults);
        // A page calls a type as users see it: MarsHealth.Finding, whatever its namespace is.
        Compare($"{name}: help", cmdlet.Outputs.Select(ShortName), page.Outputs.Select(one => ShortName(one.Name)), name, faults);
        foreach (var entry in page.Parameters.Concat(page.Inputs).Concat(page.Outputs))
        {
            Want(entry.Text.Count > 0, $"{name}: {entry.Name} has no text", faults);
        }
    }

    private static string ShortName(string type) => type.Substring(type.LastIndexOf('.') + 1);

    private static void Compare(
        string what, IEnumerable<string> wanted, IEnumerable<string> given, string place, List<string> faults)
    {
        var there = wanted.Distinct().ToList();
        var told = given.ToList();
        faults.AddRange(there.Except(told).Select(name => $"{what} for {name} is missing"));
        faults.AddRange(told.Except(there).Select(name => $"{place}: there is no {name}"));
    }

    private static void Want(bool good, string otherwise, List<string> faults)
    {
        if (!good)
        {
            faults.Add(otherwise);
        }
    }
}
