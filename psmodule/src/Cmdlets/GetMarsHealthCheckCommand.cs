using System.Linq;
using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>Lists the checks that the library knows.</summary>
[Cmdlet(VerbsCommon.Get, "MarsHealthCheck")]
[OutputType(typeof(HealthCheck))]
public sealed class GetMarsHealthCheckCommand : MarsCmdlet
{
    /// <summary>Ids, groups or wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckCompleter))]
    public string[] Check { get; set; } = { "*" };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var pattern in Check)
        {
            var matching = CheckCatalog.All().Where(check => CheckCatalog.Matches(check, pattern)).ToList();
            if (matching.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(pattern))
            {
                WriteError(CheckCatalog.NotFound(pattern));
            }
            WriteObject(matching, true);
        }
    }
}
