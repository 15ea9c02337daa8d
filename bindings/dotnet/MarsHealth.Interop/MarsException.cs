using System;

namespace MarsHealth.Interop;

/// <summary>What the library, or the way to it, could not do.</summary>
public sealed class MarsException : Exception
{
    internal MarsException(int code, string name, string message, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Name = name;
    }

    /// <summary>One of <see cref="MarsError"/>; a newer library may know more.</summary>
    public int Code { get; }

    /// <summary>The stable name of the code: busy, refused, other-machine, ...</summary>
    public string Name { get; }
}

/// <summary>The codes of <see cref="MarsException"/>. Negative ones are the library's, positive ones the binding's.</summary>
public static class MarsError
{
    /// <summary>Memory ran out.</summary>
    public const int NoMemory = -1;

    /// <summary>A parameter is missing, out of range or cannot be written as UTF-8; the message names it.</summary>
    public const int InvalidArgument = -2;

    /// <summary>A struct is smaller than its first version.</summary>
    public const int StructSize = -3;

    /// <summary>Another call on this session is running.</summary>
    public const int Busy = -4;

    /// <summary><see cref="MarsSession.Cancel"/> was called.</summary>
    public const int Cancelled = -5;

    /// <summary>No such check, schema, format, operation or file.</summary>
    public const int NotFound = -6;

    /// <summary>The folder does not hold a Windows system drive.</summary>
    public const int NotAnImage = -7;

    /// <summary>A file or folder could not be read.</summary>
    public const int Unreadable = -8;

    /// <summary>Input is damaged or not of the expected form.</summary>
    public const int Malformed = -9;

    /// <summary>Input is larger than the documented limit.</summary>
    public const int TooLarge = -10;

    /// <summary>This build or this source cannot do that.</summary>
    public const int Unsupported = -11;

    /// <summary>A file or folder could not be written.</summary>
    public const int Unwritable = -12;

    /// <summary>A change was refused, because it would not be safe as things are.</summary>
    public const int Refused = -13;

    /// <summary>What was found on one machine is not applied to another.</summary>
    public const int OtherMachine = -14;

    /// <summary>What is to be taken back was changed since.</summary>
    public const int Conflict = -15;

    /// <summary>The native library is not there or cannot be loaded. Name: library-missing.</summary>
    public const int LibraryMissing = 1;

    /// <summary>The native library is not the one that this assembly belongs to. Name: library-mismatch.</summary>
    public const int LibraryMismatch = 2;
}
