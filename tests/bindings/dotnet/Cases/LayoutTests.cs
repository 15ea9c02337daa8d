using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit;

namespace MarsHealth.Interop.Tests;

/// <summary>The binding against the header, as the C compiler and a few regular expressions understand it.</summary>
public class LayoutTests
{
    [BuildFact]
    public void Every_struct_and_field_has_the_size_and_place_the_compiler_gives_it()
    {
        string[] expected = File.ReadAllLines(Machine.Layout!).Where(line => line.Length > 0).ToArray();
        Assert.True(expected.Length > 80, "the layout is not complete");
        Assert.Equal(expected.OrderBy(line => line, StringComparer.Ordinal), Structs().SelectMany(Describe).OrderBy(line => line, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_struct_is_blittable()
    {
        foreach (Type type in Structs())
        {
            GCHandle.Alloc(Activator.CreateInstance(type), GCHandleType.Pinned).Free(); // throws if it is not
        }
    }

    [BuildFact]
    public void Every_function_of_the_header_is_imported_and_no_other()
    {
        string[] declared = Regex.Matches(Machine.Header, @"^MARS_API [^;(]*?\b(mars_\w+)\(", RegexOptions.Multiline)
            .Cast<Match>().Select(match => match.Groups[1].Value).OrderBy(name => name, StringComparer.Ordinal).ToArray();
        Assert.True(declared.Length > 60, "the header was not understood");
        string[] imported = Imports().Select(method => method.Name).OrderBy(name => name, StringComparer.Ordinal).ToArray();
        Assert.Equal(declared, imported);
    }

    [Fact]
    public void Every_import_is_cdecl_and_passes_neither_bool_nor_string()
    {
        foreach (MethodInfo method in Imports())
        {
            Assert.Equal(CallingConvention.Cdecl, method.GetCustomAttribute<DllImportAttribute>()!.CallingConvention);
            foreach (Type type in method.GetParameters().Select(parameter => parameter.ParameterType).Concat([method.ReturnType]))
            {
                Assert.False(type == typeof(bool) || type == typeof(string), $"{method.Name} passes a {type.Name}");
                Assert.False(type.IsValueType && !type.IsPrimitive && type != typeof(void), $"{method.Name} passes a struct by value");
            }
        }
    }

    [BuildFact]
    public void The_interface_number_is_the_header_s()
    {
        Assert.Contains($"#define MARS_ABI {LibraryLoader.Abi}\n", Machine.Header);
    }

    [BuildFact]
    public void Errors_and_enumerations_have_the_header_s_values()
    {
        CompareConstants("E", typeof(MarsError).GetFields().Where(field => (int)field.GetRawConstantValue()! < 0)
            .ToDictionary(field => field.Name, field => (long)(int)field.GetRawConstantValue()!));
        CompareConstants("STATUS", Values(typeof(FindingStatus)));
        CompareConstants("FORMAT", Values(typeof(Format)));
        CompareConstants("RENDER", Values(typeof(RenderFlags)));
        CompareConstants("RISK", Values(typeof(Risk)));
        CompareConstants("OUTCOME", Values(typeof(OutcomeState)));
        CompareConstants("STEP", Values(typeof(StepState)));
        CompareConstants("EVENT", Values(typeof(MarsEventKind)));
    }

    private static void CompareConstants(string family, Dictionary<string, long> ours)
    {
        string[] declared = Regex.Matches(Machine.Header, $@"^#define MARS_{family}_([A-Z_]+) +\(?(-?\d+)u?\b", RegexOptions.Multiline)
            .Cast<Match>().Select(match => $"{match.Groups[1].Value.Replace("_", string.Empty)} {match.Groups[2].Value}").ToArray();
        Assert.NotEmpty(declared);
        Assert.Equal(
            declared.OrderBy(line => line, StringComparer.Ordinal),
            ours.Select(value => $"{value.Key.ToUpperInvariant()} {value.Value}").OrderBy(line => line, StringComparer.Ordinal));
    }

    private static Dictionary<string, long> Values(Type type) =>
        Enum.GetNames(type).Where(name => name != "None").ToDictionary(name => name, name => Convert.ToInt64(Enum.Parse(type, name), null));

    private static IEnumerable<Type> Structs() =>
        typeof(MarsLibrary).Assembly.GetTypes().Where(type =>
            type.IsValueType && !type.IsNested && type.Name.StartsWith("Native", StringComparison.Ordinal));

    private static IEnumerable<MethodInfo> Imports() =>
        typeof(NativeMethods).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(method => method.GetCustomAttribute<DllImportAttribute>() is not null);

    private static IEnumerable<string> Describe(Type type)
    {
        string name = "mars" + Snake(type.Name.Substring("Native".Length));
        yield return $"{name} size {Marshal.SizeOf(type)}";
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            yield return $"{name} {Snake(field.Name).Substring(1)} {Marshal.OffsetOf(type, field.Name)} {Marshal.SizeOf(field.FieldType)}";
        }
    }

    private static string Snake(string name) => Regex.Replace(name, "([A-Z])", match => "_" + match.Value.ToLowerInvariant());
}
