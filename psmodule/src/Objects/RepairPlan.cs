// What Get-MarsRepairPlan emits and Invoke-MarsRepairPlan takes.

using System;
using System.Linq;
using MarsHealth.Cmdlets;

namespace MarsHealth;

/// <summary>What would turn a machine's findings good, step by step.</summary>
public sealed class RepairPlan
{
    internal RepairPlan(string json, string? imagePath)
    {
        var plan = JsonReader.ParseObject(json);
        var machine = plan.Object("machine");
        Json = json;
        ImagePath = imagePath;
        ComputerName = machine?.Text("computer_name");
        MachineGuid = machine?.Text("machine_guid");
        MarsMachineId = machine?.Text("mars_machine_id");
        Made = JsonProperties.Time(plan.Text("made"));
        Steps = plan.Array("steps").Objects().Select(step => new RepairStep(step)).ToArray();
        Advice = plan.Array("advice").Texts();
    }

    /// <summary>The machine that it is for.</summary>
    public string? ComputerName { get; }

    /// <summary>Windows' own id of that machine.</summary>
    public string? MachineGuid { get; }

    /// <summary>The agent's id of that machine.</summary>
    public string? MarsMachineId { get; }

    /// <summary>The image that it is for; null for the running machine.</summary>
    public string? ImagePath { get; }

    /// <summary>When what it answers was found.</summary>
    public DateTime? Made { get; }

    /// <summary>The steps, in order.</summary>
    public RepairStep[] Steps { get; }

    /// <summary>What to do about findings that no operation answers.</summary>
    public string[] Advice { get; }

    /// <summary>The document, as -Path saves it.</summary>
    public string Json { get; }
}

/// <summary>One step of a plan.</summary>
public sealed class RepairStep
{
    internal RepairStep(JsonObject step)
    {
        Number = step["number"] is long number ? (int)number : 0;
        Operation = step.Text("operation") ?? "";
        Title = step.Text("title") ?? "";
        Arguments = JsonProperties.ToObject(step.Object("arguments"));
        Needs = step.Array("needs").Texts();
        Take = step.Flag("take");
        Held = LibraryText.ForCmdlets(step.Text("held"));
        Risk = JsonProperties.PascalCase(step.Text("risk") ?? "high");
        Undoable = step.Text("undo") == "exact";
        Asks = step.Flag("asks");
        RestartAdvised = step.Flag("restart_advised");
        Verdicts = step.Array("for").Objects().Select(reason => reason.Text("verdict") ?? "").ToArray();
    }

    /// <summary>Its place in the plan, from 1.</summary>
    public int Number { get; }

    /// <summary>Whether it is taken when the plan is invoked. May be set: false leaves it out, true approves a step that is held for its risk.</summary>
    public bool Take { get; set; }

    /// <summary>What can go wrong with it: Low, Medium or High.</summary>
    public string Risk { get; }

    /// <summary>The operation, such as task.enable.</summary>
    public string Operation { get; }

    /// <summary>What it does.</summary>
    public string Title { get; }

    /// <summary>Its arguments.</summary>
    public object? Arguments { get; }

    /// <summary>Arguments that no check can know.</summary>
    public string[] Needs { get; }

    /// <summary>Why it is not taken.</summary>
    public string? Held { get; }

    /// <summary>Whether Undo-MarsRepair takes it back exactly.</summary>
    public bool Undoable { get; }

    /// <summary>Whether it wants a confirmation of its own.</summary>
    public bool Asks { get; }

    /// <summary>Whether running programs see it only after they restart.</summary>
    public bool RestartAdvised { get; }

    /// <summary>The verdicts that it answers.</summary>
    public string[] Verdicts { get; }

    /// <inheritdoc/>
    public override string ToString() => Title;
}
