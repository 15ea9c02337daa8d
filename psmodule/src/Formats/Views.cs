// How objects are shown.

using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MarsHealth.Cmdlets;

/// <summary>
/// The format views, as objects: a .ps1xml file would have to be signed where the execution policy is AllSigned, and would be
/// refused where it is Restricted, with the whole module.
/// </summary>
internal static class Views
{
    /// <summary>PowerShell 7.2 and later know colours by their meaning, and leave them out where they are not wanted.</summary>
    private static readonly bool HasStyle = typeof(PSObject).Assembly.GetType("System.Management.Automation.PSStyle") != null;

    /// <summary>For each type, and for what remoting and Import-Clixml make of it.</summary>
    public static IEnumerable<ExtendedTypeDefinition> All()
    {
        foreach (var view in Own())
        {
            yield return view;
            yield return new ExtendedTypeDefinition("Deserialized." + view.TypeName, view.FormatViewDefinition);
        }
    }

    private static IEnumerable<ExtendedTypeDefinition> Own()
    {
        yield return Define("MarsHealth.Finding", FindingTable(), FindingList());
        yield return Define("MarsHealth.HealthCheck", Table(null, Column("Check", 30), Column("Blocking", 8), Column("Title")),
            List("Check", "Title", "Blocking", "OnlyWhenAsked", "Rule", "Verdicts", "Sources"));
        yield return Define("MarsHealth.HealthVerdict", Table(null, Column("Status", 8), Column("Verdict", 44), Column("Title")));
        yield return Define("MarsHealth.RepairPlan", PlanList());
        yield return Define("MarsHealth.RepairStep",
            Table(null, Column("Number", 6), Column("Take", 5), Column("Risk", 6), Column("Title"), Column("Held")),
            List("Number", "Take", "Risk", "Title", "Operation", "Arguments", "Needs", "Held", "Undoable", "Asks", "Verdicts"));
        yield return Define("MarsHealth.RepairResult", ResultTable(),
            List("State", "Number", "Title", "Operation", "Message", "Changes", "RunId", "RestartAdvised", "ComputerName", "ImagePath"));
        yield return Define("MarsHealth.RepairChange", Table(null, Column("Target"), Column("Before"), Column("After")),
            List("Kind", "Target", "Before", "After", "Undoable"));
        yield return Define("MarsHealth.RepairRun",
            Table(null, Column("RunId", 22), Column("Started", 20), Column("State", 14), Column("Undoes", 22), Column("UndoneBy", 22),
                Script("Changes", "$_.Changes.Count", 7)),
            List("RunId", "Started", "State", "Undoes", "UndoneBy", "Changes", "Problem", "ImagePath"));
        yield return Define(GetMarsScheduledTaskCommand.TypeName,
            Table(null, Column("TaskPath"), Column("Enabled", 8), Column("MultipleInstances", 18), Column("Sid", 14), Column("RunLevel", 16),
                Script("Triggers", "@($_.Triggers | Where-Object Enabled -ne $false).Count, @($_.Triggers).Count -join '/'", 8)));
        yield return Define(GetMarsShadowStorageCommand.TypeName,
            Table(null, Column("Volume", 8), Column("StorageVolume", 14), Script("Used (MB)", Megabytes("Used"), 12),
                Script("Allocated (MB)", Megabytes("Allocated"), 14), Script("Maximum (MB)", Megabytes("Maximum"), 14)));
        yield return Define(GetMarsVssWriterCommand.TypeName,
            Table(null, Column("Name"), Column("State", 6), Column("StateText", 12), Column("ErrorText", 24), Column("Id", 36)));
    }

    private static TableControl FindingTable() => Table("Source",
        Styled("Status", "$_.Status", FindingColours, 8), Column("Check", 28), Script("Finding", TitleWithSubject, null));

    private static ListControl FindingList()
    {
        var list = NewList();
        AddStyledItem(list, "Status", "$_.Status", FindingColours);
        foreach (var property in new[] { "Check", "Subject", "Title", "Cause", "Advice", "Where", "Values", "Repairs", "Verdict", "Blocking",
            "ComputerName", "ImagePath", "EvidencePath" })
        {
            list.AddItemProperty(property, null, null);
        }
        return list.EndEntry().EndList();
    }

