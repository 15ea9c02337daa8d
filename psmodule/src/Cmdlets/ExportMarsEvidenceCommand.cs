using System;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Text;

namespace MarsHealth.Cmdlets;

/// <summary>Writes what was read of a machine to a file, to be judged elsewhere or later.</summary>
[Cmdlet(VerbsData.Export, "MarsEvidence", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMarsEvidenceCommand : ReadingCmdlet
{
    /// <summary>The file; default: MarsEvidence-COMPUTER-DATE.json in the current folder.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Only what these checks need.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckCompleter))]
    public string[]? Check { get; set; }

    /// <summary>Leave out names, paths and ids that tell whose server it is.</summary>
    [Parameter]
    public SwitchParameter Redact { get; set; }

    /// <summary>Overwrite the file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var checks = CheckCatalog.Select(this, Check, null);
        var target = Target;
        Try(target.ImagePath, () => WithSession(target, Strings.ProgressTest(target.Title), session =>
        {
            using var evidence = session.Collect(checks);
            ThrowIfStopped();
            var json = evidence.Save(Redact);
            if (OutputFile.Write(this, Path ?? DefaultName(json), json, Force) is FileInfo file)
            {
                WriteObject(file);
            }
        }));
    }

    private static string DefaultName(string json)
    {
        var name = new StringBuilder("MarsEvidence-");
        foreach (var character in MachineIdentity.FromEvidence(json).ComputerName ?? "")
        {
            name.Append(char.IsLetterOrDigit(character) || character == '-' ? character : '_');
        }
        return name.Append('-').Append(DateTime.UtcNow.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture)).Append(".json")
            .ToString();
    }
}
