using System.Runtime.InteropServices;

namespace MarsHealth.Interop;

/// <summary>The one place that turns a status into an exception.</summary>
internal static class Status
{
    /// <summary>Throws what failed last on this thread, unless the status is MARS_OK.</summary>
    internal static void Check(int status)
    {
        if (status != 0)
        {
            throw Failure(status);
        }
    }

    internal static MarsException InvalidArgument(string message) =>
        new(MarsError.InvalidArgument, "invalid-argument", message);

    private static unsafe MarsException Failure(int status)
    {
        var error = new NativeError { StructSize = (uint)sizeof(NativeError) };
        if (NativeMethods.mars_error_copy(ref error) != 0 || error.Code != status)
        {
            return new MarsException(status, "unknown", $"The MarsHealth library failed with status {status}.");
        }

        return new MarsException(
            status,
            Utf8.ReadBuffer(error.Name, NativeError.NameSize),
            Utf8.ReadBuffer(error.Message, NativeError.MessageSize));
    }
}
