// What happens when the module is imported.

using System;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MarsHealth.Cmdlets;

/// <summary>Adds format views and type data to the session. No script runs.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private const string UtilityAssembly = "Microsoft.PowerShell.Commands.Utility";

    /// <inheritdoc/>
    public void OnImport()
    {
        var session = Runspace.DefaultRunspace?.InitialSessionState;
        if (session == null)
        {
            return;
        }
        // A second import finds them there already.
        var known = session.Formats.Select(entry => entry.FormatData?.TypeName).ToList();
        foreach (var view in Views.All().Where(view => !known.Contains(view.TypeName)))
        {
            session.Formats.Add(new SessionStateFormatEntry(view));
        }
        Update("Update-FormatData", "UpdateFormatDataCommand", null);
        Update("Update-TypeData", "UpdateTypeDataCommand", TypeViews.All().ToArray());
    }

    /// <summary>
    /// Runs one of PowerShell's own commands. It is called by its type, because looking for its name would import a module; under
    /// its name where the type is not to be found. Without it objects are shown in PowerShell's default way, which is no reason
    /// not to import.
    /// </summary>
    private static void Update(string name, string typeName, TypeData[]? types)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var type = Type.GetType("Microsoft.PowerShell.Commands." + typeName + ", " + UtilityAssembly, false);
        _ = type == null ? shell.AddCommand(name) : shell.AddCommand(new CmdletInfo(name, type));
        if (types != null)
        {
            shell.AddParameter("TypeData", types).AddParameter("Force");
        }
        try
        {
            shell.Invoke();
        }
        catch (RuntimeException)
        {
            // As said above.
        }
    }
}
