using System;
using System.Runtime.InteropServices;

namespace MarsHealth.Interop;

// The structs of marshealth.h, field by field. Blittable: numbers, pointers and, in the error, two buffers.

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeError
{
    public const int NameSize = 32;
    public const int MessageSize = 512;

    public uint StructSize;
    public int Code;
    public fixed byte Name[NameSize];
    public fixed byte Message[MessageSize];
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeVersionInfo
{
    public uint StructSize;
    public uint Abi;
    public uint Major;
    public uint Minor;
    public uint Patch;
    public IntPtr Text;
    public IntPtr EvidenceSchema;
    public IntPtr ReportSchema;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeEvent
{
    public uint StructSize;
    public int Kind;
    public IntPtr Text;
    public ulong Done;
    public ulong Total;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeSessionOptions
{
    public uint StructSize;
    public uint Reserved;
    public IntPtr ImagePath;
    public IntPtr OnEvent;
    public IntPtr User;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeCollectOptions
{
    public uint StructSize;
    public uint Reserved;
    public IntPtr Checks;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeCheckOptions
{
    public uint StructSize;
    public uint Reserved;
    public IntPtr Checks;
    public IntPtr Baseline;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeFinding
{
    public uint StructSize;
    public int Status;
    public int Blocking;
    public int Reserved;
    public IntPtr Check;
    public IntPtr Subject;
    public IntPtr Verdict;
    public IntPtr Title;
    public IntPtr Cause;
    public IntPtr Advice;
    public IntPtr Where;
    public IntPtr Values;
    public IntPtr Repairs;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeSummary
{
    public uint StructSize;
    public uint Reserved;
    public ulong Pass;
    public ulong Info;
    public ulong Warn;
    public ulong Fail;
    public ulong Unknown;
    public ulong Skipped;
    public ulong UnknownBlocking;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativePlanOptions
{
    public uint StructSize;
    public int IncludeRisk;
    public IntPtr Checks;
    public IntPtr Sets;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativePlanStep
{
    public uint StructSize;
    public int Risk;
    public int Taken;
    public int Undoable;
    public int Asks;
    public int Reserved;
    public IntPtr Operation;
    public IntPtr Arguments;
    public IntPtr Title;
    public IntPtr Held;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeApplyOptions
{
    public uint StructSize;
    public uint Flags;
    public IntPtr Baseline;
    public IntPtr Confirm;
    public IntPtr User;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeStepOutcome
{
    public uint StructSize;
    public int State;
    public ulong Number;
    public ulong Changes;
    public IntPtr Operation;
    public IntPtr Arguments;
    public IntPtr Title;
    public IntPtr Message;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeChange
{
    public uint StructSize;
    public int Undoable;
    public IntPtr Kind;
    public IntPtr Target;
    public IntPtr Before;
    public IntPtr After;
}
