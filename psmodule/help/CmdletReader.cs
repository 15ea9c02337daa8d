// Reads the cmdlets of an assembly.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;

namespace MarsHealth.Help;

/// <summary>
/// Reads attributes as data (CustomAttributeData), so that neither a cmdlet's nor PowerShell's code runs: what stands in
/// for PowerShell here has none.
/// </summary>
internal static class CmdletReader
{
    // What SupportsShouldProcess adds to a cmdlet.
    private static readonly CmdletParameter[] ShouldProcessParameters = { Added("WhatIf", "wi"), Added("Confirm", "cf") };

    public static IReadOnlyList<Cmdlet> Read(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        AppDomain.CurrentDomain.AssemblyResolve += (_, wanted) =>
        {
            var beside = Path.Combine(folder, new AssemblyName(wanted.Name).Name + ".dll");
            return File.Exists(beside) ? Assembly.LoadFrom(beside) : null;
        };
        return Assembly.LoadFrom(Path.GetFullPath(file)).GetTypes()
            .Where(type => !type.IsAbstract && Find<CmdletAttribute>(type) is not null)
            .Select(ReadCmdlet)
            .OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)
            .ToList();
    }

    private static Cmdlet ReadCmdlet(Type type)
    {
        var attribute = Find<CmdletAttribute>(type)!;
        var parameters = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => Find<ParameterAttribute>(property) is not null)
            .Select(ReadParameter)
            .ToList();
        var sets = parameters.SelectMany(parameter => parameter.Uses)
            .Select(use => use.Set)
            .Append(Named<string?>(attribute, nameof(CmdletAttribute.DefaultParameterSetName), null))
            .Where(set => set is not null)
            .Distinct()
            .ToList();
        if (sets.Count == 0)
        {
            sets.Add(null);
        }
        if (Named(attribute, nameof(CmdletAttribute.SupportsShouldProcess), false))
        {
            parameters.AddRange(ShouldProcessParameters);
        }
        return new Cmdlet(
            (string)attribute.ConstructorArguments[0].Value!,
            (string)attribute.ConstructorArguments[1].Value!,
            sets,
            parameters,
            All<OutputTypeAttribute>(type).SelectMany(output => output.ConstructorArguments).SelectMany(TypeNames).ToList());
    }

    private static CmdletParameter ReadParameter(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var item = type.IsArray ? type.GetElementType()! : type;
        var values = All<ValidateSetAttribute>(property).SelectMany(set => set.ConstructorArguments).SelectMany(Texts).ToList();
        return new CmdletParameter(
            property.Name,
            type.Name,
            type.FullName == typeof(SwitchParameter).FullName,
            type.IsArray,
            Find<SupportsWildcardsAttribute>(property) is not null,
            All<AliasAttribute>(property).SelectMany(alias => alias.ConstructorArguments).SelectMany(Texts).ToList(),
            item.IsEnum && values.Count == 0 ? Enum.GetNames(item) : values,
            All<ParameterAttribute>(property).Select(ReadUse).ToList());
    }

    private static ParameterUse ReadUse(CustomAttributeData attribute)
    {
        var set = Named<string?>(attribute, nameof(ParameterAttribute.ParameterSetName), null);
        var position = Named(attribute, nameof(ParameterAttribute.Position), int.MinValue);
        return new ParameterUse(
            set == ParameterAttribute.AllParameterSets ? null : set,
            Named(attribute, nameof(ParameterAttribute.Mandatory), false),
            position == int.MinValue ? null : position,
            Named(attribute, nameof(ParameterAttribute.ValueFromPipeline), false),
            Named(attribute, nameof(ParameterAttribute.ValueFromPipelineByPropertyName), false));
    }

    private static CmdletParameter Added(string name, string alias)
    {
        var use = new ParameterUse(null, false, null, false, false);
        return new CmdletParameter(
            name, nameof(SwitchParameter), true, false, false, new[] { alias }, Array.Empty<string>(), new[] { use });
    }

    private static IEnumerable<CustomAttributeData> All<T>(MemberInfo member) =>
        member.CustomAttributes.Where(attribute => attribute.AttributeType.FullName == typeof(T).FullName);

    private static CustomAttributeData? Find<T>(MemberInfo member) => All<T>(member).FirstOrDefault();

    private static T Named<T>(CustomAttributeData attribute, string name, T otherwise)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.MemberName == name)
            {
                return (T)argument.TypedValue.Value!;
            }
        }
        return otherwise;
    }

    // An argument is one value, or the values of a params array.
    private static IEnumerable<CustomAttributeTypedArgument> Flat(CustomAttributeTypedArgument argument) =>
        argument.Value is IEnumerable<CustomAttributeTypedArgument> many ? many : new[] { argument };

    private static IEnumerable<string> Texts(CustomAttributeTypedArgument argument) =>
        Flat(argument).Select(one => one.Value).OfType<string>();

    private static IEnumerable<string> TypeNames(CustomAttributeTypedArgument argument) =>
        Flat(argument).Select(one => one.Value is Type type ? type.FullName! : (string)one.Value!);
}
