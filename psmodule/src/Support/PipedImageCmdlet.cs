// Cmdlets that change what objects from the pipeline name.

using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>
/// The image comes from a parameter or from each object's property of the same name. That is empty in an object of the running
/// machine; given as a parameter an empty path is a mistake, and must not stand for the running machine.
/// </summary>
public abstract class PipedImageCmdlet : ChangingCmdlet
{
    /// <summary>A folder laid out like a server's system drive, such as its mounted disk. Default: this server.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? ImagePath { get; set; }

    private protected Target Target => Target.Image(string.IsNullOrEmpty(ImagePath) ? null : PathResolver.One(this, ImagePath!));

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        // What the pipeline brings is not bound yet.
        if (MyInvocation.BoundParameters.ContainsKey(nameof(ImagePath)) && string.IsNullOrEmpty(ImagePath))
        {
            ThrowTerminatingError(Errors.Make("PathNotFound", Strings.PathNotFound("''"), ErrorCategory.InvalidArgument, ImagePath));
        }
    }
}
