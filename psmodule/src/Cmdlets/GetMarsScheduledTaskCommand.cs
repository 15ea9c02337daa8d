using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Shows the agent's scheduled tasks.</summary>
[Cmdlet(VerbsCommon.Get, "MarsScheduledTask")]
[OutputType(TypeName)]
public sealed class GetMarsScheduledTaskCommand : ReadingCmdlet
{
    internal const string TypeName = "MarsHealth.ScheduledTask";

    /// <summary>Paths, names or wildcards.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TaskCompleter))]
    public string[]? TaskPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => EmitRecords("schedule", "schedule", "tasks", TypeName, task =>
    {
        var path = task.Properties["Path"].Value as string ?? "";
        task.Properties.Remove("Path");
        task.Properties.Add(new PSNoteProperty("TaskPath", path));
        return TaskPaths.Match(path, TaskPath);
    });
}
