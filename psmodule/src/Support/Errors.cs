// Errors as PowerShell's users see them: each with an id that does not change.

using System;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

internal static class Errors
{
    /// <summary>The id is MarsHealth.NAME; the name of an error of the library is that of its code: other-machine gives OtherMachine.</summary>
    public static ErrorRecord From(MarsException exception, object? target)
    {
        var record = new ErrorRecord(exception, "MarsHealth." + JsonProperties.PascalCase(exception.Name), Category(exception.Code), target);
        if (InUsersLanguage(exception) is string message)
        {
            record.ErrorDetails = new ErrorDetails(message);
        }
        return record;
    }

    // What the user of the module has to do about the module itself.
    private static string? InUsersLanguage(MarsException exception) => exception.Code switch
    {
        MarsError.LibraryMissing => Strings.LibraryMissing(exception.Message),
        MarsError.LibraryMismatch => Strings.LibraryMismatch(exception.Message),
        _ => null,
    };

    public static ErrorRecord Make(string name, string message, ErrorCategory category, object? target = null) =>
        new ErrorRecord(new InvalidOperationException(message), "MarsHealth." + name, category, target);

    private static ErrorCategory Category(int code) => code switch
    {
        MarsError.InvalidArgument => ErrorCategory.InvalidArgument,
        MarsError.Busy => ErrorCategory.ResourceBusy,
        MarsError.Cancelled => ErrorCategory.OperationStopped,
        MarsError.NotFound => ErrorCategory.ObjectNotFound,
        MarsError.NotAnImage => ErrorCategory.InvalidArgument,
        MarsError.Unreadable => ErrorCategory.ReadError,
        MarsError.Malformed => ErrorCategory.InvalidData,
        MarsError.TooLarge => ErrorCategory.LimitsExceeded,
        MarsError.Unsupported => ErrorCategory.NotImplemented,
        MarsError.Unwritable => ErrorCategory.WriteError,
        MarsError.Refused => ErrorCategory.PermissionDenied,
        MarsError.OtherMachine => ErrorCategory.InvalidOperation,
        MarsError.Conflict => ErrorCategory.ResourceExists,
        MarsError.LibraryMissing => ErrorCategory.ResourceUnavailable,
        MarsError.LibraryMismatch => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.NotSpecified,
    };
}
