// Writes the help file that Get-Help reads, in the edition 5.1 as in 7.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace MarsHealth.Help;

/// <summary>MAML: syntax comes from the cmdlets, text from the pages.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Items = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static void Write(
        IReadOnlyList<Cmdlet> cmdlets, IReadOnlyDictionary<string, HelpPage> pages, string file)
    {
        var root = new XElement(
            Items + "helpItems",
            new XAttribute("schema", "maml"),
            cmdlets.Select(cmdlet => CommandElement(cmdlet, pages[cmdlet.Name])));
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) };
        using var writer = XmlWriter.Create(file, settings);
        new XDocument(root).Save(writer);
    }

    /// <summary>Whether a link leads to a cmdlet's help, which Get-Help finds by its name, or else to a page.</summary>
    public static bool IsCmdlet(HelpLink link) => link.Target == link.Text + ".md";

    private static XElement CommandElement(Cmdlet cmdlet, HelpPage page) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", cmdlet.Name),
            new XElement(Command + "verb", cmdlet.Verb),
            new XElement(Command + "noun", cmdlet.Noun),
            Text("description", new[] { page.Synopsis })),
        Text("description", page.Description),
        new XElement(Command + "syntax", cmdlet.Sets.Select(set => SyntaxItem(cmdlet, set))),
        new XElement(
            Command + "parameters",
            cmdlet.Parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
                .Select(parameter => Parameter(parameter, parameter.Uses[0], page))),
        new XElement(Command + "inputTypes", page.Inputs.Select(input => Typed("inputType", input))),
        new XElement(Command + "returnValues", page.Outputs.Select(output => Typed("returnValue", output))),
        new XElement(Maml + "alertSet", page.Notes.Count == 0 ? null : Text("alert", page.Notes)),
        new XElement(Command + "examples", page.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", page.Links.Select(Link)));

    private static XElement SyntaxItem(Cmdlet cmdlet, string? set) => new(
        Command + "syntaxItem",
        new XElement(Maml + "name", cmdlet.Name),
        cmdlet.Parameters
            .Select(parameter => (parameter, use: parameter.In(set)))
            .Where(pair => pair.use is not null)
            .OrderBy(pair => pair.use!.Position ?? int.MaxValue)
            .ThenByDescending(pair => pair.use!.Mandatory)
            .Select(pair => Parameter(pair.parameter, pair.use!, null)));

    // In a syntax item a parameter has no text.
    private static XElement Parameter(CmdletParameter parameter, ParameterUse use, HelpPage? page)
    {
        var entry = page?.Parameters.Find(one => one.Name == parameter.Name);
        return new XElement(
            Command + "parameter",
            new XAttribute("required", Lower(use.Mandatory)),
            new XAttribute("variableLength", Lower(parameter.IsArray)),
            new XAttribute("globbing", Lower(parameter.Wildcards)),
            new XAttribute("pipelineInput", Pipeline(use)),
            new XAttribute("position", use.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Maml + "name", parameter.Name),
            page is null ? null : Text("description", entry?.Text ?? new[] { CommonText.Find(parameter.Name)! }),
            page is null && parameter.Values.Count > 0
                ? new XElement(Command + "parameterValueGroup", parameter.Values.Select(value => Value(value, false, false)))
                : null,
            page is null && parameter.IsSwitch ? null : Value(parameter.Type, !parameter.IsSwitch, parameter.IsArray),
            new XElement(Dev + "type", new XElement(Maml + "name", parameter.Type), new XElement(Maml + "uri")),
            new XElement(Dev + "defaultValue", entry?.Default ?? (parameter.IsSwitch ? "False" : "None")));
    }

    private static XElement Value(string text, bool required, bool isArray) => new(
        Command + "parameterValue",
        new XAttribute("required", Lower(required)),
        new XAttribute("variableLength", Lower(isArray)),
        text);

    private static string Pipeline(ParameterUse use)
    {
        var ways = new List<string>();
        if (use.FromPropertyName)
        {
            ways.Add("ByPropertyName");
        }
        if (use.FromPipeline)
        {
            ways.Add("ByValue");
        }
        return ways.Count == 0 ? "False" : $"True ({string.Join(", ", ways)})";
    }

    private static XElement Typed(string name, HelpEntry entry) => new(
        Command + name,
        new XElement(Dev + "type", new XElement(Maml + "name", entry.Name)),
        Text("description", entry.Text));

    private static XElement Example(HelpExample example, int index) => new(
        Command + "example",
        new XElement(Maml + "title", $"--- Example {index + 1}: {example.Title} ---"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", example.Remarks.Select(Paragraph)));

    // The package has no pages: a link to one says which it is.
    private static XElement Link(HelpLink link) => new(
        Maml + "navigationLink",
        new XElement(Maml + "linkText", IsTopic(link) ? link.Text : link.Text + ": " + PageOf(link)),
        new XElement(Maml + "uri"));

    private static bool IsTopic(HelpLink link) => IsCmdlet(link) || link.Text.StartsWith("about_", StringComparison.Ordinal);

    private static string PageOf(HelpLink link) => link.Target.Replace("../", "docs/", StringComparison.Ordinal);

    private static XElement Text(string name, IEnumerable<string> paragraphs) => new(Maml + name, paragraphs.Select(Paragraph));

    private static XElement Paragraph(string text) => new(Maml + "para", text);

    private static string Lower(bool value) => value ? "true" : "false";
}
