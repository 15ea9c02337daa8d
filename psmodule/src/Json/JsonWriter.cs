// Writes JSON text.

using System;
using System.Globalization;
using System.Text;

namespace MarsHealth.Cmdlets;

/// <summary>Writes the values that <see cref="JsonObject"/> names, on one line.</summary>
internal static class JsonWriter
{
    public static string Write(object? value)
    {
        var builder = new StringBuilder();
        Append(builder, value);
        return builder.ToString();
    }

    private static void Append(StringBuilder builder, object? value)
    {
        switch (value)
        {
            case null:
                builder.Append("null");
                break;
            case bool flag:
                builder.Append(flag ? "true" : "false");
                break;
            case string text:
                AppendText(builder, text);
                break;
            case JsonObject record:
                AppendObject(builder, record);
                break;
            case JsonArray array:
                AppendArray(builder, array);
                break;
            case double real:
                builder.Append(real.ToString("R", CultureInfo.InvariantCulture));
                break;
            default:
                builder.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendObject(StringBuilder builder, JsonObject record)
    {
        var separator = '{';
        foreach (var member in record.Members)
        {
            builder.Append(separator);
            AppendText(builder, member.Key);
            builder.Append(':');
            Append(builder, member.Value);
            separator = ',';
        }
        builder.Append(separator == '{' ? "{}" : "}");
    }

    private static void AppendArray(StringBuilder builder, JsonArray array)
    {
        var separator = '[';
        foreach (var item in array)
        {
            builder.Append(separator);
            Append(builder, item);
            separator = ',';
        }
        builder.Append(separator == '[' ? "[]" : "]");
    }

    private static void AppendText(StringBuilder builder, string text)
    {
        builder.Append('"');
        foreach (var character in text)
        {
            if (character == '"' || character == '\\')
            {
                builder.Append('\\').Append(character);
            }
            else if (character < ' ')
            {
                builder.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                builder.Append(character);
            }
        }
        builder.Append('"');
    }
}
