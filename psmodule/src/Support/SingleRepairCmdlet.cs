// Cmdlets that repair one thing: as they are told, or, untold, as its check finds.

using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>What the cmdlets of one repair each share.</summary>
public abstract class SingleRepairCmdlet : PipedImageCmdlet
{
    /// <summary>Calls an operation.</summary>
    private protected void Call(string operation, JsonObject arguments)
    {
        var target = Target;
        Try(target.ImagePath, () => WithSession(target, Strings.ProgressRepair(target.Title),
            session => CallOperation(session, target, operation, arguments)));
    }

    /// <summary>Applies what the check finds to be needed.</summary>
    private protected void RepairFindings(string checks, System.Func<string?, string?, bool>? wanted = null)
    {
        var target = Target;
        Try(target.ImagePath, () => WithSession(target, Strings.ProgressRepair(target.Title), session =>
        {
            PlanDocument document;
            using (var evidence = session.Collect(checks))
            {
                ThrowIfStopped();
                // Whoever calls the repair by its name has asked for its risk.
                document = Planning.Make(evidence, new PlanOptions { Checks = checks, IncludeRisk = Risk.Medium }, null, null);
            }
            if (wanted != null)
            {
                document.Keep(wanted);
            }
            if (document.IsEmpty)
            {
                WriteVerbose(Strings.NothingToRepair(target.Title));
                return;
            }
            ApplyPlan(session, target, document, new ApplyOptions());
        }));
    }
}
