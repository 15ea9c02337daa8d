// What PowerShell is told about the module's types.

using System.Collections.Generic;
using System.Management.Automation.Runspaces;

namespace MarsHealth.Cmdlets;

/// <summary>Type data: what is shown where there is no view, and how deep remoting and Export-Clixml go into an object.</summary>
internal static class TypeViews
{
    public static IEnumerable<TypeData> All()
    {
        yield return Define("MarsHealth.Finding", 3, "Status", "Check", "Subject", "Title");
        yield return Define("MarsHealth.HealthCheck", 2, "Check", "Title", "Blocking");
        yield return Define("MarsHealth.RepairPlan", 3, "ComputerName", "ImagePath", "Steps");
        yield return Define("MarsHealth.RepairStep", 2, "Number", "Take", "Risk", "Title");
        yield return Define("MarsHealth.RepairResult", 2, "State", "Title", "Changes", "Message");
        yield return Define("MarsHealth.RepairChange", 1, "Target", "Before", "After");
        yield return Define("MarsHealth.RepairRun", 2, "RunId", "Started", "State", "UndoneBy");
        yield return Define(GetMarsScheduledTaskCommand.TypeName, 2, "TaskPath", "Enabled", "MultipleInstances");
        yield return Define(GetMarsShadowStorageCommand.TypeName, 1, "Volume", "StorageVolume", "Maximum");
        yield return Define(GetMarsVssWriterCommand.TypeName, 1, "Name", "State", "StateText", "ErrorText");
    }

    private static TypeData Define(string typeName, uint depth, params string[] shown) => new TypeData(typeName)
    {
        SerializationDepth = depth,
        DefaultDisplayPropertySet = new PropertySetData(shown),
    };
}
