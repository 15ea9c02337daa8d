// JSON as the module reads and writes it.

using System;
using System.Text;
using Xunit;

namespace MarsHealth.Cmdlets.Tests;

public sealed class JsonTests
{
    [Theory]
    [InlineData("""{"a":[1,-2.5,true,false,null,"x"],"b":{}}""")]
    [InlineData("""{"task":"\\Microsoft\\OnlineBackup","quote":"\"","line":"\u000a","emoji":"😀","empty":[]}""")]
    [InlineData("[]")]
    [InlineData("9007199254740993")]
    public void What_is_read_is_written_again(string json) => Assert.Equal(json, JsonWriter.Write(JsonReader.Parse(json)));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[1 2]")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"open")]
    [InlineData("tru")]
    [InlineData("1x")]
    [InlineData("{} {}")]
    public void What_is_no_JSON_is_refused(string text) => Assert.Throws<FormatException>(() => JsonReader.Parse(text));

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Throws<FormatException>(() => JsonReader.Parse(new string('[', 100000)));

    [Fact]
    public void One_member_is_found_behind_others()
    {
        const string Json = """{"x":{"b":1,"s":"}\"]"},"y":[{"b":2}],"z":-1.5e3,"b":"found","b":"later"}""";
        Assert.Equal("found", JsonReader.ParseMember(Json, "b"));
        Assert.Null(JsonReader.ParseMember(Json, "c"));
        Assert.Null(JsonReader.ParseMember("{}", "c"));
        Assert.Throws<FormatException>(() => JsonReader.ParseMember("""{"a":[1,{"b":"c""", "z"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16200)]
    [InlineData(16300)]
    [InlineData(100000)]
    public void A_file_tells_its_machine_wherever_it_stands(int before)
    {
        var json = "{\"x\":\"" + new string('\u00E4', before / 2) + "\",\"machine\":{\"computer_name\":{\"value\":\"\u00C4-01\"},"
            + "\"machine_guid\":{\"value\":\"" + new string('g', 200) + "\"}},\"y\":\"" + new string('y', 20000) + "\"}";
        var machine = MachineIdentity.FromEvidence(Encoding.UTF8.GetBytes(json));
        Assert.Equal("\u00C4-01", machine.ComputerName);
        Assert.Equal(200, machine.MachineGuid!.Length);
        Assert.Null(machine.MarsMachineId);
    }

    [Theory]
    [InlineData("start_boundary", "StartBoundary")]
    [InlineData("other-machine", "OtherMachine")]
    [InlineData("id", "Id")]
    public void Names_become_those_of_PowerShell(string name, string expected) => Assert.Equal(expected, JsonProperties.PascalCase(name));
}
