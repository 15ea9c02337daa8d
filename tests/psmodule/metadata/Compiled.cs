// The compiled cmdlets.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Reflection;

namespace MarsHealth.Cmdlets.Tests;

/// <summary>Attributes are read as data: PowerShell's own, of which only an empty copy is here, have no values.</summary>
internal static class Compiled
{
    public static Assembly Assembly { get; } = typeof(TestMarsHealthCommand).Assembly;

    public static IReadOnlyList<Type> Cmdlets { get; } =
        Assembly.GetTypes().Where(type => Find<CmdletAttribute>(type).Any()).OrderBy(type => type.Name, StringComparer.Ordinal).ToList();

    public static string NameOf(Type cmdlet)
    {
        var arguments = Find<CmdletAttribute>(cmdlet).Single().ConstructorArguments;
        return arguments[0].Value + "-" + arguments[1].Value;
    }

    public static IReadOnlyList<PropertyInfo> Parameters(Type cmdlet) =>
        cmdlet.GetProperties().Where(property => Find<ParameterAttribute>(property).Any()).ToList();

    public static IEnumerable<CustomAttributeData> Find<T>(MemberInfo member) =>
        member.CustomAttributes.Where(attribute => attribute.AttributeType == typeof(T));

    public static object? Named(CustomAttributeData attribute, string name) =>
        attribute.NamedArguments.Where(argument => argument.MemberName == name).Select(argument => argument.TypedValue.Value)
            .SingleOrDefault();
}
