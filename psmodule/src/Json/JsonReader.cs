// Reads JSON text.

using System;
using System.Globalization;
using System.Text;

namespace MarsHealth.Cmdlets;

/// <summary>
/// Reads what the library wrote, and plans that people have edited. Nesting is bounded. What is no JSON is a
/// <see cref="FormatException"/> that says where.
/// </summary>
internal sealed class JsonReader
{
    private const int DeepestNesting = 64;

    private static readonly char[] QuoteOrEscape = { '"', '\\' };

    private readonly string text;
    private int position;
    private int depth;

    private JsonReader(string text) => this.text = text;

    public static object? Parse(string text)
    {
        var reader = new JsonReader(text);
        reader.SkipByteOrderMark();
        var value = reader.ReadValue();
        reader.SkipSpace();
        return reader.position == text.Length ? value : throw reader.Wrong("the end of the document");
    }

    public static JsonObject ParseObject(string text) =>
        Parse(text) as JsonObject ?? throw new FormatException("The document is no JSON object.");

    /// <summary>One member of a document's object, without reading the others; null if it has none of that name.</summary>
    public static object? ParseMember(string text, string name)
    {
        var reader = new JsonReader(text);
        reader.SkipByteOrderMark();
        reader.Expect('{');
        if (reader.Accept('}'))
        {
            return null;
        }
        do
        {
            var found = reader.ReadText() == name;
            reader.Expect(':');
            if (found)
            {
                return reader.ReadValue();
            }
            reader.SkipValue();
        }
        while (reader.Accept(','));
        return null;
    }

    private object? ReadValue()
    {
        switch (Peek())
        {
            case '{':
                return ReadObject();
            case '[':
                return ReadArray();
            case '"':
                return ReadText();
            case 't':
                return ReadWord("true", true);
            case 'f':
                return ReadWord("false", false);
            case 'n':
                return ReadWord("null", null);
            default:
                return ReadNumber();
        }
    }

    private JsonObject ReadObject()
    {
        var record = new JsonObject();
        Enter('{');
        if (!Accept('}'))
        {
            do
            {
                var name = ReadText();
                Expect(':');
                record.Append(name, ReadValue());
            }
            while (Accept(','));
            Expect('}');
        }
        depth--;
        return record;
    }

    private JsonArray ReadArray()
    {
        var array = new JsonArray();
        Enter('[');
        if (!Accept(']'))
        {
            do
            {
                array.Add(ReadValue());
            }
            while (Accept(','));
            Expect(']');
        }
        depth--;
        return array;
    }

    private void Enter(char bracket)
    {
        Expect(bracket);
        if (++depth > DeepestNesting)
        {
            throw Wrong("less nesting");
        }
    }

    private string ReadText()
    {
        Expect('"');
        var start = position;
        var end = text.IndexOfAny(QuoteOrEscape, position);
        if (end >= 0 && text[end] == '"')
        {
            position = end + 1;
            return text.Substring(start, end - start);
        }
        return ReadEscapedText();
    }

    private string ReadEscapedText()
    {
        var builder = new StringBuilder();
        for (; position < text.Length; position++)
        {
            var character = text[position];
            if (character == '"')
            {
                position++;
                return builder.ToString();
            }
            builder.Append(character == '\\' ? ReadEscape() : character);
        }
        throw Wrong("the end of a string");
    }

    /// <summary>Leaves the position at the escape's last character.</summary>
    private char ReadEscape()
    {
        position++;
        if (position >= text.Length)
        {
            throw Wrong("an escaped character");
        }
        switch (text[position])
        {
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                return ReadCodeUnit();
            case '"':
            case '\\':
            case '/':
                return text[position];
            default:
                throw Wrong("an escaped character");
        }
    }

    private char ReadCodeUnit()
    {
        if (position + 4 < text.Length && ushort.TryParse(text.Substring(position + 1, 4), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out var unit))
        {
            position += 4;
            return (char)unit;
        }
        throw Wrong("four hexadecimal digits");
    }

    private object ReadNumber()
    {
        var start = position;
        while (position < text.Length && "+-.0123456789Ee".IndexOf(text[position]) >= 0)
        {
            position++;
        }
        var number = text.Substring(start, position - start);
        if (long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }
        if (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var real))
        {
            return real;
        }
        throw Wrong("a value");
    }

    private object? ReadWord(string word, object? value)
    {
        if (string.CompareOrdinal(text, position, word, 0, word.Length) != 0)
        {
            throw Wrong("a value");
        }
        position += word.Length;
        return value;
    }

    private void SkipValue()
    {
        var first = Peek();
        if (first == '"')
        {
            SkipText();
        }
        else if (first == '{' || first == '[')
        {
            SkipBrackets();
        }
        else
        {
            ReadValue();
        }
    }

    private void SkipBrackets()
    {
        var open = 0;
        do
        {
            var character = Peek();
            if (character == '"')
            {
                SkipText();
                continue;
            }
            if (character == '{' || character == '[')
            {
                open++;
            }
            else if (character == '}' || character == ']')
            {
                open--;
            }
            position++;
        }
        while (open > 0);
    }

    private void SkipText()
    {
        for (position++; position < text.Length; position++)
        {
            if (text[position] == '\\')
            {
                position++;
            }
            else if (text[position] == '"')
            {
                position++;
                return;
            }
        }
        throw Wrong("the end of a string");
    }

    private void SkipByteOrderMark()
    {
        if (text.Length > 0 && text[0] == '\uFEFF')
        {
            position = 1;
        }
    }

    private void SkipSpace()
    {
        while (position < text.Length && (text[position] == ' ' || (text[position] >= '\t' && text[position] <= '\r')))
        {
            position++;
        }
    }

    private char Peek()
    {
        SkipSpace();
        return position < text.Length ? text[position] : throw Wrong("a value");
    }

    private bool Accept(char character)
    {
        SkipSpace();
        if (position < text.Length && text[position] == character)
        {
            position++;
            return true;
        }
        return false;
    }

    private void Expect(char character)
    {
        if (!Accept(character))
        {
            throw Wrong("'" + character + "'");
        }
    }

    private FormatException Wrong(string expected) => new FormatException(
        string.Format(CultureInfo.InvariantCulture, "At character {0} {1} was expected.", position + 1, expected));
}
