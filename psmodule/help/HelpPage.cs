// A page of docs/cmdlets.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace MarsHealth.Help;

internal sealed record HelpExample(string Title, string Code, IReadOnlyList<string> Remarks);

/// <summary>A part with a name of its own: a parameter, an input, an output.</summary>
internal sealed record HelpEntry(string Name, string? Default, IReadOnlyList<string> Text);

internal sealed record HelpLink(string Text, string Target);

/// <summary>
/// Reads the little of Markdown that the pages are written in: headings of three levels, paragraphs, lists, fenced code,
/// links and `code`. "# Name" and one paragraph (the synopsis) are followed by the sections below, in any order.
/// </summary>
internal sealed partial class HelpPage
{
    public string Name { get; private set; } = "";
    public string Synopsis { get; private set; } = "";
    public IReadOnlyList<string> Description { get; private set; } = Array.Empty<string>();
    public IReadOnlyList<string> Notes { get; private set; } = Array.Empty<string>();
    public List<HelpExample> Examples { get; } = new();
    public List<HelpEntry> Parameters { get; } = new();
    public List<HelpEntry> Inputs { get; } = new();
    public List<HelpEntry> Outputs { get; } = new();
    public List<HelpLink> Links { get; } = new();

    public static HelpPage Read(string file, List<string> faults)
    {
        var page = new HelpPage();
        var blocks = Split(File.ReadAllLines(file), "# ");
        var sections = blocks.Count > 0 ? Split(blocks[0].Lines, "## ") : new List<Block>();
        if (blocks.Count != 1 || sections[0].Heading.Length > 0)
        {
            faults.Add($"{Path.GetFileName(file)}: it has to begin with one heading and a sentence");
            return page;
        }
        page.Name = blocks[0].Heading;
        page.Synopsis = string.Join(" ", Paragraphs(sections[0].Lines));
        foreach (var section in sections.Skip(1))
        {
            if (!page.Add(section))
            {
                faults.Add($"{page.Name}: there is no section '{section.Heading}'");
            }
        }
        return page;
    }

    private bool Add(Block section)
    {
        switch (section.Heading)
        {
            case "Description":
                Description = Paragraphs(section.Lines);
                return true;
            case "Notes":
                Notes = Paragraphs(section.Lines);
                return true;
            case "Examples":
                Examples.AddRange(Named(section).Select(Example));
                return true;
            case "Parameters":
                Parameters.AddRange(Named(section).Select(Entry));
                return true;
            case "Inputs":
                Inputs.AddRange(Named(section).Select(Entry));
                return true;
            case "Outputs":
                Outputs.AddRange(Named(section).Select(Entry));
                return true;
            case "Related links":
                Links.AddRange(section.Lines.SelectMany(line => LinkPattern().Matches(line))
                    .Select(link => new HelpLink(link.Groups[1].Value, link.Groups[2].Value)));
                return true;
            default:
                return false;
        }
    }

    private static IEnumerable<Block> Named(Block section) =>
        Split(section.Lines, "### ").Where(block => block.Heading.Length > 0);

    private static HelpExample Example(Block block)
    {
        var isCode = false;
        var code = new List<string>();
        var text = new List<string>();
        foreach (var line in block.Lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isCode = !isCode;
                continue;
            }
            (isCode ? code : text).Add(line);
        }
        return new HelpExample(block.Heading, string.Join("\n", code), Paragraphs(text));
    }

    private static HelpEntry Entry(Block block)
    {
        const string Default = "Default: ";
        var value = block.Lines.FirstOrDefault(line => line.StartsWith(Default, StringComparison.Ordinal));
        var text = Paragraphs(block.Lines.Where(line => line != value));
        return new HelpEntry(block.Heading.TrimStart('-'), value?.Substring(Default.Length), text);
    }

    private sealed record Block(string Heading, IReadOnlyList<string> Lines);

    // Cuts lines at the headings of one level; what is before the first one has the heading "", if it is not empty.
    private static List<Block> Split(IEnumerable<string> lines, string mark)
    {
        var blocks = new List<Block>();
        var heading = "";
        var current = new List<string>();
        var isCode = false;
        foreach (var line in lines)
        {
            isCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (isCode || !line.StartsWith(mark, StringComparison.Ordinal))
            {
                current.Add(line);
                continue;
            }
            AddBlock(blocks, heading, current);
            heading = line.Substring(mark.Length).Trim();
            current = new List<string>();
        }
        AddBlock(blocks, heading, current);
        return blocks;
    }

    private static void AddBlock(List<Block> blocks, string heading, List<string> lines)
    {
        if (heading.Length > 0 || lines.Any(line => line.Trim().Length > 0))
        {
            blocks.Add(new Block(heading, lines));
        }
    }

    // Lines that belong together become one; each item of a list is a paragraph of its own.
    private static List<string> Paragraphs(IEnumerable<string> lines)
    {
        var paragraphs = new List<string>();
        var open = false;
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (line.Length > 0 && open && !line.StartsWith("- ", StringComparison.Ordinal))
            {
                paragraphs[^1] += " " + Plain(line);
            }
            else if (line.Length > 0)
            {
                paragraphs.Add(Plain(line));
            }
            open = line.Length > 0;
        }
        return paragraphs;
    }

    private static string Plain(string line) => LinkPattern().Replace(line, "$1").Replace("`", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)]+)\)")]
    private static partial Regex LinkPattern();
}
