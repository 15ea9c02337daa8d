using System.IO;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Makes a baseline of the agent's PowerShell module from a good machine: every file's size and SHA-256.</summary>
[Cmdlet(VerbsCommon.New, "MarsModuleBaseline", SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class NewMarsModuleBaselineCommand : MarsCmdlet
{
    /// <summary>The module's folder.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Folder { get; set; } = "";

    /// <summary>The version of the agent that it belongs to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AgentVersion { get; set; }

    /// <summary>The file to write; without it the text is emitted.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Overwrite the file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var folder = PathResolver.One(this, Folder);
        Try(folder, () =>
        {
            var json = MarsLibrary.MakeBaseline(folder, AgentVersion);
            if (Path == null)
            {
                WriteObject(json);
            }
            else if (OutputFile.Write(this, Path, json, Force) is FileInfo file)
            {
                WriteObject(file);
            }
        });
    }
}
