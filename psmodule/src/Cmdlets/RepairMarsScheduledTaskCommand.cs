using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Repairs the agent's scheduled tasks: as told, or as their checks find.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "MarsScheduledTask", SupportsShouldProcess = true)]
[OutputType(typeof(RepairResult))]
public sealed class RepairMarsScheduledTaskCommand : SingleRepairCmdlet
{
    /// <summary>Paths, names or wildcards. Default: all of the agent's tasks.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TaskCompleter))]
    public string[]? TaskPath { get; set; }

    /// <summary>Enable the task.</summary>
    [Parameter]
    public SwitchParameter Enable { get; set; }

    /// <summary>Enable its triggers.</summary>
    [Parameter]
    public SwitchParameter EnableTriggers { get; set; }

    /// <summary>The account that it runs as.</summary>
    [Parameter]
    [ValidateSet("SYSTEM")]
    public string? Principal { get; set; }

    /// <summary>What a start does while it runs.</summary>
    [Parameter]
    [ValidateSet("IgnoreNew")]
    public string? MultipleInstances { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var calls = Calls().ToList();
        if (calls.Count == 0)
        {
            RepairFindings("schedule", (check, subject) => TaskPaths.Match(subject ?? "", TaskPath));
            return;
        }
        var target = Target;
        Try(target.ImagePath, () => WithSession(target, Strings.ProgressRepair(target.Title), session =>
        {
            List<string> tasks;
            using (var evidence = session.Collect("schedule"))
            {
                ThrowIfStopped();
                tasks = TaskPaths.Of(evidence.Save()).Where(path => TaskPaths.Match(path, TaskPath)).ToList();
            }
            if (tasks.Count == 0)
            {
                WriteError(Errors.Make("TaskNotFound", Strings.TaskNotFound(TaskPath == null ? "*" : string.Join(", ", TaskPath), target.Title),
                    ErrorCategory.ObjectNotFound, TaskPath));
            }
            foreach (var task in tasks)
            {
                foreach (var call in calls)
                {
                    var arguments = new JsonObject { ["task"] = task };
                    if (call.Argument != null)
                    {
                        arguments[call.Argument] = call.Value;
                    }
                    CallOperation(session, target, call.Operation, arguments);
                }
            }
        }));
    }

    private IEnumerable<OperationCall> Calls()
    {
        if (MultipleInstances != null)
        {
            yield return new OperationCall("task.set-multiple-instances", "policy", MultipleInstances);
        }
        if (EnableTriggers)
        {
            yield return new OperationCall("task.enable-triggers", null, null);
        }
        if (Principal != null)
        {
            yield return new OperationCall("task.set-principal", "principal", Principal);
        }
        if (Enable)
        {
            yield return new OperationCall("task.enable", null, null);
        }
    }

    // A tuple would need an assembly that .NET Framework 4.6.2 does not have.
    private sealed class OperationCall
    {
        public OperationCall(string operation, string? argument, string? value)
        {
            Operation = operation;
            Argument = argument;
            Value = value;
        }

        public string Operation { get; }

        public string? Argument { get; }

        public string? Value { get; }
    }
}
