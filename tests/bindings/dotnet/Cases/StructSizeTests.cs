using System;
using System.Runtime.InteropServices;
using Xunit;

namespace MarsHealth.Interop.Tests;

/// <summary>Structs of older and newer headers.</summary>
public class StructSizeTests
{
    private const int MoreBytes = 24;
    private const byte Mark = 0xA5;

    [Fact]
    public void A_struct_smaller_than_its_first_version_is_refused()
    {
        using MarsSession session = Machine.Open();
        using MarsEvidence evidence = session.Collect("agent.os");
        var info = new NativeVersionInfo { StructSize = (uint)Marshal.SizeOf<NativeVersionInfo>() - 8 };
        Assert.Equal(MarsError.StructSize, NativeMethods.mars_version(ref info));
        Assert.Equal(MarsError.StructSize, Raw.ErrorCode());
        Assert.Equal(IntPtr.Zero, info.Text);

        var options = new NativeSessionOptions { StructSize = 8 };
        Assert.Equal(MarsError.StructSize, NativeMethods.mars_session_open(out SessionHandle none, ref options));
        Assert.True(none.IsInvalid);
    }

    [Fact]
    public void A_struct_without_a_size_is_refused()
    {
        NativeError error = default;
        Assert.Equal(MarsError.StructSize, NativeMethods.mars_error_copy(ref error));
        NativeVersionInfo info = default;
        Assert.Equal(MarsError.StructSize, NativeMethods.mars_version(ref info));
    }

    [Fact]
    public unsafe void Of_a_newer_and_larger_output_struct_the_older_part_is_filled()
    {
        int size = Marshal.SizeOf<NativeVersionInfo>();
        byte* memory = stackalloc byte[size + MoreBytes];
        for (int i = 0; i < size + MoreBytes; i++)
        {
            memory[i] = Mark;
        }

        var info = (NativeVersionInfo*)memory;
        info->StructSize = (uint)(size + MoreBytes);
        Assert.Equal(0, NativeMethods.mars_version(ref *info));
        Assert.Equal(LibraryLoader.Abi, info->Abi);
        Assert.Equal((uint)(size + MoreBytes), info->StructSize);
        for (int i = size; i < size + MoreBytes; i++)
        {
            Assert.Equal(Mark, memory[i]);
        }
    }

    [Fact]
    public unsafe void A_newer_and_larger_options_struct_is_understood()
    {
        int size = Marshal.SizeOf<NativePlanOptions>();
        byte* memory = stackalloc byte[size + MoreBytes];
        for (int i = 0; i < size + MoreBytes; i++)
        {
            memory[i] = 0;
        }

        ((NativePlanOptions*)memory)->StructSize = (uint)(size + MoreBytes);
        using MarsSession session = Machine.Open();
        var options = new NativeCheckOptions { StructSize = (uint)Marshal.SizeOf<NativeCheckOptions>() };
        var collect = new NativeCollectOptions { StructSize = (uint)Marshal.SizeOf<NativeCollectOptions>() };
        using MarsEvidence evidence = session.Collect("agent.os");
        EvidenceHandle handle = Load(evidence.Save());
        Assert.Equal(0, NativeMethods.mars_check(out ReportHandle report, handle, ref options));
        Assert.Equal(0, NativeMethods.mars_plan_make(out PlanHandle plan, report, ref *(NativePlanOptions*)memory));
        Assert.False(plan.IsInvalid);
        plan.Dispose();
        report.Dispose();
        handle.Dispose();
    }

    [Fact]
    public void The_error_struct_is_refused_with_too_small_a_buffer_for_the_message()
    {
        Assert.Throws<MarsException>(() => MarsLibrary.Schema("nothing"));
        var error = new NativeError { StructSize = (uint)Marshal.SizeOf<NativeError>() - 1 };
        Assert.Equal(MarsError.StructSize, NativeMethods.mars_error_copy(ref error));
        Assert.Equal(0, error.Code);
    }

    private static EvidenceHandle Load(string json)
    {
        byte[] data = Utf8.WriteDocument(json, nameof(json));
        Assert.Equal(0, NativeMethods.mars_evidence_load(out EvidenceHandle evidence, data, (ulong)data.Length, null));
        return evidence;
    }
}