    private static TableControl ResultTable() => Table(null, Styled("State", "$_.State", ResultColours, 12), Column("Title"),
        Script("Changes", "($_.Changes | ForEach-Object { $_.Before + ' -> ' + $_.After }) -join '; '", null), Column("Message"));

    private static ListControl PlanList() => NewList()
        .AddItemProperty("ComputerName", null, null).AddItemProperty("ImagePath", null, null).AddItemProperty("Made", null, null)
        .AddItemScriptBlock(
            "($_.Steps | ForEach-Object { '{0}. [{1}] {2}{3}' -f $_.Number, $_.Risk, $_.Title, $(if (-not $_.Take) { ' - ' + $_.Held }) })"
            + " -join [char]10", "Steps", null)
        .AddItemScriptBlock("$_.Advice -join [char]10", "Advice", null)
        .EndEntry().EndList();

    private const string FindingColours = "@{ Fail = $PSStyle.Formatting.Error; Unknown = $PSStyle.Foreground.BrightMagenta;"
        + " Warn = $PSStyle.Formatting.Warning; Info = $PSStyle.Foreground.BrightCyan; Pass = $PSStyle.Foreground.Green;"
        + " Skipped = $PSStyle.Foreground.BrightBlack }";

    private const string ResultColours = "@{ Failed = $PSStyle.Formatting.Error; Refused = $PSStyle.Formatting.Error;"
        + " Held = $PSStyle.Formatting.Warning; NotReached = $PSStyle.Formatting.Warning; Done = $PSStyle.Foreground.Green;"
        + " WouldChange = $PSStyle.Foreground.BrightCyan }";

    // Of a task's path the last part tells tasks apart.
    private const string TitleWithSubject = "if ($_.Subject) { ($_.Subject -split '\\\\')[-1] + ': ' + $_.Title } else { $_.Title }";

    private static string Megabytes(string property) => "if ($null -ne $_." + property + ") { [math]::Round($_." + property + " / 1MB) }";

    private static string Coloured(string value, string colours) => "(" + colours + ")[[string]" + value + "] + " + value + " + $PSStyle.Reset";

    private static void AddStyledItem(ListEntryBuilder list, string label, string value, string colours)
    {
        if (HasStyle)
        {
            list.AddItemScriptBlock(Coloured(value, colours), label, null);
        }
        else
        {
            list.AddItemProperty(label, null, null);
        }
    }

    private static ListEntryBuilder NewList() => ListControl.Create(false).StartEntry(null, null);

    private static TableColumn Column(string property, int? width = null) => new TableColumn(property, property, false, width);

    private static TableColumn Script(string label, string script, int? width) => new TableColumn(label, script, true, width);

    private static TableColumn Styled(string property, string value, string colours, int width) =>
        HasStyle ? Script(property, Coloured(value, colours), width) : Column(property, width);

    private static TableControl Table(string? group, params TableColumn[] columns)
    {
        var table = TableControl.Create(false, false, false);
        if (group != null)
        {
            table.GroupByProperty(group, null, null);
        }
        foreach (var column in columns)
        {
            table.AddHeader(Alignment.Undefined, column.Width ?? 0, column.Label);
        }
        var row = table.StartRowDefinition(true, null, null);
        foreach (var column in columns)
        {
            if (column.IsScript)
            {
                row.AddScriptBlockColumn(column.Value, Alignment.Undefined, null);
            }
            else
            {
                row.AddPropertyColumn(column.Value, Alignment.Undefined, null);
            }
        }
        return row.EndRowDefinition().EndTable();
    }

    private static ListControl List(params string[] properties)
    {
        var list = NewList();
        foreach (var property in properties)
        {
            list.AddItemProperty(property, null, null);
        }
        return list.EndEntry().EndList();
    }

    private static ExtendedTypeDefinition Define(string typeName, params PSControl[] controls) =>
        new ExtendedTypeDefinition(typeName, controls.Select(control => new FormatViewDefinition(typeName, control)));

    private sealed class TableColumn
    {
        public TableColumn(string label, string value, bool isScript, int? width)
        {
            Label = label;
            Value = value;
            IsScript = isScript;
            Width = width;
        }

        public string Label { get; }

        public string Value { get; }

        public bool IsScript { get; }

        public int? Width { get; }
    }
}
