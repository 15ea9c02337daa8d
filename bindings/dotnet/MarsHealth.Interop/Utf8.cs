using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace MarsHealth.Interop;

/// <summary>
/// Texts as the library takes and gives them. Written by hand, as .NET Framework's marshaller knows no UTF-8 before 4.7.
/// </summary>
internal static class Utf8
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UTF8Encoding Lenient = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// NUL-ended; null for null. A NUL would cut the text and a lone surrogate cannot be written as UTF-8: both are
    /// invalid arguments.
    /// </summary>
    internal static byte[]? Write(string? text, string parameter)
    {
        if (text is null)
        {
            return null;
        }

        int nul = text.IndexOf('\0');
        if (nul >= 0)
        {
            throw Status.InvalidArgument($"{parameter} has a NUL character at index {nul}");
        }

        int size = WrittenSize(text, parameter);
        var bytes = new byte[size + 1];
        Strict.GetBytes(text, 0, text.Length, bytes, 0);
        return bytes;
    }

    /// <summary>A document: not NUL-ended, for functions that take a size.</summary>
    internal static byte[] WriteDocument(string text, string parameter)
    {
        var bytes = new byte[WrittenSize(text, parameter)];
        Strict.GetBytes(text, 0, text.Length, bytes, 0);
        return bytes;
    }

    /// <summary>Null for NULL.</summary>
    internal static unsafe string? Read(IntPtr text)
    {
        if (text == IntPtr.Zero)
        {
            return null;
        }

        var bytes = (byte*)text;
        long size = 0;
        while (bytes[size] != 0)
        {
            size++;
        }

        return Read(bytes, size);
    }

    /// <summary>Of a text that the library always gives.</summary>
    internal static string Required(IntPtr text) => Read(text) ?? string.Empty;

    /// <summary>At most so many bytes, or up to a NUL.</summary>
    internal static unsafe string ReadBuffer(byte* bytes, int capacity)
    {
        int size = 0;
        while (size < capacity && bytes[size] != 0)
        {
            size++;
        }

        return Read(bytes, size);
    }

    /// <summary>The lines of a text; none for NULL.</summary>
    internal static IReadOnlyList<string> Lines(IntPtr text)
    {
        string? all = Read(text);
        return string.IsNullOrEmpty(all) ? [] : Array.AsReadOnly(all!.Split('\n'));
    }

    /// <summary>Reads the text and frees it.</summary>
    internal static unsafe string Take(TextHandle text)
    {
        using (text)
        {
            ulong size = NativeMethods.mars_text_size(text);
            return Read((byte*)NativeMethods.mars_text_data(text), checked((long)size));
        }
    }

    private static unsafe string Read(byte* bytes, long size) =>
        size == 0 ? string.Empty : Lenient.GetString(bytes, checked((int)size));

    private static int WrittenSize(string text, string parameter)
    {
        try
        {
            return Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException failure)
        {
            throw Status.InvalidArgument($"{parameter} has half of a surrogate pair at index {failure.Index}, which UTF-8 cannot hold");
        }
    }
}

/// <summary>Texts that the pointers of an options struct point to; they stay where they are until it is disposed.</summary>
internal sealed class PinnedTexts : IDisposable
{
    private readonly List<GCHandle> _pins = [];

    /// <summary>NULL for null.</summary>
    internal IntPtr Add(string? text, string parameter)
    {
        byte[]? bytes = Utf8.Write(text, parameter);
        if (bytes is null)
        {
            return IntPtr.Zero;
        }

        var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        _pins.Add(pin);
        return pin.AddrOfPinnedObject();
    }

    public void Dispose()
    {
        foreach (GCHandle pin in _pins)
        {
            pin.Free();
        }

        _pins.Clear();
    }
}
