// JSON without a library: .NET Framework 4.6.2 has none that a module could count on, and the module brings none along.

using System.Collections.Generic;

namespace MarsHealth.Cmdlets;

/// <summary>
/// An object: its members in the order in which they stand. Values are null, bool, long, double, string,
/// <see cref="JsonArray"/> or <see cref="JsonObject"/>.
/// </summary>
internal sealed class JsonObject
{
    private readonly List<KeyValuePair<string, object?>> members = new List<KeyValuePair<string, object?>>();

    public IReadOnlyList<KeyValuePair<string, object?>> Members => members;

    public object? this[string name]
    {
        get
        {
            var index = IndexOf(name);
            return index < 0 ? null : members[index].Value;
        }
        set
        {
            var index = IndexOf(name);
            var member = new KeyValuePair<string, object?>(name, value);
            if (index < 0)
            {
                members.Add(member);
            }
            else
            {
                members[index] = member;
            }
        }
    }

    public bool Has(string name) => IndexOf(name) >= 0;

    public string? Text(string name) => this[name] as string;

    public bool Flag(string name) => this[name] is true;

    public JsonObject? Object(string name) => this[name] as JsonObject;

    public JsonArray Array(string name) => this[name] as JsonArray ?? new JsonArray();

    /// <summary>For the reader, which meets every member once: a later one of the same name stands behind and is not found.</summary>
    internal void Append(string name, object? value) => members.Add(new KeyValuePair<string, object?>(name, value));

    private int IndexOf(string name)
    {
        for (var index = 0; index < members.Count; index++)
        {
            if (members[index].Key == name)
            {
                return index;
            }
        }
        return -1;
    }
}

/// <summary>An array.</summary>
internal sealed class JsonArray : List<object?>
{
    public IEnumerable<JsonObject> Objects()
    {
        foreach (var item in this)
        {
            if (item is JsonObject record)
            {
                yield return record;
            }
        }
    }

    public string[] Texts()
    {
        var texts = new List<string>();
        foreach (var item in this)
        {
            if (item is string text)
            {
                texts.Add(text);
            }
        }
        return texts.ToArray();
    }
}
